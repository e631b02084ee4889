"""Opens a TensorBundle: which tensors it holds, of which shape and dtype, and where their values are.

Source: `tensorflow/core/protobuf/tensor_bundle.proto`, `tensorflow/core/util/tensor_bundle/tensor_bundle.cc`.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from weightscope.errors import FileError
from weightscope.inspection.variable import Values
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.stored_file import whole_file
from weightscope.source.file.checkpoint.index_table import read_table
from weightscope.source.file.checkpoint.location import index_of
from weightscope.source.file.checkpoint.ordered_code import slice_key
from weightscope.source.file.checkpoint.protobuf import as_text, message_classes, parse
from weightscope.source.file.checkpoint.tensor_type import STRING, dtype_name, number_type
from weightscope.source.file.checkpoint.tensor_values import (
    Checksum,
    MissingValues,
    Part,
    PartitionedTensor,
    StoredTensor,
)
from weightscope.source.file.checkpoint.text import StoredText
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.shown import shown

_DAMAGED = "copy the checkpoint again, or save it again"

_MESSAGES = message_classes(
    "tensor_bundle",
    {
        "Header": {"num_shards": (1, "int32"), "endianness": (2, "int32")},
        "Entry": {
            "dtype": (1, "int32"),
            "shape": (2, "Shape"),
            "shard_id": (3, "int32"),
            "offset": (4, "int64"),
            "size": (5, "int64"),
            "crc32c": (6, "fixed32"),
            "slices": (7, "repeated Slice"),
        },
        "Shape": {"dim": (2, "repeated Dimension")},
        "Dimension": {"size": (1, "int64")},
        "Slice": {"extent": (1, "repeated Extent")},
        # the length is not there for an axis that is taken whole
        "Extent": {"start": (1, "int64"), "length": (2, "repeated int64")},
    },
)


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A tensor of a checkpoint.

    Attributes:
        key: What it is stored under.
        dtype: Keras' name of it; `string`, `variant` and `resource` are no numbers.
        shape: In elements.
        values: Its values; reading those that are not there, or no numbers, is a `NoValuesError`.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    values: Values

    @property
    def has_values(self) -> bool:
        """Whether there are numbers to read: all the data shards that they lie in are there."""
        parts = self.values.parts if isinstance(self.values, PartitionedTensor) else ()
        return not any(isinstance(one, MissingValues) for one in (self.values, *(part.values for part in parts)))


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checkpoint.

    Attributes:
        location: As the user named it.
        entries: Its tensors by key, in stored order, which is that of the keys' bytes.
        bytes: Of the index and the data shards that are there.
        missing_shards: The names of data shards that are not there.
    """

    location: str
    entries: Mapping[str, BundleEntry]
    bytes: int
    missing_shards: tuple[str, ...]
    _texts: Mapping[str, StoredText]

    def read_text(self, key: str) -> builtins.bytes | None:
        """Returns the one text that a tensor of dtype `string` holds; None where there is none to be read.

        Raises:
            FileError: It is longer than any in a checkpoint, or damaged.
        """
        text = self._texts.get(key)
        return None if text is None else text.read()


def open_bundle(prefix: Path, location: str) -> Bundle:
    """Returns what the checkpoint at `prefix` holds: `prefix.index`, and `prefix.data-00000-of-00001` and so on.

    Raises:
        FileError: The index is damaged or hostile, or says what the data shards cannot hold.
    """
    index = whole_file(index_of(prefix), location)
    rows = read_table(index)
    key, value = next(rows, (b"?", b""))
    if key:
        raise FileError(location, "a damaged index of a checkpoint: it has no header", _DAMAGED)
    return _Opener(prefix, location, parse(_MESSAGES["Header"], value, "its header", location)).open(index.length, rows)


class _Opener:
    """What is known while a bundle is opened."""

    def __init__(self, prefix: Path, location: str, header: Any) -> None:
        if not 0 < header.num_shards <= limits.DATA_SHARDS:
            raise FileError(location, f"a checkpoint of {header.num_shards:,} data shards", _DAMAGED)
        self._location = location
        self._prefix = prefix
        self._shard_count = header.num_shards
        self._is_big_endian = header.endianness == 1
        self._shards: dict[int, ByteRange | None] = {}
        self._rows: dict[bytes, Any] = {}
        self._texts: dict[str, StoredText] = {}

    def open(self, index_bytes: int, rows: Any) -> Bundle:
        """Returns the bundle whose index has these rows, after the header."""
        for key, value in rows:
            self._rows[key] = self._message(key, value)
        parts = {one for key, entry in self._rows.items() for one in self._keys_of_parts(key, entry)}
        entries = {
            as_text(key): self._entry(key, entry, self._shape(key, entry))
            for key, entry in self._rows.items()
            if key not in parts
        }
        there = [shard for shard in self._shards.values() if shard is not None]
        missing = tuple(self._shard_path(number).name for number, one in sorted(self._shards.items()) if one is None)
        return Bundle(self._location, entries, index_bytes + sum(one.length for one in there), missing, self._texts)

    def _message(self, key: bytes, value: bytes) -> Any:
        what = f"its entry {shown(as_text(key))}"
        return parse(_MESSAGES["Entry"], value, what, self._location, most_bytes=limits.ENTRY_BYTES)

    def _keys_of_parts(self, key: bytes, entry: Any) -> list[bytes]:
        return [slice_key(key, [_extent(one) for one in part.extent]) for part in entry.slices]

    def _entry(self, key: bytes, entry: Any, shape: tuple[int, ...]) -> BundleEntry:
        name = as_text(key)
        values = self._partitioned(key, entry, shape) if entry.slices else self._stored(name, entry, shape)
        return BundleEntry(name, dtype_name(entry.dtype), shape, values)

    def _shape(self, key: bytes, entry: Any) -> tuple[int, ...]:
        shape = tuple(dimension.size for dimension in entry.shape.dim)
        if len(shape) > limits.HDF5_RANK or any(size < 0 for size in shape) or prod(shape) >= 1 << 62:
            raise FileError(self._location, f"{shown(as_text(key))} has a shape that no tensor has", _DAMAGED)
        return shape

    def _stored(self, name: str, entry: Any, shape: tuple[int, ...]) -> StoredTensor | MissingValues:
        kind = number_type(entry.dtype, is_big_endian=self._is_big_endian)
        shard = self._shard(entry.shard_id)
        if shard is None:
            missing = self._shard_path(entry.shard_id).name
            return MissingValues(
                self._location, f"{shown(name)} lies in {missing}, which is missing", f"copy {missing} too"
            )
        if entry.offset < 0 or entry.size < 0 or entry.offset + entry.size > shard.length:
            raise FileError(
                self._location,
                f"{shown(name)} lies beyond the end of {self._shard_path(entry.shard_id).name}, which is "
                f"{shard.length:,} bytes long",
                _DAMAGED,
            )
        if kind is None:
            if entry.dtype == STRING and not shape:
                self._texts[name] = StoredText(name, shard.part(entry.offset, entry.size), entry.crc32c)
            what = dtype_name(entry.dtype)
            return MissingValues(
                self._location, f"{shown(name)} is of dtype {what}, not numbers", "weightscope inspect lists it"
            )
        dataset = Dataset(name, shape, kind, shard, offset=entry.offset)
        if entry.size != dataset.bytes:
            raise FileError(
                self._location, f"{shown(name)} takes {dataset.bytes:,} bytes, and {entry.size:,} are stored", _DAMAGED
            )
        return StoredTensor(dataset, Checksum(entry.crc32c))

    def _partitioned(self, key: bytes, entry: Any, shape: tuple[int, ...]) -> PartitionedTensor:
        if len(entry.slices) > limits.SLICES:
            raise FileError(self._location, f"{shown(as_text(key))} is in {len(entry.slices):,} parts", _DAMAGED)
        parts = [self._part(key, entry, shape, part) for part in entry.slices]
        covered = sum(prod(part.shape) for part in parts)
        if covered != prod(shape) or _overlap(parts):
            raise FileError(self._location, f"the parts of {shown(as_text(key))} do not make a whole", _DAMAGED)
        return PartitionedTensor(shape, parts)

    def _part(self, key: bytes, entry: Any, shape: tuple[int, ...], part: Any) -> Part:
        extents = [_extent(one) for one in part.extent]
        stored = self._rows.get(slice_key(key, extents))
        name = as_text(key)
        if stored is None or len(extents) != len(shape) or stored.slices or stored.dtype % 100 != entry.dtype % 100:
            raise FileError(self._location, f"a part of {shown(name)} is not there", _DAMAGED)
        starts = tuple(start for start, _ in extents)
        sizes = tuple(size if length < 0 else length for (_, length), size in zip(extents, shape, strict=True))
        if any(start < 0 or start + size > whole for start, size, whole in zip(starts, sizes, shape, strict=True)):
            raise FileError(self._location, f"a part of {shown(name)} lies outside of it", _DAMAGED)
        return Part(starts, sizes, self._stored(name, stored, sizes))

    def _shard(self, number: int) -> ByteRange | None:
        if not 0 <= number < self._shard_count:
            raise FileError(self._location, f"a tensor in data shard {number} of {self._shard_count}", _DAMAGED)
        if number not in self._shards:
            path = self._shard_path(number)
            self._shards[number] = whole_file(path, self._location) if path.is_file() else None
        return self._shards[number]

    def _shard_path(self, number: int) -> Path:
        return self._prefix.with_name(f"{self._prefix.name}.data-{number:05d}-of-{self._shard_count:05d}")


def _extent(message: Any) -> tuple[int, int]:
    return message.start, message.length[-1] if message.length else -1


def _overlap(parts: list[Part]) -> bool:
    """Whether any two parts have an element in common."""
    both = ~np.eye(len(parts), dtype=bool)
    for axis in range(len(parts[0].starts)):
        starts = np.array([part.starts[axis] for part in parts])
        ends = starts + np.array([part.shape[axis] for part in parts])
        both &= (starts[:, None] < ends) & (starts < ends[:, None])
    return bool(both.any())
