"""Writes the index of a checkpoint with whatever is asked for in it: what attackers write, with right checksums."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import cramjam
import google_crc32c

_MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")


def masked(checksum: int) -> int:
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    digits = []
    while number >= 0x80:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def message(*fields: tuple[int, int | bytes]) -> bytes:
    """Returns a protobuf message: numbers as varints, bytes with their length."""
    return b"".join(_field(number, value) for number, value in fields)


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def table(rows: Mapping[bytes, bytes], *, is_packed: bool = False) -> bytes:
    """Returns a table of one block."""
    data = bytearray()

    def add(block: bytes, kind: int = 0) -> bytes:
        handle = varint(len(data)) + varint(len(block))
        data.extend(block + bytes([kind]))
        data.extend(masked(google_crc32c.value(block + bytes([kind]))).to_bytes(4, "little"))
        return handle

    block = _block(rows)
    rows_at = add(bytes(cramjam.snappy.compress_raw(block)), 1) if is_packed else add(block)
    meta_at = add(_block({}))
    index_at = add(_block({max(rows, default=b""): rows_at}))
    return bytes(data) + (meta_at + index_at).ljust(40, b"\0") + _MAGIC


def _block(rows: Mapping[bytes, bytes]) -> bytes:
    written = b"".join(varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in rows.items())
    return written + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def header(shards: int = 1, *, is_big_endian: bool = False) -> bytes:
    return message((1, shards), (2, int(is_big_endian)))


def shape(*sizes: int) -> bytes:
    return b"".join(map(_axis, sizes))


@cache
def _axis(size: int) -> bytes:
    return message((2, message((1, size))))


def entry(dtype: int, sizes: tuple[int, ...], offset: int, size: int, checksum: int = 0, shard: int = 0) -> bytes:
    """Returns the entry of a tensor; the checksum is of its bytes, not masked."""
    fields = message((1, dtype), (2, shape(*sizes)), (3, shard), (4, offset), (5, size))
    return fields + varint(6 << 3 | 5) + masked(checksum).to_bytes(4, "little")
