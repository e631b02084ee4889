"""The superblock of an HDF5 file: where the file begins behind a user block, where it ends, where its root group is.

Source: HDF5 file format specification 3.0, II.A.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from weightscope.source.file.hdf5.damage import UnsupportedError

SIGNATURE = b"\x89HDF\r\n\x1a\n"

#: Bytes before the end of the longest superblock, version 1.
_BYTES = 100

#: By version: the offsets of the sizes of addresses and lengths, of the base address, the end of the file and the
#: address of the root group's header.
_FIELDS = {0: (13, 24, 40, 64), 1: (13, 28, 44, 68), 2: (9, 12, 28, 36), 3: (9, 12, 28, 36)}


class SeekableFile(Protocol):
    """What the signature is looked for in."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Sets and returns the position."""
        ...

    def read(self, count: int, /) -> bytes:
        """Returns up to `count` bytes from the position on."""
        ...

    def ahead(self, places: Iterable[int], count: int, /) -> None:
        """Announces that up to `count` bytes are read next at each of these positions."""
        ...


@dataclass(frozen=True, slots=True)
class Superblock:
    """What every address in an HDF5 file is counted from, and what is read first.

    Attributes:
        start: Offset of the superblock, which all addresses are relative to; the user block lies before it.
        end: Offset of the first byte after the file, as it was written.
        root: Address of the root group's object header.
    """

    start: int
    end: int
    root: int


def find_superblock(file: SeekableFile) -> int | None:
    """Returns the offset of the superblock: 0, or 512, 1024, 2048, ... after a user block; None if there is none."""
    length = file.seek(0, 2)
    offsets = [0]
    while (offset := 2 * offsets[-1] or 512) < length:
        offsets.append(offset)
    for offset in offsets:
        file.seek(offset)
        if file.read(len(SIGNATURE)) == SIGNATURE:
            return offset
        if not offset:
            file.ahead(offsets, len(SIGNATURE))
    return None


def read_superblock(file: SeekableFile) -> Superblock:
    """Returns the superblock of an HDF5 file.

    Raises:
        UnsupportedError: It is of another version, or has addresses of another size, than those that are read.
        ValueError: There is none.
    """
    start = find_superblock(file)
    if start is None:
        raise ValueError("no superblock")
    file.seek(start)
    data = file.read(_BYTES)
    fields = _FIELDS.get(data[8])
    if fields is None:
        raise UnsupportedError(f"a superblock of version {data[8]}")
    sizes, base, end, root = fields
    if data[sizes] != 8 or data[sizes + 1] != 8:
        raise UnsupportedError(f"addresses of {data[sizes]} bytes")
    base_address, end_address, root_address = (
        int.from_bytes(data[field : field + 8], "little") for field in (base, end, root)
    )
    # a program may have put a user block in front later: what counts is where the superblock is
    return Superblock(start, end_address - base_address + start, root_address)
