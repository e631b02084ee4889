"""The filters that chunks go through before they are stored, undone."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from weightscope.source.file.hdf5.lzf import unpack_lzf

_GZIP, _SHUFFLE, _FLETCHER32, _LZF = 1, 2, 3, 32000

#: HDF5's numbers of the filters that are read.
READ = (_GZIP, _SHUFFLE, _FLETCHER32, _LZF)

#: HDF5's filters that are not read; any other needs a plugin, for HDF5's own programs too.
BUILT_IN = {4: "szip", 5: "n-bit", 6: "scale-offset"}

_CHECKSUM_BYTES = 4


def undo_filters(
    data: bytes | bytearray, filters: Sequence[int], mask: int, size: tuple[int, int]
) -> bytes | bytearray | None:
    """Returns the bytes of a chunk as they were before the filters; None if they are damaged.

    Args:
        data: As they are stored.
        filters: HDF5's numbers of the filters, in the order in which they were applied.
        mask: A set bit says that the filter at this place was skipped.
        size: The bytes of the whole chunk, and of one element.
    """
    whole, item_bytes = size
    found: bytes | bytearray | None = data
    for place in reversed(range(len(filters))):
        if mask >> place & 1:
            continue
        if found is None:
            return None
        match filters[place]:
            case 1:
                found = _inflated(found, whole)
            case 2:
                found = _unshuffled(found, item_bytes)
            case 3:
                found = found[:-_CHECKSUM_BYTES]
            case _:
                found = unpack_lzf(found, whole + _CHECKSUM_BYTES)
    return found if found is not None and len(found) == whole else None


def _inflated(data: bytes | bytearray, whole: int) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(data, whole + _CHECKSUM_BYTES)  # a checksum may lie inside
    except zlib.error:
        return None
    return None if inflater.unconsumed_tail else plain


def _unshuffled(data: bytes | bytearray, item_bytes: int) -> bytes:
    """Puts the bytes of each number together again, which HDF5's shuffle filter sorted by significance."""
    count = len(data) // item_bytes
    body = np.frombuffer(data, np.uint8, count * item_bytes).reshape(item_bytes, count)
    return body.T.tobytes() + data[count * item_bytes :]
