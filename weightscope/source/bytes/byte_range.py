"""A range of bytes, read by offset within its bounds; no file is kept open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from weightscope.errors import damaged
from weightscope.source.bytes.byte_source import ByteSource, Read
from weightscope.source.bytes.metered_file import MeteredFile


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A range of bytes: a whole source, or a part of it, such as an uncompressed member of a zip.

    Attributes:
        source: The source of the bytes.
        start: Offset of the first byte.
        length: Number of bytes.
    """

    source: ByteSource
    start: int
    length: int

    @classmethod
    def whole(cls, source: ByteSource) -> ByteRange:
        """Returns the range of all bytes of `source`."""
        return cls(source, 0, source.length)

    @property
    def location(self) -> str:
        """What the user named, for errors."""
        return self.source.location

    def part(self, start: int, length: int) -> ByteRange:
        """Returns the range of `length` bytes that begins `start` bytes into this one."""
        return ByteRange(self.source, self.start + start, length)

    def read(self, offset: int, count: int) -> bytes:
        """Returns `count` bytes from `offset` on.

        Raises:
            FileError: The range does not hold them, or they changed or cannot be read any more.
        """
        self._check(offset, count)
        data = bytearray(count)
        self.read_into(offset, memoryview(data))
        return bytes(data)

    def read_into(self, offset: int, memory: memoryview) -> None:
        """Fills `memory` with the bytes from `offset` on.

        Raises:
            FileError: The range does not hold so many, or they changed or cannot be read any more.
        """
        self._check(offset, len(memory))
        if self.source.read_into(self.start + offset, memory) != len(memory):
            raise damaged(self.location, "the file became shorter while it was read")

    def ahead(self, extents: Iterable[tuple[int, int]]) -> None:
        """Announces ranges that are read next, from offset to before offset; see `ByteSource`."""
        within = ((max(0, first), min(last, self.length)) for first, last in extents)
        self.source.ahead((self.start + first, self.start + last) for first, last in within if first < last)

    def together(self, reads: Iterable[Read]) -> None:
        """Announces reads that come next; see `ByteSource`."""
        self.source.together(reads)

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.length:
            raise damaged(self.location, "values lie beyond the end of the file")

    @contextmanager
    def open(self, most_bytes: int, most_reads: int) -> Iterator[MeteredFile]:
        """Opens the range for parsing: reads at most `most_bytes` in all, in at most `most_reads` calls.

        Raises:
            FileError: The bytes changed before or while the range was open.
        """
        with self.source.open() as file:
            extent, budget = (self.start, self.length), (most_bytes, most_reads)
            yield MeteredFile(file, self.location, extent, budget, self.source.ahead)
