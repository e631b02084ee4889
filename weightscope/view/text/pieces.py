"""Cuts long output into pieces, so that a model with a hundred thousand variables is never in memory as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

#: Rows that are written at once.
ROWS_OF_A_PIECE = 500


def in_pieces(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yields some of the items at a time; nothing for no items."""
    rest = iter(items)
    while piece := list(islice(rest, ROWS_OF_A_PIECE)):
        yield piece
