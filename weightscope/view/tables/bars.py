"""A column of bars in a grid, where there is room for one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from weightscope.inspection.lazy import Lazy
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.lazy_rows import without_cell
from weightscope.view.text.folding import Cell
from weightscope.view.text.glyphs import Glyphs

#: The most columns of the bar of the largest number, and the fewest: without room for these there are no bars.
_WIDEST = 20
_NARROWEST = 6

#: The least room that a grid must leave for bars.
_ROOM_FOR_BARS = _NARROWEST + 2


def with_bars(grid: Grid, sizes: Sequence[float], width: int, glyphs: Glyphs, place: int | None = None) -> Grid:
    """Returns the grid with a bar in each row, the longest as wide as there is room; without any if there is little.

    Args:
        grid: The rows.
        sizes: The number of each row, at least 0; infinity and NaN have the longest bar, NaN in red.
        width: In cells.
        glyphs: To draw with.
        place: The index of the new column; the last one by default.
    """
    room = min(_WIDEST, width - grid.width - 2)
    if room < _NARROWEST or not any(sizes):
        return grid
    largest = max((size for size in sizes if math.isfinite(size)), default=0) or 1
    at = len(grid.columns) if place is None else place

    def made(place: int) -> Row:
        row = grid.rows[place]
        bar = _bar(sizes[place] / largest * room, room, glyphs)
        return Row((*row.cells[:at], bar, *row.cells[at:]), row.below)

    rows = Lazy(len(grid.rows), made)
    return Grid((*grid.columns[:at], Column(""), *grid.columns[at:]), rows, glyphs.rule)


def with_room(grid: Grid, width: int, less_important: Sequence[str]) -> Grid:
    """Returns the grid without some columns if that makes room for a line for each row, and for bars.

    Args:
        grid: The rows; the first column always stays.
        width: In cells.
        less_important: The titles of columns that may be left out, from the first to the last.
    """
    fitted = grid
    for title in less_important:
        titles = [column.title for column in fitted.columns]
        if fitted.width + _ROOM_FOR_BARS <= width or title not in titles[1:]:
            continue
        place = titles.index(title)
        columns = (*fitted.columns[:place], *fitted.columns[place + 1 :])
        widths = (*fitted.widths[:place], *fitted.widths[place + 1 :])
        fitted = Grid(columns, without_cell(fitted.rows, place), grid.rule, widths)
    return grid if fitted.is_stacked(width) else fitted


def _bar(length: float, room: int, glyphs: Glyphs) -> Cell:
    if math.isnan(length):
        return ((glyphs.bar * room, "bold red"),)
    return ((glyphs.bar * round(min(length, room)), "cyan"),)
