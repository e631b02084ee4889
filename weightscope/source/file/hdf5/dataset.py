"""A dataset of an HDF5 file, and its values, read by offset.

Contiguous and compact values are read as the bytes they are, chunked ones chunk by chunk; only what a selection needs
is read.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, replace
from math import prod
from operator import sub

import numpy as np

from weightscope.inspection import Array, Selection
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.file.hdf5.chunks import Chunks
from weightscope.source.file.hdf5.number_type import NumberType

#: A selection whose bytes lie within a run of this size is read in one go.
RUN_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Contiguous:
    """Values that lie in the file one after the other.

    Attributes:
        offset: Of the first byte.
    """

    offset: int


@dataclass(frozen=True, slots=True)
class Compact:
    """Values that lie in the header.

    Attributes:
        data: The values themselves.
    """

    data: bytes


@dataclass(frozen=True, slots=True)
class Chunked:
    """Values that lie in chunks.

    Attributes:
        chunks: Where they are.
        fill: The bytes of the number that stands for what is in no chunk; empty for zero.
    """

    chunks: Chunks
    fill: bytes


@dataclass(frozen=True, slots=True)
class Unstored:
    """Values that are not stored, since they are all the same number.

    Attributes:
        fill: The bytes of that number; empty for zero.
    """

    fill: bytes


Storage = Contiguous | Compact | Chunked | Unstored


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset: what it is, and where its values are.

    Attributes:
        path: Inside the file, as h5py opens it: with backslashes in names that Keras 2 wrote on Windows.
        shape: In elements.
        number_type: How an element is stored.
        source: The file that holds the values.
        storage: How they are stored.
    """

    path: str
    shape: tuple[int, ...]
    number_type: NumberType
    source: ByteRange
    storage: Storage

    @property
    def dtype(self) -> str:
        """Keras' name of the dtype, such as `float32` or `bfloat16`."""
        return self.number_type.name

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """The shape of the chunks that it is stored in; None where it is stored in one piece."""
        return self.storage.chunks.shape if isinstance(self.storage, Chunked) else None

    @property
    def bytes(self) -> int:
        """The bytes that the values take, plainly stored."""
        return prod(self.shape) * self.number_type.stored.itemsize

    @property
    def unstored_bytes(self) -> int:
        """What reading may take beyond what is stored: all of it where nothing, or chunks, are stored."""
        match self.storage:
            case Contiguous() | Compact():
                return 0
            case Chunked(chunks):
                return max(self.bytes, chunks.bytes_of_one(self.number_type.stored.itemsize))
            case Unstored():
                return self.bytes

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values, bfloat16 as float32; they may live in `scratch`.

        Raises:
            FileError: They are damaged, or packed with a filter that is not read here.
        """
        starts, stops = bounds(selection, self.shape)
        shape = _shape(starts, stops)
        if prod(shape) == 0:
            return self.number_type.decode(np.zeros(shape, self.number_type.stored))
        match self.storage:
            case Contiguous(offset):
                found = self._read_run(offset, starts, stops, scratch)
                if found is None:
                    found = np.empty(shape, self.number_type.stored)
                    self._read_box(offset, starts, stops, found)
            case Compact(data):
                whole: Array = np.frombuffer(data, self.number_type.stored, prod(self.shape)).reshape(self.shape)
                found = whole[tuple(map(slice, starts, stops))].copy()
            case Chunked(chunks, fill):
                found = chunks.read_one(self.source, starts, stops, self.number_type.stored)
                if found is None:
                    found = self._filled(shape, fill)
                    chunks.read_into(found, self.source, starts, stops)
            case Unstored(fill):
                found = self._filled(shape, fill)
        return self.number_type.decode(found)

    def bits(self) -> Dataset:
        """Returns the same values, bfloat16 by its bits."""
        return replace(self, number_type=self.number_type.as_bits())

    def _filled(self, shape: tuple[int, ...], fill: builtins.bytes) -> Array:
        values: Array = np.zeros(shape, self.number_type.stored)
        if fill:
            values[...] = np.frombuffer(fill, self.number_type.stored, 1)[0]
        return values

    def _read_run(
        self, offset: int, starts: tuple[int, ...], stops: tuple[int, ...], scratch: bytearray | None
    ) -> Array | None:
        """Reads a box of a contiguous dataset whose values lie one after the other; None for any other box."""
        stored = self.number_type.stored
        first, run = _run(starts, stops, self.shape)
        shape = _shape(starts, stops)
        if run != prod(shape):
            return None
        size = run * stored.itemsize
        memory = scratch if scratch is not None and size <= len(scratch) else bytearray(size)
        self.source.read_into(offset + first * stored.itemsize, memoryview(memory)[:size])
        return np.frombuffer(memory, stored, run).reshape(shape)

    def _read_box(self, offset: int, starts: tuple[int, ...], stops: tuple[int, ...], out: Array) -> None:
        """Reads a box of a contiguous dataset into `out`: in one run if that is short, else half by half."""
        size = self.number_type.stored.itemsize
        first, run = _run(starts, stops, self.shape)
        if run == out.size or run * size <= RUN_BYTES:
            data = self.source.read(offset + first * size, run * size)
            flat = np.frombuffer(data, self.number_type.stored)
            out[...] = np.lib.stride_tricks.as_strided(
                flat, out.shape, [stride * size for stride in _strides(self.shape)]
            )
            return
        axis = next(axis for axis, length in enumerate(out.shape) if length > 1)
        middle = (starts[axis] + stops[axis]) // 2
        half = middle - starts[axis]
        cut = (slice(None),) * axis
        self._read_box(offset, starts, _replaced(stops, axis, middle), out[(*cut, slice(None, half))])
        self._read_box(offset, _replaced(starts, axis, middle), stops, out[(*cut, slice(half, None))])


def bounds(selection: Selection, shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns first and past-the-last index of each axis."""
    if len(selection) > len(shape):
        raise IndexError(f"{len(selection)} slices for {len(shape)} axes")
    starts, stops = [0] * len(shape), list(shape)
    for axis, part in enumerate(selection):
        starts[axis], stop, step = part.indices(shape[axis])
        if step != 1:
            raise IndexError("selections have no steps")
        stops[axis] = max(starts[axis], stop)
    return tuple(starts), tuple(stops)


def _shape(starts: tuple[int, ...], stops: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(sub, stops, starts))


def _run(starts: tuple[int, ...], stops: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int]:
    """Returns the first element of a box in C order, and how many lie from it to the last one."""
    first = last = 0
    stride = 1
    for start, stop, length in zip(starts[::-1], stops[::-1], shape[::-1], strict=True):
        first += start * stride
        last += (stop - 1) * stride
        stride *= length
    return first, last - first + 1


def _strides(shape: tuple[int, ...]) -> list[int]:
    """Returns how many elements lie between neighbours of each axis, in C order."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return strides


def _replaced(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1 :])
