"""What is known of a far file, in a temporary file at the same offsets; the rest of it is a hole."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import weakref
from typing import BinaryIO, cast

from weightscope.errors import FileError
from weightscope.source.bytes.extents import Extents


class SparseCopy:
    """A temporary file without a name that holds parts of a far file. It may be used by several threads.

    Attributes:
        extents: The ranges that are in it.
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()
        self.extents = Extents()

    def put(self, offset: int, data: bytes) -> None:
        """Writes bytes at an offset.

        Raises:
            FileError: The disk is full.
        """
        try:
            file = self._opened()
            while data:
                written = os.pwrite(file.fileno(), data, offset)
                data, offset = data[written:], offset + written
        except OSError as error:
            raise self._unwritable(error) from error

    def read_into(self, offset: int, memory: memoryview) -> int:
        """Fills `memory` with the bytes from `offset` on, which are in the file, and returns their number."""
        filled, file = 0, self._opened()
        while filled < len(memory) and (got := os.preadv(file.fileno(), [memory[filled:]], offset + filled)):
            filled += got
        return filled

    def _opened(self) -> BinaryIO:
        """Returns the temporary file, which is made when it is needed: many files that are looked up are not there."""
        with self._lock:
            if self._file is None:
                self._file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - open as long as this object
                weakref.finalize(self, self._file.close)
            return self._file

    def _unwritable(self, error: OSError) -> FileError:
        hint = "set TMPDIR to a folder with free space" if error.errno == errno.ENOSPC else "check the folder TMPDIR"
        return FileError(self._location, f"what is fetched cannot be stored: {error.strerror}", hint)
