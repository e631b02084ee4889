"""The values of a variable as plain bytes: little-endian, in C order, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from weightscope.inspection import Array, Variable
from weightscope.measure.reading.blocks import block_selections
from weightscope.measure.reading.fetching import fetched_ahead
from weightscope.measure.reading.gather import READ_BYTES

#: Bytes of a block of a variable that is stored in chunks: each block reads all chunks that it touches.
_CHUNKED_BYTES = 8 << 20


def plain_blocks(variable: Variable, scratch: bytearray | None = None, *, by_bits: bool = True) -> Iterator[Array]:
    """Yields all values in C order, block by block.

    A block is valid until the next one.

    Args:
        variable: A variable with values.
        scratch: Memory for blocks, of `READ_BYTES`; None allocates each.
        by_bits: Whether bfloat16 is read by its bits, as uint16, where that is possible.
    """
    info, read = variable.info, (variable.with_bits() if by_bits else variable).read
    item_bytes = max(1, info.bytes // max(1, info.parameters))
    chunk = variable.values.chunk_shape
    most = (READ_BYTES if chunk is None else _CHUNKED_BYTES) // item_bytes
    rows = None
    if chunk and chunk[0] * prod(info.shape[1:]) <= most:
        rows = (chunk[0], *(1 for _ in chunk[1:]))  # blocks that begin where chunks do
    for selection in fetched_ahead(variable, block_selections(info.shape, rows, most)):
        yield read(selection, scratch)


def plain_bytes(values: Array, dtype: str) -> memoryview:
    """Returns the bytes of values, little-endian and in C order; bfloat16 by its two bytes.

    Args:
        values: A block of `plain_blocks`, or what `Variable.read` returns.
        dtype: The name of their dtype.
    """
    if dtype == "bfloat16" and values.dtype.itemsize == 4:
        # a float32 that was a bfloat16 has it in its upper half
        plain = np.ascontiguousarray(values, "<f4").reshape(-1).view("<u2")[1::2].copy()
    else:
        plain = np.ascontiguousarray(values, values.dtype.newbyteorder("<")).reshape(-1)
    return plain.view(np.uint8).data
