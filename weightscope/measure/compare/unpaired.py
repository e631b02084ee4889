"""Keeps the variables or layers that have no partner yet in the other model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Unpaired(Generic[T]):
    """The items without a partner, and the partners found so far.

    Attributes:
        a: The items of A without a partner, in the order of A.
        b: The items of B without a partner, in the order of B.
        partners: The partner in B, by the `id` of the item of A.
    """

    a: list[T]
    b: list[T]
    partners: dict[int, T] = field(default_factory=dict)

    def pair(self, key: Callable[[T], Hashable], fits: Callable[[T, T], bool] | None = None) -> None:
        """Pairs items with equal keys that are unique in their models; items with the key None are not paired."""
        of_b = _unique(self.b, key)
        for shared, one in _unique(self.a, key).items():
            other = of_b.get(shared)
            if one is not None and other is not None and (fits is None or fits(one, other)):
                self.partners[id(one)] = other
        self._leave_unpaired()

    def pair_in_order(self, key: Callable[[T], Hashable]) -> None:
        """Pairs the first item with a key in A with the first one with that key in B, and so on."""
        of_b = grouped(self.b, key)
        for shared, ones in grouped(self.a, key).items():
            # one model may have more items with this key than the other
            self.partners |= {id(one): other for one, other in zip(ones, of_b.get(shared, []), strict=False)}
        self._leave_unpaired()

    def take(self, partners: Iterable[tuple[int, T]]) -> None:
        """Adds pairs that were found elsewhere."""
        self.partners.update(partners)
        self._leave_unpaired()

    def _leave_unpaired(self) -> None:
        taken = {id(other) for other in self.partners.values()}
        self.a = [one for one in self.a if id(one) not in self.partners]
        self.b = [other for other in self.b if id(other) not in taken]


def _unique(things: Iterable[T], key: Callable[[T], Hashable]) -> dict[Hashable, T | None]:
    """Returns the item of each key but None; None for a key that several items have."""
    found: dict[Hashable, T | None] = {}
    for one in things:
        shared = key(one)
        if shared is not None:
            found[shared] = None if shared in found else one
    return found


def grouped(things: Iterable[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    """Returns the items by their key, in order."""
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for one in things:
        groups[key(one)].append(one)
    return groups


def pairs_of(things: Iterable[T], partners: Mapping[int, T]) -> Iterator[tuple[T, T]]:
    """Yields the items that have a partner, with the partner."""
    return ((one, partners[id(one)]) for one in things if id(one) in partners)
