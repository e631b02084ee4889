"""A run of bytes of a file: read by offset, nothing kept open, never more than it holds, never of a changed file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weightscope.errors import FileError
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.bytes.stored_file import StoredFile, TemporaryFile


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Where some bytes are: a whole file, or a part of one, such as a member of a zip that is stored as it is.

    Attributes:
        file: The file that holds them.
        start: Offset of the first byte.
        length: Number of bytes.
    """

    file: StoredFile | TemporaryFile
    start: int
    length: int

    @classmethod
    def of_file(cls, path: Path, location: str) -> ByteRange:
        """Returns the range of the whole file at `path`; errors name it as `location`."""
        file = StoredFile.at(path, location)
        return cls(file, 0, file.state.size)

    @property
    def location(self) -> str:
        """What the user named, for errors."""
        return self.file.location

    def part(self, start: int, length: int) -> ByteRange:
        """Returns the range of `length` bytes that begins `start` bytes into this one."""
        return ByteRange(self.file, self.start + start, length)

    def read(self, offset: int, count: int) -> bytes:
        """Returns `count` bytes from `offset` on.

        Raises:
            FileError: The range does not hold them, or the file changed or cannot be read any more.
        """
        self._check(offset, count)
        data = bytearray(count)
        self.read_into(offset, memoryview(data))
        return bytes(data)

    def read_into(self, offset: int, memory: memoryview) -> None:
        """Fills `memory` with the bytes from `offset` on.

        Raises:
            FileError: The range does not hold so many, or the file changed or cannot be read any more.
        """
        self._check(offset, len(memory))
        try:
            with self.file.open(buffering=0) as file:
                file.seek(self.start + offset)
                filled = 0
                while filled < len(memory) and (got := file.readinto(memory[filled:])):  # type: ignore[attr-defined]
                    filled += got
                self.file.check_unchanged(file)  # after reading: a change before or meanwhile is found
        except OSError as error:
            raise self._unreadable(error) from error
        if filled != len(memory):
            raise FileError(self.location, "the file became shorter while it was read", "copy the file again")

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.length:
            raise FileError(self.location, "values lie beyond the end of the file", "copy the file again")

    def _unreadable(self, error: OSError) -> FileError:
        return FileError(self.location, f"cannot be read: {error.strerror}", "has the file been moved?")

    @contextmanager
    def open(self, most_bytes: int, most_reads: int) -> Iterator[MeteredFile]:
        """Opens the range for learning about it: reads of `most_bytes` in all, in `most_reads` calls.

        Raises:
            FileError: The file changed before or while it was open.
        """
        try:
            opened = self.file.open(buffering=4096)
        except OSError as error:
            raise self._unreadable(error) from error
        with opened as file:
            self.file.check_unchanged(file)
            yield MeteredFile(file, self.location, (self.start, self.length), (most_bytes, most_reads))
            self.file.check_unchanged(file)
