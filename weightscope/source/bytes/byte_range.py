"""A run of bytes of a file on disk: read by offset, nothing kept open, and never more than it holds."""

from __future__ import annotations

import os
import tempfile
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from weightscope.errors import FileError


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Where some bytes are: a whole file, a member of a zip that is stored as it is, or a temporary copy.

    Attributes:
        path: The file that holds them.
        start: Offset of the first byte.
        length: Number of bytes.
        location: What the user named, for errors.
        keeps: Kept alive as long as the range is: the owner of a temporary file.
    """

    path: Path
    start: int
    length: int
    location: str
    keeps: object = field(default=None, repr=False, compare=False)

    @classmethod
    def of_file(cls, path: Path, location: str) -> ByteRange:
        """Returns the range of the whole file at `path`."""
        return cls(path, 0, path.stat().st_size, location)

    def read(self, offset: int, count: int) -> bytes:
        """Returns `count` bytes from `offset` on.

        Raises:
            FileError: The range does not hold them, or the file cannot be read any more.
        """
        self._check(offset, count)
        data = bytearray(count)
        self.read_into(offset, memoryview(data))
        return bytes(data)

    def read_into(self, offset: int, memory: memoryview) -> None:
        """Fills `memory` with the bytes from `offset` on.

        Raises:
            FileError: The range does not hold so many, or the file cannot be read any more.
        """
        self._check(offset, len(memory))
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.start + offset)
                filled = 0
                while filled < len(memory) and (got := file.readinto(memory[filled:])):
                    filled += got
        except OSError as error:
            raise FileError(self.location, f"cannot be read: {error.strerror}", "has the file been moved?") from error
        if filled != len(memory):
            raise FileError(self.location, "the file became shorter while it was read", "copy the file again")

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.length:
            raise FileError(self.location, "values lie beyond the end of the file", "copy the file again")

    @contextmanager
    def open(self, most_bytes: int, most_reads: int) -> Iterator[MeteredFile]:
        """Opens the range for learning about it: reads of `most_bytes` in all, in `most_reads` calls."""
        with self.path.open("rb", buffering=4096) as file:
            yield MeteredFile(file, self, most_bytes, most_reads)


class MeteredFile:
    """A file object over a byte range whose reading is metered: no loop of a parser can run on for ever."""

    def __init__(self, file: BinaryIO, source: ByteRange, most_bytes: int, most_reads: int) -> None:
        self._file = file
        self._start = source.start
        self._length = source.length
        self._location = source.location
        self._position = 0
        self._bytes_left = most_bytes
        self._reads_left = most_reads
        self.most_at_once = most_bytes

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Sets and returns the position."""
        if whence == os.SEEK_SET:
            self._position = offset
        else:
            self._position = offset + (self._position if whence == os.SEEK_CUR else self._length)
        if self._position < 0:
            raise ValueError("negative seek")
        return self._position

    def tell(self) -> int:
        """Returns the position."""
        return self._position

    def seekable(self) -> bool:
        """Always: what `zipfile` asks."""
        return True

    def read(self, count: int = -1) -> bytes:
        """Returns up to `count` bytes from the position on.

        Raises:
            FileError: The meter has run out.
        """
        rest = max(0, self._length - self._position)
        count = rest if count is None or count < 0 else min(count, rest)
        self._bytes_left -= count
        self._reads_left -= 1
        if self._bytes_left < 0 or self._reads_left < 0 or count > self.most_at_once:
            raise FileError(
                self._location,
                "what describes the contents is larger than any model's",
                "inspect a file that Keras wrote",
            )
        self._file.seek(self._start + self._position)
        data = self._file.read(count)
        self._position += len(data)
        return data


class TemporaryCopy:
    """A temporary file that is deleted with this object, or when the program ends."""

    def __init__(self) -> None:
        descriptor, name = tempfile.mkstemp(prefix="weightscope-")
        os.close(descriptor)
        self.path = Path(name)
        weakref.finalize(self, self.path.unlink, missing_ok=True)


def inflate(packed: ByteRange, most: int) -> ByteRange:
    """Returns the range of a temporary file with the raw deflate stream `packed`, inflated.

    Raises:
        FileError: It is damaged, or inflates to more than `most` bytes.
    """
    copy = TemporaryCopy()
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    written, offset, step = 0, 0, 1 << 20
    with copy.path.open("wb") as file:
        while not inflater.eof and (inflater.unconsumed_tail or offset < packed.length):
            data = inflater.unconsumed_tail
            if not data:
                data = packed.read(offset, min(step, packed.length - offset))
                offset += len(data)
            try:
                plain = inflater.decompress(data, step)
            except zlib.error as error:
                raise FileError(packed.location, f"a damaged zip ({error})", "copy the file again") from error
            written += len(plain)
            if written > most:
                raise FileError(
                    packed.location,
                    f"a zip member inflates to more than the {most:,} bytes that it declares or may have",
                    "inspect a file that Keras wrote",
                )
            file.write(plain)
    return ByteRange(copy.path, 0, written, packed.location, copy)
