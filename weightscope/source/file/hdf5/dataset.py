"""A dataset of an HDF5 file: shape and dtype from its header, and its values read by offset.

Contiguous and compact values are read as the bytes they are, chunked ones chunk by chunk; only what a
selection needs is read. What the file declares is held against what it stores before anything is allocated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from weightscope.errors import FileError
from weightscope.inspection import Array, Selection
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.file.hdf5.chunks import Chunks, describe_chunks
from weightscope.source.file.hdf5.layout import Storage, read_layout
from weightscope.source.file.hdf5.number_type import NumberType, number_type_of
from weightscope.source.file.hdf5.pyfive_internals import EXTERNAL_FILES, FILL_VALUE, LAYOUT, ObjectHeader
from weightscope.source.shown import shown

_NOT_KERAS = "inspect a file that Keras wrote"

#: A selection whose bytes lie within a run of this size is read in one go.
RUN_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset: what it is, and where its values are.

    Attributes:
        path: Inside the file, as h5py opens it: with backslashes in names that Keras 2 wrote on Windows.
        shape: In elements.
        number_type: How an element is stored.
        source: The file that `offset` counts in.
        offset: Of a contiguous dataset's first byte; None where nothing is stored.
        compact: The values themselves, where the header holds them.
        chunks: Where they are, when they are stored in chunks.
        fill: The bytes of the number that stands for what is not stored; empty for zero.
    """

    path: str
    shape: tuple[int, ...]
    number_type: NumberType
    source: ByteRange
    offset: int | None = None
    compact: bytes | None = None
    chunks: Chunks | None = None
    fill: bytes = b""

    @property
    def dtype(self) -> str:
        """Keras' name of the dtype, such as `float32` or `bfloat16`."""
        return self.number_type.name

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """The shape of the chunks that it is stored in; None where it is stored in one piece."""
        return None if self.chunks is None else self.chunks.shape

    @property
    def bytes(self) -> int:
        """The bytes that the values take, plainly stored."""
        return prod(self.shape) * self.number_type.stored.itemsize

    @property
    def unstored_bytes(self) -> int:
        """What reading may take beyond what is stored: all of it where nothing, or chunks, are stored."""
        if self.chunks is not None:
            return max(self.bytes, self.chunks.bytes_of_one(self.number_type.stored.itemsize))
        return self.bytes if self.offset is None and self.compact is None else 0

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values, bfloat16 as float32; they may live in `scratch`.

        Raises:
            FileError: They are damaged, or packed with a filter that is not read here.
        """
        starts, stops = bounds(selection, self.shape)
        stored = self.number_type.stored
        shape = tuple(stop - start for start, stop in zip(starts, stops, strict=True))
        if prod(shape) == 0:
            return self.number_type.decode(np.zeros(shape, stored))
        if self.compact is not None:
            whole: Array = np.frombuffer(self.compact, stored, prod(self.shape)).reshape(self.shape)
            box = tuple(slice(start, stop) for start, stop in zip(starts, stops, strict=True))
            return self.number_type.decode(whole[box].copy())
        if self.offset is not None and (found := self._read_run(starts, stops, scratch)) is not None:
            return self.number_type.decode(found)
        if self.chunks is not None and (found := self.chunks.read_one(self.source, starts, stops, stored)) is not None:
            return self.number_type.decode(found)
        values: Array = np.zeros(shape, stored)
        if self.fill:
            values[...] = np.frombuffer(self.fill, stored, 1)[0]
        if self.chunks is not None:
            self.chunks.read_into(values, self.source, starts, stops)
        elif self.offset is not None:
            self._read_box(starts, stops, values)
        return self.number_type.decode(values)

    def _read_run(self, starts: tuple[int, ...], stops: tuple[int, ...], scratch: bytearray | None) -> Array | None:
        """Reads a box of a contiguous dataset whose values lie one after the other; None for any other box."""
        assert self.offset is not None
        stored = self.number_type.stored
        first, run = _run(starts, stops, self.shape)
        shape = tuple(stop - start for start, stop in zip(starts, stops, strict=True))
        if run != prod(shape):
            return None
        size = run * stored.itemsize
        memory = scratch if scratch is not None and size <= len(scratch) else bytearray(size)
        self.source.read_into(self.offset + first * stored.itemsize, memoryview(memory)[:size])
        return np.frombuffer(memory, stored, run).reshape(shape)

    def _read_box(self, starts: tuple[int, ...], stops: tuple[int, ...], out: Array) -> None:
        """Reads a box of a contiguous dataset into `out`: in one run if that is short, else half by half."""
        assert self.offset is not None
        size = self.number_type.stored.itemsize
        first, run = _run(starts, stops, self.shape)
        if run == out.size or run * size <= RUN_BYTES:
            data = self.source.read(self.offset + first * size, run * size)
            flat = np.frombuffer(data, self.number_type.stored)
            out[...] = np.lib.stride_tricks.as_strided(
                flat, out.shape, [stride * size for stride in _strides(self.shape)]
            )
            return
        axis = next(axis for axis, length in enumerate(out.shape) if length > 1)
        middle = (starts[axis] + stops[axis]) // 2
        half = middle - starts[axis]
        cut = (slice(None),) * axis
        self._read_box(starts, _replaced(stops, axis, middle), out[(*cut, slice(None, half))])
        self._read_box(_replaced(starts, axis, middle), stops, out[(*cut, slice(half, None))])


def describe_dataset(header: ObjectHeader, path: str, source: ByteRange) -> Dataset:
    """Returns the dataset that an object header describes, held against what the file stores.

    Raises:
        FileError: Its values lie in another file, are no numbers, or are declared and not stored.
    """
    shape, _ = header.extent
    if len(shape) > limits.HDF5_RANK:
        raise FileError(source.location, f"{shown(path)} has {len(shape)} axes", _NOT_KERAS)
    layout = read_layout(header.message(LAYOUT))
    if layout.storage is Storage.VIRTUAL or header.messages(EXTERNAL_FILES):
        raise FileError(source.location, f"the values of {shown(path)} lie in other files", _NOT_KERAS)
    number_type = number_type_of(header, path, source)
    item_bytes = number_type.stored.itemsize
    whole = Dataset(path, shape, number_type, source)
    match layout.storage:
        case Storage.CHUNKED:
            chunks = describe_chunks(header, layout, path, item_bytes, source)
            return replace(whole, chunks=chunks, fill=_fill(header, item_bytes))
        case Storage.COMPACT if len(layout.data) >= whole.bytes:
            return replace(whole, compact=layout.data)
        case Storage.CONTIGUOUS if layout.address is None:
            return replace(whole, fill=_fill(header, item_bytes))
        case Storage.CONTIGUOUS if layout.address is not None and layout.address + whole.bytes <= source.length:
            return replace(whole, offset=layout.address)
    raise FileError(
        source.location,
        f"{shown(path)} declares {whole.bytes:,} bytes, and the file has {source.length:,}",
        "copy the file again, or save the model again",
    )


def _fill(header: ObjectHeader, item_bytes: int) -> bytes:
    """Returns the bytes of a dataset's fill value; empty where none is defined.

    Source: HDF5 file format specification 3.0, IV.A.2.f.
    """
    for message in header.messages(FILL_VALUE):
        version, flags = message[0], message[1]
        defined = flags & 0x20 if version == 3 else message[3]
        start = 2 if version == 3 else 4
        size = int.from_bytes(message[start : start + 4], "little")
        if defined and size == item_bytes:
            return message[start + 4 : start + 4 + size]
    return b""


def bounds(selection: Selection, shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns first and past-the-last index of each axis."""
    if len(selection) > len(shape):
        raise IndexError(f"{len(selection)} slices for {len(shape)} axes")
    whole = (slice(None),) * (len(shape) - len(selection))
    pairs = [part.indices(length) for part, length in zip((*selection, *whole), shape, strict=True)]
    if any(step != 1 for _, _, step in pairs):
        raise IndexError("selections have no steps")
    return tuple(start for start, _, _ in pairs), tuple(max(start, stop) for start, stop, _ in pairs)


def _run(starts: tuple[int, ...], stops: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int]:
    """Returns the first element of a box in C order, and how many lie from it to the last one."""
    strides = _strides(shape)
    first = sum(start * stride for start, stride in zip(starts, strides, strict=True))
    last = sum((stop - 1) * stride for stop, stride in zip(stops, strides, strict=True))
    return first, last - first + 1


def _strides(shape: tuple[int, ...]) -> list[int]:
    """Returns how many elements lie between neighbours of each axis, in C order."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return strides


def _replaced(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1 :])
