"""A sequence whose items are made each time they are needed: a model may have a hundred thousand variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import eq
from typing import Generic, TypeVar, overload

Item = TypeVar("Item", covariant=True)


class Lazy(Sequence[Item], Generic[Item]):
    """Items that are made from their number, and are not kept.

    Args:
        count: How many there are.
        make: Returns the item with a number.
    """

    def __init__(self, count: int, make: Callable[[int], Item]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        """Returns how many there are."""
        return self._count

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        """Returns a new item, or the items at some places."""
        if isinstance(place, slice):
            return chosen(self, range(self._count)[place])
        return self._make(range(self._count)[place])

    def __iter__(self) -> Iterator[Item]:
        """Yields each item when it is needed."""
        return map(self._make, range(self._count))

    def __eq__(self, other: object) -> bool:
        """Returns whether the other sequence has equal items."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        """Returns the hash of the tuple that it equals."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Returns the items as a tuple is shown."""
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type[tuple[Item, ...]], tuple[tuple[Item, ...]]]:
        """Pickles the items, as a tuple: what they are made from may be an open file."""
        return tuple, (tuple(self),)


def chosen(items: Sequence[Item], places: Sequence[int]) -> Lazy[Item]:
    """Returns the items at some places."""
    return Lazy(len(places), lambda place: items[places[place]])
