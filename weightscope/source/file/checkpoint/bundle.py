"""Opens a TensorBundle: which tensors it holds, of which shape and dtype, and where their values are.

Source: `tensorflow/core/util/tensor_bundle/tensor_bundle.cc`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from sys import getsizeof

from weightscope.errors import damaged_checkpoint
from weightscope.inspection.variable import Values
from weightscope.source import limits
from weightscope.source.bytes.far.path import whole_file
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.bundle_messages import Header, IndexEntry, read_header, read_row
from weightscope.source.file.checkpoint.index_table import read_table
from weightscope.source.file.checkpoint.location import index_of
from weightscope.source.file.checkpoint.ordered_code import PART_BEGINNING, slice_key
from weightscope.source.file.checkpoint.partitions import partitioned_tensor
from weightscope.source.file.checkpoint.protobuf import as_text
from weightscope.source.file.checkpoint.shards import Shards
from weightscope.source.file.checkpoint.tensor_type import STRING, dtype_name, number_type
from weightscope.source.file.checkpoint.tensor_values import (
    PartitionedTensor,
    StoredTensor,
)
from weightscope.source.file.checkpoint.text import StoredText
from weightscope.source.file_path import FilePath
from weightscope.source.missing_values import MissingValues


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
        linked_shards: The names of data shards that are symbolic links.
    """

    location: str
    entries: dict[str, BundleEntry]
    bytes: int
    missing_shards: tuple[str, ...]
    linked_shards: tuple[str, ...]
    _texts: Mapping[str, StoredText]

    def stored_key(self, key: str) -> str:
        """Returns the text of a key that a tensor has already, where one has: a hundred thousand are kept once."""
        entry = self.entries.get(key)
        return key if entry is None else entry.key

    def read_text(self, key: str) -> builtins.bytes | None:
        """Returns the one text that a tensor of dtype `string` holds; None where there is none to be read.

        Raises:
            FileError: It is longer than any in a checkpoint, or damaged.
        """
        text = self._texts.get(key)
        return None if text is None else text.read()


def open_bundle(prefix: FilePath, location: str) -> Bundle:
    """Returns what the checkpoint at `prefix` holds: `prefix.index`, and `prefix.data-00000-of-00001` and so on.

    Raises:
        FileError: The index is damaged or hostile, or says what the data shards cannot hold.
    """
    index = whole_file(index_of(prefix), location)
    rows = read_table(index)
    key, value = next(rows, (b"?", b""))
    if key:
        raise damaged_checkpoint(location, "a damaged index of a checkpoint: it has no header")
    return _Opener(prefix, location, read_header(value, location)).open(index.length, rows)


class _Opener:
    """What is known while a bundle is opened."""

    def __init__(self, prefix: FilePath, location: str, header: Header) -> None:
        self._location = location
        self._is_big_endian = header.is_big_endian
        self._shards = Shards(prefix, location, header.shards)
        self._name_bytes_left = limits.CHECKPOINT_NAME_BYTES
        self._shapes: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._entries: dict[str, BundleEntry] = {}
        self._texts: dict[str, StoredText] = {}

    def open(self, index_bytes: int, rows: Iterable[tuple[bytes, bytes]]) -> Bundle:
        """Returns the bundle whose index has these rows, after the header."""
        parts: dict[bytes, IndexEntry] = {}
        partitioned: dict[bytes, IndexEntry] = {}
        for key, value in rows:
            row = read_row(key, value, self._location)
            if key.startswith(PART_BEGINNING):
                parts[key] = row
            elif row.slices:
                partitioned[key] = row
            else:
                self._add_whole(as_text(key), row)
        for key, row in partitioned.items():
            self._add(as_text(key), row, partitioned_tensor(key, row, parts, self._locate, self._location))
        claimed = {slice_key(key, extents) for key, row in partitioned.items() for extents in row.slices}
        for key in parts.keys() - claimed:
            self._add_whole(as_text(key), parts[key])
        shards = self._shards
        size = index_bytes + shards.bytes
        return Bundle(self._location, self._entries, size, shards.missing, shards.linked, self._texts)

    def _add_whole(self, name: str, row: IndexEntry) -> None:
        self._add(name, row, self._locate(name, row))

    def _add(self, name: str, row: IndexEntry, values: Values) -> None:
        self._name_bytes_left -= getsizeof(name)
        if self._name_bytes_left < 0:
            raise damaged_checkpoint(self._location, "an index of longer names than any checkpoint has")
        shape = self._shapes.setdefault(row.shape, row.shape)  # models have few: one object for each
        self._entries[name] = BundleEntry(name, dtype_name(row.dtype), shape, values)

    def _locate(self, name: str, row: IndexEntry) -> StoredTensor | MissingValues:
        """Returns where the values of a tensor are that is stored in one piece."""
        shard = self._shards.take(name, row)
        if shard is None:
            return MissingValues(self._location, name, *_in_missing_shard(self._shards.name(row.shard)))
        kind = number_type(row.dtype, is_big_endian=self._is_big_endian)
        if kind is None:
            if row.dtype == STRING and not row.shape:
                self._texts[name] = StoredText(name, shard.source.part(row.offset, row.size), row.checksum)
            return MissingValues(self._location, name, *_no_numbers(dtype_name(row.dtype)))
        taken = prod(row.shape) * kind.stored.itemsize
        if row.size != taken:
            what = f"{escape(name)} takes {taken:,} bytes, and {row.size:,} are stored"
            raise damaged_checkpoint(self._location, what)
        shape = self._shapes.setdefault(row.shape, row.shape)
        return StoredTensor(name, shape, kind, shard, row)


@lru_cache
def _in_missing_shard(shard: str) -> tuple[str, str]:
    return f"lies in {shard}, which is missing", f"copy {shard} too"


@lru_cache
def _no_numbers(dtype: str) -> tuple[str, str]:
    return f"is of dtype {dtype}, not numbers", "weightscope inspect lists it"
