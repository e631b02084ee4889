"""Paths made unique: the one way in which every reader does it."""

from __future__ import annotations

from collections.abc import Iterable


class UniquePaths:
    """Makes paths unique: the second of a name gets `#2`.

    Args:
        taken: Paths that are given already.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._count: dict[str, int] = {}
        self._given: set[str] = set(taken)

    def __call__(self, path: str) -> str:
        """Returns the path, or the first free one of `path#2`, `path#3`, ..."""
        unique = path
        while unique in self._given:
            self._count[path] = self._count.get(path, 1) + 1
            unique = f"{path}#{self._count[path]}"
        self._given.add(unique)
        return unique
