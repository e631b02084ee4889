"""The parts of a file that are known, as a set of byte ranges."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

#: Offset of the first byte, and of the first byte after the range.
Extent = tuple[int, int]


class Extents:
    """A set of bytes, kept as the fewest ranges in ascending order. It may be used by several threads.

    Attributes:
        size: How many bytes are in the set.
    """

    def __init__(self) -> None:
        self.size = 0
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._lock = threading.Lock()

    def add(self, start: int, stop: int) -> None:
        """Adds the bytes from `start` to before `stop`."""
        with self._lock:
            first = bisect_left(self._stops, start)
            last = bisect_right(self._starts, stop)
            if first < last:
                start = min(start, self._starts[first])
                stop = max(stop, self._stops[last - 1])
            self.size += stop - start - sum(self._stops[first:last]) + sum(self._starts[first:last])
            self._starts[first:last] = [start]
            self._stops[first:last] = [stop]

    def missing(self, start: int, stop: int) -> list[Extent]:
        """Returns the ranges between `start` and `stop` that are not in the set."""
        with self._lock:
            found = []
            for index in range(bisect_right(self._stops, start), len(self._starts)):
                if self._starts[index] >= stop:
                    break
                if start < self._starts[index]:
                    found.append((start, self._starts[index]))
                start = self._stops[index]
            if start < stop:
                found.append((start, stop))
            return found


def without(extents: Iterable[Extent], others: Iterable[Extent]) -> list[Extent]:
    """Returns the parts of the extents that are in none of the others."""
    taken = Extents()
    for start, stop in others:
        taken.add(start, stop)
    return [rest for start, stop in extents for rest in taken.missing(start, stop)]


def merged(extents: Iterable[Extent], gap: int) -> list[Extent]:
    """Returns the extents in ascending order, joined where at most `gap` bytes lie between them."""
    found: list[Extent] = []
    for start, stop in sorted(extents):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


def cut(extents: Iterable[Extent], most: int) -> Iterator[Extent]:
    """Yields the extents in pieces of at most `most` bytes."""
    for start, stop in extents:
        for begin in range(start, stop, most):
            yield begin, min(begin + most, stop)
