"""The index of a checkpoint: a sorted table of keys and values, in blocks.

Source: `tensorflow/core/lib/io/format.h` and `table_builder.cc`: the table format of LevelDB
(https://github.com/google/leveldb/blob/main/doc/table_format.md).
"""

from __future__ import annotations

from collections.abc import Iterator

import cramjam
import google_crc32c

from weightscope.errors import FileError, damaged_checkpoint
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.file.checkpoint.location import TABLE_SIGNATURE
from weightscope.source.file.checkpoint.varint import varint

FOOTER_BYTES = 48
_TRAILER_BYTES = 5
_PLAIN, _SNAPPY = 0, 1
_MASK_DELTA = 0xA282EAD8


def read_table(source: ByteRange) -> Iterator[tuple[bytes, bytes]]:
    """Yields each key with its value, in stored order.

    Raises:
        FileError: The table is damaged, or asks for more than a checkpoint's index does.
    """
    if source.length < FOOTER_BYTES or source.length > limits.INDEX_BYTES:
        raise damaged_checkpoint(source.location, f"a checkpoint's index of {source.length:,} bytes")
    footer = source.read(source.length - FOOTER_BYTES, FOOTER_BYTES)
    if not footer.endswith(TABLE_SIGNATURE):
        raise damaged_checkpoint(source.location, "no index of a checkpoint: it does not end as one")
    reader = _Blocks(source)
    place = 0
    for _ in range(2):  # of the meta index, which is empty, and of the index block
        offset, place = varint(footer, place, source.location)
        size, place = varint(footer, place, source.location)
    for _, handle in reader.entries(offset, size):
        start, after = varint(handle, 0, source.location)
        length, _ = varint(handle, after, source.location)
        yield from reader.entries(start, length)


class _Blocks:
    """Reads blocks of a table, counting what they unpack to and what they hold."""

    def __init__(self, source: ByteRange) -> None:
        self._source = source
        self._bytes_left = limits.INDEX_BYTES
        self._entries_left = limits.CHECKPOINT_ENTRIES

    def entries(self, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
        """Yields the keys and values of one block."""
        block = self._block(offset, size)
        location = self._source.location
        if len(block) < 4:
            raise _damaged(location)
        end = len(block) - 4 - 4 * int.from_bytes(block[-4:], "little")  # behind it: where keys are whole
        key, place = b"", 0
        while place < end:
            shared, place = varint(block, place, location)
            fresh, place = varint(block, place, location)
            length, place = varint(block, place, location)
            if shared > len(key) or place + fresh + length > end or shared + fresh > limits.PATH_CHARACTERS:
                raise _damaged(location)
            key = key[:shared] + block[place : place + fresh]
            place += fresh
            self._entries_left -= 1
            if self._entries_left < 0:
                raise damaged_checkpoint(location, "an index of too many entries")
            yield key, block[place : place + length]
            place += length

    def _block(self, offset: int, size: int) -> bytes:
        """Returns a block's content: its checksum is right, and it is unpacked."""
        location = self._source.location
        if offset < 0 or size < 0 or offset + size + _TRAILER_BYTES > self._source.length:
            raise _damaged(location)
        data = self._source.read(offset, size + _TRAILER_BYTES)
        kind, stored = data[size], int.from_bytes(data[size + 1 :], "little")
        if masked(google_crc32c.value(data[: size + 1])) != stored:
            raise damaged_checkpoint(location, "a damaged index: a checksum is wrong")
        if kind == _SNAPPY:
            return self._unpacked(data[:size])
        if kind != _PLAIN:
            raise damaged_checkpoint(location, f"an index packed in a way of its own (kind {kind})")
        self._take(size)
        return data[:size]

    def _unpacked(self, data: bytes) -> bytes:
        size, _ = varint(data, 0, self._source.location)  # snappy's own header: the length of what is packed
        self._take(size)
        try:
            return bytes(cramjam.snappy.decompress_raw(data, output_len=size))
        except cramjam.DecompressionError as error:
            raise _damaged(self._source.location) from error

    def _take(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise damaged_checkpoint(self._source.location, "an index that unpacks to more than it should")


def masked(checksum: int) -> int:
    """Returns a CRC-32C as it is stored (`tsl::crc32c::Mask`)."""
    return (((checksum >> 15) | (checksum << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def _damaged(location: str) -> FileError:
    return damaged_checkpoint(location, "a damaged index of a checkpoint")
