"""The keys that parts of a partitioned tensor are stored under.

Source: `tensorflow/core/util/saved_tensor_slice_util.cc` (EncodeTensorNameSlice) and
`tensorflow/core/lib/strings/ordered_code.cc`.
"""

from __future__ import annotations

from collections.abc import Sequence

#: One part's extent on each axis: where it begins, and its length; -1 stands for all of the axis.
Extent = tuple[int, int]


#: What the keys of all parts begin with, and no key of a whole tensor.
PART_BEGINNING = b"\x00"


def slice_key(name: bytes, extents: Sequence[Extent]) -> bytes:
    """Returns the key of one part of the tensor `name`."""
    numbers = b"".join(_signed(number) for extent in extents for number in extent)
    return PART_BEGINNING + _text(name) + _unsigned(len(extents)) + numbers


def _unsigned(number: int) -> bytes:
    digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([len(digits)]) + digits


def _text(text: bytes) -> bytes:
    escaped = {0x00: b"\x00\xff", 0xFF: b"\xff\x00"}
    return b"".join(escaped.get(byte, bytes([byte])) for byte in text) + b"\x00\x01"


def _signed(number: int) -> bytes:
    """Returns a number so that bytes sort as numbers: it begins with as many ones (or zeros) as there are bytes."""
    magnitude = ~number if number < 0 else number
    length = magnitude.bit_length() // 7 + 1
    header = ((1 << length) - 1) << (7 * length)
    return ((number & ((1 << (8 * length)) - 1)) ^ header).to_bytes(length, "big")
