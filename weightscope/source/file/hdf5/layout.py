"""How the values of a dataset are laid out in the file: the data layout message of its header.

Source: HDF5 file format specification 3.0, IV.A.2.i; for version 4 and the chunk indexes, also `H5Olayout.c`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

from weightscope.source.file.hdf5.damage import UnsupportedError

#: What stands for an address where nothing is stored.
UNDEFINED_ADDRESS = (1 << 64) - 1


class LayoutClass(Enum):
    """The ways to store values; the numbers are HDF5's."""

    COMPACT = 0
    CONTIGUOUS = 1
    CHUNKED = 2
    VIRTUAL = 3


class IndexKind(Enum):
    """The ways to list chunks; the numbers are HDF5's, 0 the one of files before version 1.10."""

    B_TREE_1 = 0
    SINGLE_CHUNK = 1
    IMPLICIT = 2
    FIXED_ARRAY = 3
    EXTENSIBLE_ARRAY = 4
    B_TREE_2 = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """A dataset's layout.

    Attributes:
        storage: How the values are stored.
        address: Of the values, or of the index of the chunks; None where nothing is stored, or in the header.
        data: The values themselves, where the header holds them.
        chunk_shape: In elements.
        index: How the chunks are listed.
        single_chunk: Stored bytes and filter mask of the only chunk, where it is packed.
        partial_chunks_are_plain: Whether the filters are skipped for chunks that lie partly outside of the dataset.
    """

    storage: LayoutClass
    address: int | None = None
    data: bytes = b""
    chunk_shape: tuple[int, ...] = ()
    index: IndexKind = IndexKind.B_TREE_1
    single_chunk: tuple[int, int] | None = None
    partial_chunks_are_plain: bool = False


def read_layout(message: bytes) -> Layout:
    """Returns the layout that a data layout message describes.

    Raises:
        UnsupportedError: The message is of an unknown version.
        Exception: Any exception that damaged bytes cause.
    """
    version = message[0]
    if version in (1, 2):
        return _old_layout(message)
    storage = LayoutClass(message[1])
    if version not in (3, 4):
        raise UnsupportedError(f"a data layout of version {version}")
    if storage is LayoutClass.COMPACT:
        (size,) = struct.unpack_from("<H", message, 2)
        return Layout(storage, data=message[4 : 4 + size])
    if storage is LayoutClass.CHUNKED:
        return _chunks_in_tree(message) if version == 3 else _indexed_chunks(message)
    return Layout(storage, _address(message, 2))


def _old_layout(message: bytes) -> Layout:
    """Reads versions 1 and 2, which HDF5 wrote before 1.6.3: sizes come after the address."""
    dimensions, storage = message[1], LayoutClass(message[2])
    if storage is LayoutClass.COMPACT:
        (size,) = struct.unpack_from("<I", message, 8 + 4 * dimensions)
        start = 12 + 4 * dimensions
        return Layout(storage, data=message[start : start + size])
    shape = struct.unpack_from(f"<{dimensions}I", message, 16)
    return Layout(storage, _address(message, 8), chunk_shape=shape[:-1])


def _chunks_in_tree(message: bytes) -> Layout:
    dimensions = message[2]
    shape = struct.unpack_from(f"<{dimensions}I", message, 11)
    return Layout(LayoutClass.CHUNKED, _address(message, 3), chunk_shape=shape[:-1])


def _indexed_chunks(message: bytes) -> Layout:
    """Reads version 4: flags, the shape of a chunk with the bytes of an element, the kind of index and its settings."""
    flags, dimensions, size = message[2:5]
    ends = range(5, 5 + dimensions * size, size)
    shape = tuple(int.from_bytes(message[start : start + size], "little") for start in ends)
    position = 5 + dimensions * size
    index = IndexKind(message[position])
    position += 1
    single_chunk = None
    if index is IndexKind.SINGLE_CHUNK and flags & 2:
        single_chunk = struct.unpack_from("<QI", message, position)
        position += 12
    position += {IndexKind.FIXED_ARRAY: 1, IndexKind.EXTENSIBLE_ARRAY: 5, IndexKind.B_TREE_2: 6}.get(index, 0)
    return Layout(
        LayoutClass.CHUNKED,
        _address(message, position),
        chunk_shape=shape[:-1],
        index=index,
        single_chunk=single_chunk,
        partial_chunks_are_plain=bool(flags & 1),
    )


def _address(message: bytes, position: int) -> int | None:
    (address,) = struct.unpack_from("<Q", message, position)
    return None if address == UNDEFINED_ADDRESS else int(address)
