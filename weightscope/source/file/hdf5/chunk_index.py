"""Which chunks a dataset stores, and where: the index of HDF5, read once for all chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import numpy.typing as npt

from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.file.hdf5.chunk_arrays import EntryRun, extensible_array, fixed_array
from weightscope.source.file.hdf5.damage import damage_as_file_errors
from weightscope.source.file.hdf5.layout import IndexKind
from weightscope.source.file.hdf5.pyfive_internals import chunk_keys, chunk_records

#: Rows of cell number, address, size in bytes and filter mask.
Table = npt.NDArray[np.int64]

#: Entries of an array that are read and not needed, rather than reading twice.
_GAP = 64

#: Bytes of an entry: an address, or that, a size of up to 8 bytes and a filter mask.
_PLAIN_BYTES, _LONGEST_BYTES = 8, 20


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """Where one chunk is: its first byte, the bytes it takes, and which filters were skipped for it."""

    address: int
    size: int
    mask: int


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """Where the index of a dataset's chunks is, and what is needed to understand it.

    Attributes:
        kind: How chunks are listed.
        address: Of the index; of the first chunk where there is no index.
        chunk_shape: Of one chunk, in elements.
        chunk_bytes: Of one chunk that is not packed.
        grid: How many chunks there may be along each axis.
        largest_grid: How many there may ever be; None along an axis that grows without end.
        is_packed: Whether chunks go through filters.
        single_chunk: Stored bytes and filter mask of the only chunk, where it is packed.
    """

    kind: IndexKind
    address: int
    chunk_shape: tuple[int, ...]
    chunk_bytes: int
    grid: tuple[int, ...]
    largest_grid: tuple[int | None, ...]
    is_packed: bool
    single_chunk: tuple[int, int] | None


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
def read_index(source: ByteRange, stored: StoredIndex) -> ChunkIndex:
    """Returns the index of a dataset's chunks; whoever reads chunk after chunk needs it each time.

    Raises:
        FileError: It is damaged, or larger than its dataset needs.
    """
    cells = prod(stored.grid)
    budget = 64 * limits.KIB + cells * _GAP * 2 * _LONGEST_BYTES, 256 + 8 * cells
    with damage_as_file_errors(source), source.open(*budget) as file:
        table = _READERS[stored.kind](file, stored)
    table = table[table[:, 0] >= 0]
    table = table[np.argsort(table[:, 0], kind="stable")]
    return ChunkIndex(stored.grid, table[:, 0], table[:, 1:])


def _single_chunk(_: MeteredFile, stored: StoredIndex) -> Table:
    return np.array([[0, stored.address, *(stored.single_chunk or (stored.chunk_bytes, 0))]], np.int64)


def _implicit(_: MeteredFile, stored: StoredIndex) -> Table:
    numbers = _numbers_in_array(stored, range(len(stored.grid)))
    places = (stored.address + numbers * stored.chunk_bytes, np.full_like(numbers, stored.chunk_bytes), 0 * numbers)
    return np.stack([np.arange(len(numbers)), *places], axis=1)


def _fixed_array(file: MeteredFile, stored: StoredIndex) -> Table:
    numbers = _numbers_in_array(stored, range(len(stored.grid)))
    return _from_runs(file, stored, numbers, fixed_array(file, stored.address, np.sort(numbers)))


def _extensible_array(file: MeteredFile, stored: StoredIndex) -> Table:
    """The array grows along one axis: its entries are ordered as if that were the first."""
    growing = stored.largest_grid.index(None)
    axes = (growing, *(axis for axis in range(len(stored.grid)) if axis != growing))
    numbers = _numbers_in_array(stored, axes)
    return _from_runs(file, stored, numbers, extensible_array(file, stored.address, np.sort(numbers)))


def _tree_1(file: MeteredFile, stored: StoredIndex) -> Table:
    entries = [
        (_cell_of(origin, stored.chunk_shape, stored.grid), address, size, mask)
        for origin, address, size, mask in chunk_keys(file, stored.address, len(stored.grid))
    ]
    return np.array(entries, np.int64).reshape(-1, 4)


def _tree_2(file: MeteredFile, stored: StoredIndex) -> Table:
    records = chunk_records(file, stored.address, packed=stored.is_packed)
    if not records:
        return np.empty((0, 4), np.int64)
    raw = np.frombuffer(b"".join(records), np.uint8).reshape(len(records), -1)
    axes = len(stored.grid)
    offsets = np.ascontiguousarray(raw[:, -8 * axes :]).view("<i8")
    cells = np.zeros(len(records), np.int64)
    is_inside = np.all((offsets >= 0) & (offsets < stored.grid), axis=1)
    for axis, length in enumerate(stored.grid):
        cells = cells * length + np.where(is_inside, offsets[:, axis], 0)
    cells[~is_inside] = -1
    return np.concatenate([cells[:, None], _places(raw[:, : -8 * axes], stored)], axis=1)


_READERS = {
    IndexKind.B_TREE_1: _tree_1,
    IndexKind.SINGLE_CHUNK: _single_chunk,
    IndexKind.IMPLICIT: _implicit,
    IndexKind.FIXED_ARRAY: _fixed_array,
    IndexKind.EXTENSIBLE_ARRAY: _extensible_array,
    IndexKind.B_TREE_2: _tree_2,
}


def _numbers_in_array(stored: StoredIndex, axes: range | tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Returns the number of each cell's entry in an array, cells in C order.

    Entries are numbered over the largest extent of the dataset, with `axes` from the slowest to the fastest.
    """
    if prod(length or 1 for length in stored.largest_grid) * max(stored.grid) >= 1 << 62:
        raise ValueError("more chunks than a file can hold")
    cells = np.indices(stored.grid, np.int64).reshape(len(stored.grid), -1)
    numbers = np.zeros(cells.shape[1], np.int64)
    for axis in axes:
        numbers = numbers * (stored.largest_grid[axis] or 1) + cells[axis]
    return numbers


def _from_runs(
    file: MeteredFile, stored: StoredIndex, numbers: npt.NDArray[np.int64], runs: Iterator[EntryRun]
) -> Table:
    """Reads the entries with these numbers, which belong to the cells in C order, from the runs that have them."""
    order = np.argsort(numbers)
    ascending = numbers[order]
    found = [np.empty((0, 4), np.int64)]
    for run in runs:
        begin, end = np.searchsorted(ascending, (run.first, run.first + run.entries))
        gaps = np.flatnonzero(np.diff(ascending[begin:end]) > _GAP) + 1
        for part in np.split(np.arange(begin, end), gaps):
            if len(part):
                wanted = ascending[part] - run.first
                file.seek(run.position + int(wanted[0]) * run.entry_bytes)
                raw = file.read(int(wanted[-1] - wanted[0] + 1) * run.entry_bytes)
                entries = np.frombuffer(raw, np.uint8).reshape(-1, run.entry_bytes)[wanted - wanted[0]]
                found.append(np.concatenate([order[part][:, None], _places(entries, stored)], axis=1))
    table = np.concatenate(found)
    return table[table[:, 1] >= 0]


def _places(entries: npt.NDArray[np.uint8], stored: StoredIndex) -> npt.NDArray[np.int64]:
    """Returns address (-1 where nothing is stored), size and filter mask of each entry, shape (entries, 3)."""
    count, width = entries.shape
    if not _PLAIN_BYTES <= width <= _LONGEST_BYTES or (width > _PLAIN_BYTES) is not stored.is_packed:
        raise ValueError("a damaged index of chunks")
    places = np.zeros((count, 3), np.int64)
    places[:, 0] = np.ascontiguousarray(entries[:, :8]).view("<i8")[:, 0]
    places[:, 1] = stored.chunk_bytes
    if stored.is_packed:
        sizes = np.zeros((count, 8), np.uint8)
        sizes[:, : width - 12] = entries[:, 8:-4]
        places[:, 1] = sizes.view("<i8")[:, 0]
        places[:, 2] = np.ascontiguousarray(entries[:, -4:]).view("<u4")[:, 0]
    return places


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
