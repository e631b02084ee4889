"""A text in a checkpoint's data: how long it is, checksums, and then itself.

Source: `WriteStringTensor` in `tensorflow/core/util/tensor_bundle/tensor_bundle.cc`.
"""

from __future__ import annotations

from dataclasses import dataclass

import google_crc32c

from weightscope.errors import FileError, damaged_checkpoint
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.index_table import masked
from weightscope.source.file.checkpoint.varint import varint

_CHECKSUM_BYTES = 4


@dataclass(frozen=True, slots=True)
class StoredText:
    """Where a text is, under which key, and the checksum of it all."""

    key: str
    where: ByteRange
    checksum: int

    def read(self) -> bytes:
        """Returns the text.

        Raises:
            FileError: It is longer than any in a checkpoint, or damaged.
        """
        location = self.where.location
        if self.where.length > limits.CHECKPOINT_TEXT_BYTES:
            raise FileError(
                location, f"{escape(self.key)} is a text of {self.where.length:,} bytes", "inspect a file of Keras"
            )
        data = self.where.read(0, self.where.length)
        length, start = varint(data, 0, location)
        text = data[start + _CHECKSUM_BYTES :]
        if length != len(text) or self._checksum_of(text) != self.checksum:
            raise damaged_checkpoint(location, f"{escape(self.key)} is damaged: its checksum is wrong")
        return text

    def _checksum_of(self, text: bytes) -> int:
        """Returns the checksum of a text: of its length as four bytes, of that one's checksum, and of itself."""
        length = google_crc32c.value(len(text).to_bytes(4, "little"))
        both = google_crc32c.extend(length, masked(length).to_bytes(4, "little"))
        return masked(google_crc32c.extend(both, text))
