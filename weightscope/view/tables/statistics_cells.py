"""Statistics in a table: in columns where there is room, else in a line below each row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from weightscope.inspection.statistics import Statistics
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.pictures.distribution import distribution
from weightscope.view.tables.grid import Cell, Column, Grid, Piece, Row

_COLUMNS = (
    Column("min", "right", labelled=True),
    Column("max", "right", labelled=True),
    Column("mean", "right", labelled=True),
    Column("std", "right", labelled=True),
    Column("L2", "right", labelled=True),
    Column("zeros", "right", labelled=True),
    Column("distribution"),
)

#: What stands above the cells of `statistics_cells`.
STATISTICS_HEADINGS = tuple(column.title for column in _COLUMNS)

_NO_ORDER: Cell = (("these values have no order", "dim"),)
_NOT_THERE: Cell = (("there are no values to measure", "dim"),)


def with_statistics(
    grid: Grid, statistics: Sequence[Statistics | None], width: int, glyphs: Glyphs, absent: Collection[int] = ()
) -> Grid:
    """Returns the grid with the statistics of each row beside it, or below it where that is wider than `width`.

    Args:
        grid: The rows.
        statistics: Of each row; None where its values have no order, or are absent.
        width: In cells.
        glyphs: To draw with.
        absent: The rows whose values are not there.
    """
    cells = [statistics_cells(one, glyphs, is_absent=row in absent) for row, one in enumerate(statistics)]
    beside = [Row((*row.cells, *more)) for row, more in zip(grid.rows, cells, strict=True)]
    wide = Grid((*grid.columns, *_COLUMNS), beside, glyphs.rule)
    if wide.width <= width:
        return wide
    below = [replace(row, below=_in_a_line(more)) for row, more in zip(grid.rows, cells, strict=True)]
    return replace(grid, rows=below)


def statistics_cells(statistics: Statistics | None, glyphs: Glyphs, *, is_absent: bool = False) -> tuple[Cell, ...]:
    """Returns a cell for each of `STATISTICS_HEADINGS`; empty ones for what there is not."""
    if statistics is None:
        return (*((),) * (len(_COLUMNS) - 1), _NOT_THERE if is_absent else _NO_ORDER)
    numbers = (
        statistics.minimum,
        statistics.maximum,
        statistics.mean,
        statistics.standard_deviation,
        statistics.l2_norm,
    )
    return (
        *(() if number is None else ((words.value(number), ""),) for number in numbers),
        ((words.count(statistics.zeros), ""),) if statistics.finite else (),
        distribution(statistics, glyphs),
    )


def _in_a_line(cells: tuple[Cell, ...]) -> Cell:
    pieces: list[Piece] = []
    for column, cell in zip(_COLUMNS, cells, strict=True):
        if cell:
            pieces += [("  ", "")] if pieces else []
            pieces += [(f"{column.title} ", "dim"), *cell] if column.labelled else cell
    return tuple(pieces)
