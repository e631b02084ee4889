"""Statistics in a table: in columns if there is room, else in a line below each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from weightscope.inspection.statistics import STATISTICS, Statistic, Statistics
from weightscope.view.pictures.distribution import distribution
from weightscope.view.pictures.spark_scale import SparkScale
from weightscope.view.tables.grid import Column, Grid
from weightscope.view.tables.lazy_rows import with_cells, with_line_below
from weightscope.view.text import words
from weightscope.view.text.folding import Cell, length_of
from weightscope.view.text.glyphs import Glyphs

#: Between two statistics of a line, and before the first one.
_GAP = 2


def _shown() -> list[Statistic]:
    """Returns the statistics that have a column."""
    return [one for one in STATISTICS.values() if one.heading is not None]


def statistics_columns(scale: SparkScale | None = None) -> tuple[Column, ...]:
    """Returns the columns of `statistics_cells`; the scale of the distributions is their heading."""
    distributions = Column(scale.heading if scale else "distribution")
    return (*(Column(one.heading or "", "right", labelled=True) for one in _shown()), distributions)


_NO_ORDER: Cell = (("these values have no order", "dim"),)
_NOT_THERE: Cell = (("there are no values to measure", "dim"),)


def with_statistics(
    grids: Sequence[Grid],
    statistics: Sequence[Statistics | None],
    width: int,
    glyphs: Glyphs,
    absent: Collection[int] = (),
) -> Grid:
    """Returns a grid with the statistics beside each row, or below it if every grid would be wider than `width`.

    Args:
        grids: The same rows, the widest grid first; the first one that fits is taken.
        statistics: Of each row; None where its values have no order, or are absent.
        width: In cells.
        glyphs: To draw with.
        absent: The rows whose values are not there.
    """
    scale = SparkScale.of(statistics)

    def cells(place: int) -> tuple[Cell, ...]:
        return statistics_cells(statistics[place], glyphs, scale, is_absent=place in absent)

    wide = _beside(grids[0], cells, scale)
    added = wide.width - grids[0].width
    fitting = next((grid for grid in grids if grid.width + added <= width), None)
    if fitting is not None:
        return wide if fitting is grids[0] else _beside(fitting, cells, scale)
    grid = next((grid for grid in grids if grid.width <= width), grids[-1])
    axis = glyphs.axis
    labels = (f"{scale.ends[0]}{axis}", f"{axis}{scale.ends[1]}") if scale else None

    def below(place: int) -> tuple[Cell, ...]:
        one = statistics[place]
        return _in_a_line(cells(place), labels if one and one.minimum != one.maximum else None)

    lines = with_line_below(grid.rows, below)
    widths = _widths(row.below for row in lines)
    if sum(_GAP + one for one in widths) > width:  # not aligned, most of them fit a line
        return Grid(grid.columns, lines, grid.rule)
    aligned = with_line_below(grid.rows, lambda place: _aligned(below(place), widths))
    return Grid(grid.columns, aligned, grid.rule)


def _beside(grid: Grid, cells: Callable[[int], tuple[Cell, ...]], scale: SparkScale | None) -> Grid:
    return Grid((*grid.columns, *statistics_columns(scale)), with_cells(grid.rows, cells), grid.rule)


def statistics_cells(
    statistics: Statistics | None, glyphs: Glyphs, scale: SparkScale | None = None, *, is_absent: bool = False
) -> tuple[Cell, ...]:
    """Returns a cell for each of `statistics_columns`; empty for a missing statistic."""
    if statistics is None:
        return (*((),) * len(_shown()), _NOT_THERE if is_absent else _NO_ORDER)
    return (*(_cell(one, statistics) for one in _shown()), distribution(statistics, glyphs, scale))


def _cell(one: Statistic, statistics: Statistics) -> Cell:
    number = one.of(statistics)
    if number is None or (one.is_count and not statistics.finite):
        return ()
    return ((words.count(int(number)) if one.is_count else words.value(number), ""),)


def _in_a_line(cells: tuple[Cell, ...], ends: tuple[str, str] | None) -> tuple[Cell, ...]:
    """Returns the cells for a line of their own: numbers behind their headings, the distribution between `ends`."""
    return tuple(
        ((f"{column.title} ", "dim"), *cell) if column.labelled else _between(cell, ends)
        for column, cell in zip(statistics_columns(), cells, strict=True)
        if cell
    )


def _widths(lines: Iterable[tuple[Cell, ...]]) -> list[int]:
    """Returns how wide each column of lines is; lines that lack a number are left out."""
    widths = [0] * len(statistics_columns())
    for line in lines:
        if len(line) == len(widths):
            widths = list(map(max, widths, map(length_of, line)))
    return widths


def _aligned(line: tuple[Cell, ...], widths: list[int]) -> tuple[Cell, ...]:
    """Returns the line with its numbers at the right of their columns."""
    if len(line) < len(widths):
        return line
    numbers = zip(line[:-1], widths, strict=False)
    padded = ((cell[0], (" " * (width - length_of(cell)), ""), *cell[1:]) for cell, width in numbers)
    return (*padded, line[-1])


def _between(distribution: Cell, ends: tuple[str, str] | None) -> Cell:
    """Returns the distribution with the ends of its scale, as one word that no line break parts."""
    (blocks, style), *more = distribution
    return ((blocks if ends is None else f"{ends[0]}{blocks}{ends[1]}", style), *more)
