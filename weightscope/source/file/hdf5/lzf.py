"""LZF, h5py's own filter, unpacked: runs of literal bytes, and copies of what came before.

Source: `lzf_d.c` of liblzf 3.6, as h5py ships it.
"""

from __future__ import annotations

#: A control byte below this begins a run of one literal byte more.
_FIRST_COPY = 32


def unpack_lzf(data: bytes | bytearray, most: int) -> bytes | None:
    """Returns what was packed; None if the data are damaged or unpack to more than `most` bytes."""
    out = bytearray()
    position, end = 0, len(data)
    while position < end and len(out) <= most:
        control = data[position]
        position += 1
        if control < _FIRST_COPY:
            out += data[position : position + control + 1]
            position += control + 1
            continue
        length = control >> 5
        needed = 2 if length == 7 else 1
        if position + needed > end:
            return None
        if length == 7:
            length += data[position]
            position += 1
        start = len(out) - ((control & 31) << 8) - data[position] - 1
        position += 1
        length += 2
        if start < 0:
            return None
        piece = out[start : start + length]
        out += (piece * (-(-length // len(piece))))[:length]  # a copy may run into what it writes
    return bytes(out) if position == end and len(out) <= most else None
