"""The protocol of sources of bytes: a file on disk, or any other source that reads by offset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

#: Reads some bytes; returns the reads that follow from it, or anything else that has no items, or None.
Read = Callable[[], Any]


class ByteSource(Protocol):
    """Bytes that are read by offset. Implementations are hashable, and read in any thread and any forked process."""

    @property
    def location(self) -> str:
        """What the user named, for errors."""
        ...

    @property
    def length(self) -> int:
        """Number of bytes."""
        ...

    @property
    def path(self) -> Path | None:
        """The path at which other programs find the same bytes; None if there is none."""
        ...

    def read_into(self, offset: int, memory: memoryview) -> int:
        """Fills `memory` with the bytes from `offset` on, and returns their number.

        Raises:
            FileError: They changed after the first read, or cannot be read any more.
        """
        ...

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Opens the bytes for many small reads, at a position of its own.

        Raises:
            FileError: As `read_into`, when it is opened or closed.
        """
        ...

    def ahead(self, extents: Iterable[tuple[int, int]]) -> None:
        """Announces ranges that are read next, from offset to before offset; a far source fetches them together."""
        ...

    def together(self, reads: Iterable[Read]) -> None:
        """Announces reads that come next; a far source fetches in few rounds what they need."""
        ...


class Near:
    """A source whose bytes need no fetching: announcements have no effect."""

    __slots__ = ()

    def ahead(self, extents: Iterable[tuple[int, int]]) -> None:
        """Does nothing."""

    def together(self, reads: Iterable[Read]) -> None:
        """Does nothing."""
