"""Values that are stored in chunks, packed or not: only the chunks that a selection touches are read."""

from __future__ import annotations

import threading
import zlib
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from pyfive.dataobjects import DataObjects

from weightscope.errors import FileError
from weightscope.inspection import Array
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.file.hdf5.chunk_index import StoredChunk, read_index
from weightscope.source.shown import shown

DType = np.dtype[np.generic]

_UNDEFINED_ADDRESS = (1 << 64) - 1
_GZIP, _SHUFFLE, _FLETCHER32 = 1, 2, 3
_READ_FILTERS = (_GZIP, _SHUFFLE, _FLETCHER32)

#: Held while a large chunk is unpacked: several at once would take the memory of several.
_ONE_LARGE_CHUNK = threading.Lock()
_REPACK = "repack it with: h5repack -f NONE -l CONTI FILE NEW_FILE"


@dataclass(frozen=True, slots=True)
class Chunks:
    """Where the chunks of a dataset are.

    Attributes:
        path: Of the dataset, for errors.
        shape: Of one chunk, in elements.
        index: Address of the B-tree that lists them; None when none is stored.
        filters: HDF5's numbers of the filters, in the order in which they were applied.
        grid: How many there are along each axis when all are stored.
    """

    path: str
    shape: tuple[int, ...]
    index: int | None
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
        index = read_index(source, self.index, self.shape, self.grid)
        cells = product(
            *(
                range(start // length, -(-stop // length))
                for start, stop, length in zip(starts, stops, self.shape, strict=True)
            )
        )
        for cell in cells:
            stored = index.find(cell)
            if stored is None:
                continue
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
        stored = read_index(source, self.index, self.shape, self.grid).find(cell)
        return None if stored is None else self._chunk(stored, source, dtype)

    def _chunk(self, stored: StoredChunk, source: ByteRange, dtype: DType) -> Array:
        """Returns the values of one chunk. Only one thread at a time has a large one in memory."""
        whole = self.bytes_of_one(dtype.itemsize)
        if stored.size > whole + whole // 8 + limits.KIB:
            raise self._damaged(source)
        with _ONE_LARGE_CHUNK if whole > limits.LARGE_CHUNK_BYTES else nullcontext():
            packed = bytearray(stored.size)
            source.read_into(stored.address, memoryview(packed))
            data = self._unpacked(source, packed, stored.mask, dtype.itemsize)
        return np.frombuffer(data, dtype, prod(self.shape)).reshape(self.shape)

    def _unpacked(self, source: ByteRange, data: bytes | bytearray, mask: int, item_bytes: int) -> bytes | bytearray:
        """Undoes the filters, last one first; a set bit of `mask` says that a filter was skipped."""
        whole = prod(self.shape) * item_bytes
        for position in reversed(range(len(self.filters))):
            if mask >> position & 1:
                continue
            match self.filters[position]:
                case 1:
                    data = self._inflated(data, whole, source)
                case 2:
                    data = _unshuffled(data, item_bytes)
                case _:
                    data = data[:-4]  # the checksum of fletcher32
        if len(data) != whole:
            raise self._damaged(source)
        return data

    def _inflated(self, data: bytes | bytearray, whole: int, source: ByteRange) -> bytes:
        inflater = zlib.decompressobj()
        try:
            plain = inflater.decompress(data, whole + 4)  # a checksum may lie inside
        except zlib.error as error:
            raise self._damaged(source) from error
        if inflater.unconsumed_tail:
            raise self._damaged(source)
        return plain

    def _damaged(self, source: ByteRange) -> FileError:
        return FileError(source.location, f"a chunk of {shown(self.path)} is damaged", "copy the file again")


def describe_chunks(objects: DataObjects, path: str, shape: tuple[int, ...], item_bytes: int, location: str) -> Chunks:
    """Returns where the chunks of a dataset are.

    Raises:
        FileError: They are packed with a filter that is not read here, or larger than a bound.
    """
    filters = tuple(entry["filter_id"] for entry in objects.filter_pipeline or ())
    unread = [number for number in filters if number not in _READ_FILTERS]
    if unread:
        raise FileError(location, f"{shown(path)} is packed with HDF5 filter {unread[0]}, which is not read", _REPACK)
    chunk_shape = objects.chunks
    if chunk_shape is None or len(chunk_shape) != len(shape) or 0 in chunk_shape or len(filters) > 8:
        raise FileError(location, f"{shown(path)} is stored in chunks of a kind that is not read", _REPACK)
    if prod(chunk_shape) * item_bytes > limits.CHUNK_BYTES:
        raise FileError(location, f"{shown(path)} has chunks of {prod(chunk_shape) * item_bytes:,} bytes", _REPACK)
    address = objects._chunk_address
    grid = tuple(-(-length // step) for length, step in zip(shape, chunk_shape, strict=True))
    return Chunks(path, chunk_shape, None if address == _UNDEFINED_ADDRESS else address, filters, grid)


def _unshuffled(data: bytes | bytearray, item_bytes: int) -> bytes:
    """Puts the bytes of each number together again, which HDF5's shuffle filter sorted by significance."""
    count = len(data) // item_bytes
    body = np.frombuffer(data, np.uint8, count * item_bytes).reshape(item_bytes, count)
    return body.T.tobytes() + data[count * item_bytes :]
