"""The files on disk that bytes are read from: a file that the user named, and a temporary file without a name."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from weightscope.errors import changed_since, unreadable
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.byte_source import Near
from weightscope.source.bytes.positioned_file import PositionedFile

_BUFFER_BYTES = 4096


class FileState(NamedTuple):
    """The state of a file in the file system; a file that is changed or replaced has another state.

    The time of change is compared too: programs that copy files may set the time of modification.
    """

    inode: int
    size: int
    modified_nanoseconds: int
    changed_nanoseconds: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileState:
        """Returns the state in the result of `os.stat` or `os.fstat`."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def whole_file(path: Path, location: str) -> ByteRange:
    """Returns the range of the whole file at `path` as it is now; errors name it as `location`."""
    return ByteRange.whole(StoredFile(path, location, FileState.of(path.stat())))


@dataclass(frozen=True, slots=True)
class StoredFile(Near):
    """A file on disk.

    Attributes:
        path: Its path.
        location: What the user named, for errors.
        state: The state of the file at the first access.
    """

    path: Path
    location: str
    state: FileState

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.state.size

    def read_into(self, offset: int, memory: memoryview) -> int:
        """Fills `memory` with the bytes from `offset` on; see `ByteSource`."""
        try:
            # a file object takes as long again as these calls, for each of the first values of a thousand models
            descriptor = os.open(self.path, os.O_RDONLY)
            try:
                filled = _fill(descriptor, offset, memory)
                self._check_unchanged(descriptor)  # after reading: a change before or meanwhile is found
            finally:
                os.close(descriptor)
        except OSError as error:
            raise unreadable(self.location, error) from error
        return filled

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Opens the file for many small reads; see `ByteSource`."""
        try:
            opened = self.path.open("rb", buffering=_BUFFER_BYTES)
        except OSError as error:
            raise unreadable(self.location, error) from error
        with opened as file:
            self._check_unchanged(file.fileno())
            yield file
            self._check_unchanged(file.fileno())

    def _check_unchanged(self, descriptor: int) -> None:
        if FileState.of(os.fstat(descriptor)) != self.state:
            raise changed_since(self.location)


class TemporaryFile(Near):
    """A temporary file without a name: the system deletes it when the program ends for any reason.

    Attributes:
        location: What the user named, for errors.
        length: Number of bytes that were written.
        path: None: no other program can open it.
    """

    def __init__(self, location: str) -> None:
        import tempfile  # takes 5 ms, and files that Keras wrote need none

        self.location = location
        self.length = 0
        self.path = None
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - stays open as long as this object lives
        weakref.finalize(self, self._file.close)

    def write(self, data: bytes) -> None:
        """Appends `data`, which can be read at once."""
        self._file.write(data)
        self._file.flush()
        self.length += len(data)

    def read_into(self, offset: int, memory: memoryview) -> int:
        """Fills `memory` with the bytes from `offset` on; see `ByteSource`."""
        try:
            return _fill(self._file.fileno(), offset, memory)
        except OSError as error:
            raise unreadable(self.location, error) from error

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Opens the file for many small reads; see `ByteSource`."""
        with io.BufferedReader(_AtOwnPosition(self._file.fileno()), _BUFFER_BYTES) as file:
            yield cast(BinaryIO, file)


class _AtOwnPosition(PositionedFile):
    """Reads an open file at a position of its own: processes that share the descriptor share the file's position."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def length(self) -> int:
        return os.fstat(self._descriptor).st_size

    def readinto(self, memory: memoryview) -> int:  # type: ignore[override]
        count = os.preadv(self._descriptor, [memory], self.position)
        self.position += count
        return count


def _fill(descriptor: int, offset: int, memory: memoryview) -> int:
    """Reads into `memory` until it is full or the file ends; returns the number of bytes."""
    filled = 0
    while filled < len(memory) and (got := os.preadv(descriptor, [memory[filled:]], offset + filled)):
        filled += got
    return filled
