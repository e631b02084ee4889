"""A file object over a range of bytes with a limit on reads, so that no loop of a parser runs forever."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from typing import BinaryIO

from weightscope.errors import not_from_keras

#: Takes ranges that are read next, from offset to before offset.
Announce = Callable[[Iterable[tuple[int, int]]], None]


class MeteredFile:
    """The file object that parsers read from.

    Attributes:
        most_at_once: The most bytes that one call may read.
    """

    def __init__(
        self, file: BinaryIO, location: str, extent: tuple[int, int], budget: tuple[int, int], ahead: Announce
    ) -> None:
        """Starts the meter.

        Args:
            file: An open file.
            location: What the user named, for errors.
            extent: Offset of the first byte, and number of bytes.
            budget: Bytes to be read in all, and calls.
            ahead: Takes ranges of `file` that are read next; see `ByteSource.ahead`.
        """
        self._file = file
        self._location = location
        self._start, self._length = extent
        self._position = 0
        self._bytes_left, self._reads_left = budget
        self._ahead = ahead
        self.most_at_once = budget[0]

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Sets and returns the position.

        Raises:
            OSError: It would be before the start, as of any file; zipfile counts on it for a zip without members.
        """
        position = offset
        if whence != os.SEEK_SET:
            position += self._position if whence == os.SEEK_CUR else self._length
        if position < 0:
            raise OSError(errno.EINVAL, "negative seek")
        self._position = position
        return position

    def skip(self, count: int) -> None:
        """Skips the first `count` bytes from now on: positions are counted from the byte after them."""
        self._start += count
        self._length -= count
        self._position = 0

    def ahead(self, places: Iterable[int], count: int) -> None:
        """Announces that up to `count` bytes are read next at each of these positions."""
        end = self._start + self._length
        starts = (self._start + place for place in places if 0 <= place < self._length)
        self._ahead((start, min(start + count, end)) for start in starts)

    def tell(self) -> int:
        """Returns the position."""
        return self._position

    def seekable(self) -> bool:
        """True: `zipfile` asks for it."""
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
            raise not_from_keras(self._location, "what describes the contents is larger than any model's")
        self._file.seek(self._start + self._position)
        data = self._file.read(count)
        self._position += len(data)
        return data
