"""Which chunks a dataset stores, and where: the B-tree of HDF5, read once for all chunks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import numpy.typing as npt
from pyfive.btree import BTreeV1RawDataChunks

from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.file.hdf5.damage import damage_as_file_errors


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """Where one chunk is: its first byte, the bytes it takes, and which filters were skipped for it."""

    address: int
    size: int
    mask: int


@dataclass(frozen=True, slots=True)
class ChunkIndex:
    """The chunks that a dataset stores, by the number of their cell in C order.

    Attributes:
        grid: How many chunks there are along each axis.
        cells: The numbers of the cells that are stored, ascending.
        places: Address, size in bytes and filter mask of each of them, shape (chunks, 3).
    """

    grid: tuple[int, ...]
    cells: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]

    def find(self, cell: tuple[int, ...]) -> StoredChunk | None:
        """Returns where the chunk at `cell` is; None where it is not stored."""
        number = _cell_number(cell, self.grid)
        place = int(np.searchsorted(self.cells, number))
        if place == len(self.cells) or self.cells[place] != number:
            return None
        return StoredChunk(*map(int, self.places[place]))


@lru_cache(maxsize=2)
def read_index(source: ByteRange, address: int, chunk_shape: tuple[int, ...], grid: tuple[int, ...]) -> ChunkIndex:
    """Returns the index of a dataset's chunks; whoever reads chunk after chunk needs it each time.

    Args:
        source: The file.
        address: Of the root of the B-tree.
        chunk_shape: Of one chunk, in elements.
        grid: How many chunks there may be along each axis.

    Raises:
        FileError: It is damaged, or larger than its dataset needs.
    """
    with damage_as_file_errors(source.location), source.open(*_index_cost(grid)) as file:
        tree = BTreeV1RawDataChunks(file, address, len(grid) + 1)
        entries = [
            (_cell_of(key["chunk_offset"][:-1], chunk_shape, grid), place, key["chunk_size"], key["filter_mask"])
            for node in tree.all_nodes.get(0, [])
            for key, place in zip(node["keys"], node["addresses"], strict=False)
        ]
        table = np.array([entry for entry in entries if entry[0] >= 0], np.int64).reshape(-1, 4)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return ChunkIndex(grid, table[:, 0], table[:, 1:])


def _index_cost(grid: tuple[int, ...]) -> tuple[int, int]:
    """Returns bytes and calls that reading an index may take: an entry a chunk, nodes half full."""
    entry_bytes = 24 + 8 * len(grid)
    return 64 * limits.KIB + 4 * prod(grid) * entry_bytes, 256 + 4 * prod(grid)


def _cell_of(origin: tuple[int, ...], chunk_shape: tuple[int, ...], grid: tuple[int, ...]) -> int:
    """Returns the number of the cell that begins at `origin`; -1 where none does."""
    cell = tuple(corner // length for corner, length in zip(origin, chunk_shape, strict=True))
    if any(corner % length for corner, length in zip(origin, chunk_shape, strict=True)):
        return -1
    if any(number >= most for number, most in zip(cell, grid, strict=True)):
        return -1
    return _cell_number(cell, grid)


def _cell_number(cell: tuple[int, ...], grid: tuple[int, ...]) -> int:
    number = 0
    for part, length in zip(cell, grid, strict=True):
        number = number * length + part
    return number
