"""A file that is far away: what was fetched of it lies in a temporary file, and is read from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from weightscope.source import limits
from weightscope.source.bytes.byte_source import Read
from weightscope.source.bytes.extents import Extent, cut, merged, without
from weightscope.source.bytes.far.rounds import MissingBytesError, Rounds
from weightscope.source.bytes.far.sparse_copy import SparseCopy
from weightscope.source.bytes.far.store import SMALL_FILE_BYTES, FarFile
from weightscope.source.bytes.positioned_file import PositionedFile


@dataclass(frozen=True, slots=True)
class FetchMargins:
    """What is fetched around ranges, in bytes: what lies there is read soon.

    Attributes:
        block: Ranges are fetched in whole blocks of this size.
        before: Blocks that begin so close before a range come with it.
        after: Blocks that end so close after it.
    """

    block: int
    before: int
    after: int


#: To fetch much around each range saves requests, as long as all of it is a small share of the file; after that,
#: less is fetched. Measured: a ResNet50 of 103 MB takes 108 requests and 1.5 MB, a legacy file of 106 MB with 200
#: layers (800 objects) 287 requests and 2.0 MB, 100 layers of 1 MiB (400 objects) 151 requests and 1.7 MB.
_GENEROUS = FetchMargins(8 * limits.KIB, 1 * limits.KIB, 2 * limits.KIB)
_FRUGAL = FetchMargins(1 * limits.KIB, 2 * limits.KIB, 2 * limits.KIB)
_SMALL_SHARE, _SMALL_BYTES = 0.015, limits.MIB

#: Two ranges with no more than this between them are fetched as one; the second is for a round of many ranges.
GAP_BYTES = 32 * limits.KIB
MANY_RANGES, WIDE_GAP_BYTES = 64, 96 * limits.KIB

#: Bytes that many small reads of a file are served from.
_BUFFER_BYTES = 8 * limits.KIB

#: A longer range of a large file is fetched as several, side by side.
PIECE_BYTES = limits.MIB

#: A read of so many bytes is large: what it fetches is not kept where much is kept already.
LARGE_BYTES = 256 * limits.KIB


class RemoteSource:
    """The bytes of a far file; see `ByteSource`.

    Attributes:
        location: What the user named, without secrets.
        path: None: no other program finds these bytes.
        file: What it is fetched from.
        copy: What was fetched.
    """

    def __init__(self, location: str, file: FarFile, copy: SparseCopy, rounds: Rounds[RemoteSource]) -> None:
        self.location = location
        self.path = None
        self.file = file
        self.copy = copy
        self._rounds = rounds

    def at(self, location: str) -> RemoteSource:
        """Returns the same source, whose errors name another location."""
        return RemoteSource(location, self.file, self.copy, self._rounds)

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.file.length

    @property
    def is_whole(self) -> bool:
        """Whether all of it was fetched."""
        return self.copy.extents.size >= self.length

    def read_into(self, offset: int, memory: memoryview) -> int:
        """Fills `memory` with the bytes from `offset` on, which are fetched if they are not there."""
        stop = min(offset + len(memory), self.length)
        missing = self.copy.extents.missing(offset, stop)
        if missing and self._rounds.is_trying:
            is_noted = self._has_room_for(stop - offset)
            if is_noted:
                self.ahead([(offset, stop)])
            raise MissingBytesError(is_noted=is_noted)
        if missing and not self._has_room_for(stop - offset):
            passing = RemoteSource(self.location, self.file, SparseCopy(self.location), self._rounds)
            return passing.read_into(offset, memory)
        if missing:
            self._rounds.fetch({self: [(offset, stop)]})
        return self.copy.read_into(offset, memory[: max(0, stop - offset)])

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Opens the bytes for many small reads, at a position of its own."""
        with _Raw(self) as file:  # without a buffer, which would read more than what is asked for
            yield cast(BinaryIO, file)

    def ahead(self, extents: Iterable[Extent]) -> None:
        """Fetches together what of the ranges is missing; while reads are tried, it is noted."""
        missing = [extent for extent in extents if self.copy.extents.missing(*extent)]
        if missing and self._rounds.is_trying:
            self._rounds.note(self, missing)
        elif missing:
            self._rounds.fetch({self: missing})

    def together(self, reads: Iterable[Read]) -> None:
        """Runs reads in rounds, so that what they need is there."""
        if not self.is_whole:
            self._rounds.run(reads)

    def _has_room_for(self, count: int) -> bool:
        """Whether bytes that are fetched are kept."""
        return count < LARGE_BYTES or self.copy.extents.size < limits.FAR_KEPT_BYTES

    def is_missing(self, extents: Iterable[Extent]) -> bool:
        """Whether any of these ranges is not there."""
        return any(self.copy.extents.missing(start, min(stop, self.length)) for start, stop in extents)

    def lacking(self, extents: Iterable[Extent], coming: Iterable[Extent]) -> list[Extent]:
        """Returns what of these ranges is missing, in whole blocks, as pieces to be fetched side by side.

        Args:
            extents: The ranges.
            coming: Ranges that are being fetched.
        """
        extents, coming = list(extents), list(coming)
        joined = self._joined(extents, coming, _GENEROUS)
        size = self.copy.extents.size + sum(stop - start for start, stop in joined)
        if size > max(_SMALL_BYTES, _SMALL_SHARE * self.length):
            joined = self._joined(extents, coming, _FRUGAL)
        if len(joined) > MANY_RANGES:
            joined = merged(joined, WIDE_GAP_BYTES)
        return list(cut(joined, PIECE_BYTES if self.length > SMALL_FILE_BYTES else SMALL_FILE_BYTES))

    def _joined(self, extents: list[Extent], coming: list[Extent], around: FetchMargins) -> list[Extent]:
        """Returns what of these ranges and around them is missing and not coming, in ascending order."""
        missing: list[Extent] = []
        for start, stop in extents:
            first = max(0, start - around.before) // around.block * around.block
            last = -(-(stop + around.after) // around.block) * around.block
            missing += self.copy.extents.missing(first, min(last, self.length))
        return merged(without(missing, coming), GAP_BYTES)


class _Raw(PositionedFile):
    """A file object over a far file. It keeps the block that was read last, as a buffered file does.

    A buffered file would fetch blocks that are not asked for.
    """

    def __init__(self, source: RemoteSource) -> None:
        super().__init__()
        self._source = source
        self._block, self._block_start = b"", 0

    def length(self) -> int:
        return self._source.length

    def read(self, count: int = -1) -> bytes:
        """Returns up to `count` bytes from the position on."""
        start = self.position
        stop = self._source.length if count < 0 else start + count
        if not self._block_start <= start <= stop <= self._block_start + len(self._block):
            first = start // _BUFFER_BYTES * _BUFFER_BYTES
            last = min(first + _BUFFER_BYTES, self._source.length)
            if stop > last or self._source.copy.extents.missing(first, last):
                return self._read_through(start, min(stop, self._source.length))
            memory = bytearray(last - first)
            self._source.read_into(first, memoryview(memory))
            self._block, self._block_start = bytes(memory), first
        self.position = stop
        return self._block[start - self._block_start : stop - self._block_start]

    def _read_through(self, start: int, stop: int) -> bytes:
        """Reads bytes of several blocks, or of one that is not there as a whole."""
        memory = bytearray(max(0, stop - start))
        count = self._source.read_into(start, memoryview(memory))
        self.position = start + count
        return bytes(memory)
