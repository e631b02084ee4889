"""Values that are stored in chunks, packed or not: only the chunks that a selection touches are read."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from weightscope.errors import FileError, damaged
from weightscope.inspection import Array
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.hdf5 import filters
from weightscope.source.file.hdf5.chunk_index import StoredChunk, StoredIndex, read_index
from weightscope.source.file.hdf5.damage import repack
from weightscope.source.file.hdf5.layout import Layout
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader

DType = np.dtype[np.generic]

#: Filters that a chunk may go through; HDF5 allows 32.
_MOST_FILTERS = 8

#: Held while a large chunk is unpacked: several at once would take the memory of several.
_ONE_LARGE_CHUNK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Chunks:
    """Where the chunks of a dataset are.

    Attributes:
        path: Of the dataset, for errors.
        shape: Of one chunk, in elements.
        index: What lists them; None when none is stored.
        filters: HDF5's numbers of the filters, in the order in which they were applied.
        grid: How many there are along each axis when all are stored.
    """

    path: str
    shape: tuple[int, ...]
    index: StoredIndex | None
    filters: tuple[int, ...]
    grid: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many there are when all are stored."""
        return prod(self.grid)

    def bytes_of_one(self, item_bytes: int) -> int:
        """Returns the bytes of a chunk, unpacked."""
        return prod(self.shape) * item_bytes

    def read_into(self, out: Array, source: ByteRange, starts: tuple[int, ...], stops: tuple[int, ...]) -> None:
        """Puts the values between `starts` and `stops` into `out`; what no chunk holds is left as it is.

        Raises:
            FileError: A chunk is damaged, or larger unpacked than it may be.
        """
        if self.index is None:
            return
        index = read_index(source, self.index)
        cells = product(
            *(
                range(start // length, -(-stop // length))
                for start, stop, length in zip(starts, stops, self.shape, strict=True)
            )
        )
        found = [(cell, stored) for cell in cells if (stored := index.find(cell)) is not None]
        source.ahead((stored.address, stored.address + stored.size) for _, stored in found)
        for cell, stored in found:
            chunk = self._chunk(stored, source, out.dtype)
            origin = tuple(number * length for number, length in zip(cell, self.shape, strict=True))
            overlap = [
                (max(start, corner), min(stop, corner + length))
                for start, stop, corner, length in zip(starts, stops, origin, self.shape, strict=True)
            ]
            inside = tuple(slice(a - c, b - c) for (a, b), c in zip(overlap, origin, strict=True))
            target = tuple(slice(a - s, b - s) for (a, b), s in zip(overlap, starts, strict=True))
            out[target] = chunk[inside]

    def read_one(
        self, source: ByteRange, starts: tuple[int, ...], stops: tuple[int, ...], dtype: DType
    ) -> Array | None:
        """Returns the values between `starts` and `stops` where those are a whole stored chunk: without a copy.

        Raises:
            FileError: The chunk is damaged, or larger unpacked than it may be.
        """
        if self.index is None or tuple(stop - start for start, stop in zip(starts, stops, strict=True)) != self.shape:
            return None
        if any(start % length for start, length in zip(starts, self.shape, strict=True)):
            return None
        cell = tuple(start // length for start, length in zip(starts, self.shape, strict=True))
        stored = read_index(source, self.index).find(cell)
        return None if stored is None else self._chunk(stored, source, dtype)

    def _chunk(self, stored: StoredChunk, source: ByteRange, dtype: DType) -> Array:
        """Returns the values of one chunk. Only one thread at a time has a large one in memory."""
        whole = self.bytes_of_one(dtype.itemsize)
        if stored.size > whole + whole // 8 + limits.KIB:
            raise self._damaged(source)
        with _ONE_LARGE_CHUNK if whole > limits.LARGE_CHUNK_BYTES else nullcontext():
            packed = bytearray(stored.size)
            source.read_into(stored.address, memoryview(packed))
            data = filters.undo_filters(packed, self.filters, stored.mask, (whole, dtype.itemsize))
        if data is None:
            raise self._damaged(source)
        return np.frombuffer(data, dtype, prod(self.shape)).reshape(self.shape)

    def _damaged(self, source: ByteRange) -> FileError:
        return damaged(source.location, f"a chunk of {escape(self.path)} is damaged")


def describe_chunks(header: ObjectHeader, layout: Layout, path: str, item_bytes: int, source: ByteRange) -> Chunks:
    """Returns where the chunks of a dataset are.

    Raises:
        FileError: They are packed with a filter that is not read here, or larger than a bound.
    """
    shape, most = header.extent
    chunk_shape = layout.chunk_shape
    chunk_bytes = prod(chunk_shape) * item_bytes
    problem = _problem(header.filters, layout, chunk_bytes, axes=len(shape))
    if problem is not None:
        raise FileError(source.location, f"{escape(path)} {problem}", _way_out(header.filters, source))
    grid = tuple(-(-length // step) for length, step in zip(shape, chunk_shape, strict=True))
    index = None
    if layout.address is not None:
        index = StoredIndex(
            layout.index,
            layout.address,
            chunk_shape,
            chunk_bytes,
            grid,
            tuple(None if end is None else -(-end // step) for end, step in zip(most, chunk_shape, strict=True)),
            bool(header.filters),
            layout.single_chunk,
        )
    return Chunks(path, chunk_shape, index, header.filters, grid)


def _problem(applied: tuple[int, ...], layout: Layout, chunk_bytes: int, axes: int) -> str | None:
    """Returns why chunks are not read; None if they are."""
    unread = [number for number in applied if number not in filters.READ]
    if unread:
        name = filters.BUILT_IN.get(unread[0])
        return f"is packed with HDF5 filter {unread[0]}{f' ({name})' if name else ''}, which is not read"
    if len(layout.chunk_shape) != axes or 0 in layout.chunk_shape or len(applied) > _MOST_FILTERS:
        return "is stored in chunks of a kind that is not read"
    if layout.partial_chunks_are_plain and applied:
        return "is stored in chunks of which some are packed and some are not, which is not read"
    return f"has chunks of {chunk_bytes:,} bytes" if chunk_bytes > limits.CHUNK_BYTES else None


def _way_out(applied: tuple[int, ...], source: ByteRange) -> str:
    needs_plugin = any(number not in filters.READ and number not in filters.BUILT_IN for number in applied)
    return "with the filter's plugin in HDF5_PLUGIN_PATH, " * needs_plugin + repack(source)
