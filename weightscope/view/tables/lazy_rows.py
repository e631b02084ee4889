"""Rows of a table that are made each time they are needed: a model may have a hundred thousand variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from weightscope.view.tables.grid import Row
from weightscope.view.text.folding import Cell


class LazyRows(Sequence[Row]):
    """Rows that are made from their number, and are not kept.

    Args:
        count: How many there are.
        make: Returns the row with a number.
    """

    def __init__(self, count: int, make: Callable[[int], Row]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        """Returns how many there are."""
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        """Returns a new row, or the rows at some places."""
        if isinstance(place, slice):
            return chosen(self, range(self._count)[place])
        return self._make(range(self._count)[place])

    def __iter__(self) -> Iterator[Row]:
        """Yields each row when it is needed."""
        return map(self._make, range(self._count))


def chosen(rows: Sequence[Row], places: Sequence[int]) -> LazyRows:
    """Returns the rows at some places."""
    return LazyRows(len(places), lambda place: rows[places[place]])


def with_cells(rows: Sequence[Row], cells: Callable[[int], tuple[Cell, ...]]) -> LazyRows:
    """Returns the rows with more cells at their ends."""

    def made(place: int) -> Row:
        row = rows[place]
        return Row((*row.cells, *cells(place)), row.below)

    return LazyRows(len(rows), made)


def with_line_below(rows: Sequence[Row], below: Callable[[int], tuple[Cell, ...]]) -> LazyRows:
    """Returns the rows, each with cells in lines of their own below it."""
    return LazyRows(len(rows), lambda place: Row(rows[place].cells, below(place)))
