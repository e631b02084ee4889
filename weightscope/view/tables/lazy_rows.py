"""Rows of a table with more cells, made each time they are needed: a model may have a hundred thousand variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from weightscope.inspection.lazy import Lazy
from weightscope.view.tables.grid import Row
from weightscope.view.text.folding import Cell


def with_cells(rows: Sequence[Row], cells: Callable[[int], tuple[Cell, ...]]) -> Lazy[Row]:
    """Returns the rows with more cells at their ends."""

    def made(place: int) -> Row:
        row = rows[place]
        return Row((*row.cells, *cells(place)), row.below)

    return Lazy(len(rows), made)


def with_line_below(rows: Sequence[Row], below: Callable[[int], tuple[Cell, ...]]) -> Lazy[Row]:
    """Returns the rows, each with cells in lines of their own below it."""
    return Lazy(len(rows), lambda place: Row(rows[place].cells, below(place)))


def without_cell(rows: Sequence[Row], at: int) -> Lazy[Row]:
    """Returns the rows without the cell of one column."""

    def made(place: int) -> Row:
        row = rows[place]
        return Row((*row.cells[:at], *row.cells[at + 1 :]), row.below)

    return Lazy(len(rows), made)
