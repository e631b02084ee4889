"""The files that bytes are read from: one that the user named, and a temporary one that has no name.

Both open as a binary file that starts at the beginning and shares its position with nobody, in any thread and in any
forked process.
"""

from __future__ import annotations

import io
import os
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from weightscope.errors import FileError


class FileState(NamedTuple):
    """What the file system reports of a file; a file that is written to or replaced has another state.

    The time of change is compared too: programs that copy files set the time of modification to what they like.
    """

    inode: int
    size: int
    modified_nanoseconds: int
    changed_nanoseconds: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileState:
        """Returns the state in the result of `os.stat` or `os.fstat`."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on disk.

    Attributes:
        path: Where it is.
        location: What the user named, for errors.
        state: The state of the file when it was first looked at.
    """

    path: Path
    location: str
    state: FileState

    @classmethod
    def at(cls, path: Path, location: str) -> StoredFile:
        """Returns the file at `path` as it is now."""
        return cls(path, location, FileState.of(path.stat()))

    def open(self, buffering: int) -> BinaryIO:
        """Opens the file; `buffering` as the built-in `open` takes it."""
        return self.path.open("rb", buffering=buffering)

    def check_unchanged(self, opened: BinaryIO) -> None:
        """Compares what `open` returned with the file that was first looked at.

        Raises:
            FileError: The file was replaced or written to.
        """
        if FileState.of(os.fstat(opened.fileno())) != self.state:
            raise FileError(self.location, "the file changed after it was first read", "inspect it again")


class TemporaryFile:
    """A temporary file without a name: the system deletes it when the program ends, however it ends.

    Attributes:
        location: What the user named, for errors.
    """

    def __init__(self, location: str) -> None:
        import tempfile  # takes 5 ms, and files that Keras wrote need none

        self.location = location
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - stays open as long as this object lives
        weakref.finalize(self, self._file.close)

    def write(self, data: bytes) -> None:
        """Appends `data`, which can be read at once."""
        self._file.write(data)
        self._file.flush()

    def open(self, buffering: int) -> BinaryIO:
        """Opens the file for reading; `buffering` as the built-in `open` takes it."""
        raw = _AtOwnPosition(self._file.fileno())
        return cast(BinaryIO, io.BufferedReader(raw, buffering) if buffering else raw)

    def check_unchanged(self, opened: BinaryIO) -> None:
        """Does nothing: nobody else can open the file."""


class _AtOwnPosition(io.RawIOBase):
    """Reads an open file at a position of its own: whoever shares the descriptor shares the file's position."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        ends = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: os.fstat(self._descriptor).st_size}
        self._position = ends[whence] + offset
        return self._position

    def readinto(self, memory: memoryview) -> int:  # type: ignore[override]
        count = os.preadv(self._descriptor, [memory], self._position)
        self._position += count
        return count
