"""Reads object headers of an open HDF5 file, and counts what they take."""

from __future__ import annotations

from weightscope.errors import not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader, RecentHeaps


class HeaderReader:
    """Reads the object headers of one file under common bounds."""

    def __init__(self, file: MeteredFile, location: str) -> None:
        """Starts to count.

        Args:
            file: An open file, without a user block.
            location: What the user named, for errors.
        """
        self._file = file
        self._location = location
        self._heaps = RecentHeaps()
        self._messages_left = limits.HDF5_MESSAGES
        file.most_at_once = limits.HDF5_READ_BYTES

    def at(self, address: int) -> ObjectHeader:
        """Returns the header at an address.

        Raises:
            FileError: It, or all that were read, are larger than any model's.
        """
        self._file.most_at_once = limits.HDF5_HEADER_BYTES
        try:
            header = ObjectHeader(self._file, address, self._heaps)
        finally:  # a read that lacks bytes is repeated
            self._file.most_at_once = limits.HDF5_READ_BYTES
        self._messages_left -= header.message_count
        if self._messages_left < 0 or header.size > limits.HDF5_HEADER_BYTES:
            raise not_from_keras(self._location, "its object headers are larger than any model's")
        return header
