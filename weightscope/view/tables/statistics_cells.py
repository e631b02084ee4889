"""Statistics in a table: in columns if there is room, else in a line below each row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from weightscope.inspection.statistics import STATISTICS, Statistic, Statistics
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.pictures.distribution import distribution
from weightscope.view.tables.grid import Cell, Column, Grid, Piece, Row

_DISTRIBUTION = Column("distribution")


def _shown() -> list[Statistic]:
    """Returns the statistics that have a column."""
    return [one for one in STATISTICS.values() if one.heading is not None]


def statistics_columns() -> tuple[Column, ...]:
    """Returns the columns of `statistics_cells`."""
    return (*(Column(one.heading or "", "right", labelled=True) for one in _shown()), _DISTRIBUTION)


_NO_ORDER: Cell = (("these values have no order", "dim"),)
_NOT_THERE: Cell = (("there are no values to measure", "dim"),)


def with_statistics(
    grid: Grid, statistics: Sequence[Statistics | None], width: int, glyphs: Glyphs, absent: Collection[int] = ()
) -> Grid:
    """Returns the grid with the statistics beside each row, or below it if the grid would be wider than `width`.

    Args:
        grid: The rows.
        statistics: Of each row; None where its values have no order, or are absent.
        width: In cells.
        glyphs: To draw with.
        absent: The rows whose values are not there.
    """
    cells = [statistics_cells(one, glyphs, is_absent=row in absent) for row, one in enumerate(statistics)]
    beside = [Row((*row.cells, *more)) for row, more in zip(grid.rows, cells, strict=True)]
    wide = Grid((*grid.columns, *statistics_columns()), beside, glyphs.rule)
    if wide.width <= width:
        return wide
    below = [replace(row, below=_in_a_line(more)) for row, more in zip(grid.rows, cells, strict=True)]
    return replace(grid, rows=below)


def statistics_cells(statistics: Statistics | None, glyphs: Glyphs, *, is_absent: bool = False) -> tuple[Cell, ...]:
    """Returns a cell for each of `statistics_columns`; empty for a missing statistic."""
    if statistics is None:
        return (*((),) * len(_shown()), _NOT_THERE if is_absent else _NO_ORDER)
    return (*(_cell(one, statistics) for one in _shown()), distribution(statistics, glyphs))


def _cell(one: Statistic, statistics: Statistics) -> Cell:
    number = one.of(statistics)
    if number is None or (one.is_count and not statistics.finite):
        return ()
    return ((words.count(int(number)) if one.is_count else words.value(number), ""),)


def _in_a_line(cells: tuple[Cell, ...]) -> Cell:
    pieces: list[Piece] = []
    for column, cell in zip(statistics_columns(), cells, strict=True):
        if cell:
            pieces += [("  ", "")] if pieces else []
            pieces += [(f"{column.title} ", "dim"), *cell] if column.labelled else cell
    return tuple(pieces)
