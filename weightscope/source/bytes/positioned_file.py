"""A file object that keeps a position of its own over bytes that are read by offset."""

from __future__ import annotations

import io
import os
from abc import abstractmethod


class PositionedFile(io.RawIOBase):
    """A file object that can be read and sought.

    Attributes:
        position: Offset of the byte that is read next.
    """

    def __init__(self) -> None:
        self.position = 0

    @abstractmethod
    def length(self) -> int:
        """Returns the number of bytes."""

    def readable(self) -> bool:
        """Returns True."""
        return True

    def seekable(self) -> bool:
        """Returns True."""
        return True

    def tell(self) -> int:
        """Returns the position."""
        return self.position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Moves the position, which may then lie behind the last byte, and returns it."""
        if whence == os.SEEK_CUR:
            offset += self.position
        elif whence == os.SEEK_END:
            offset += self.length()
        self.position = offset
        return offset
