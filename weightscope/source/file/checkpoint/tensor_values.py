"""The values of a checkpoint's tensors: read in place, put together from parts, their checksums verified."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from math import prod

import google_crc32c
import numpy as np

from weightscope.errors import damaged_checkpoint
from weightscope.inspection import Array, Selection
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.bundle_messages import IndexEntry
from weightscope.source.file.checkpoint.index_table import masked
from weightscope.source.file.hdf5.dataset import Compact, Contiguous, Dataset, bounds
from weightscope.source.file.hdf5.number_type import NumberType
from weightscope.source.missing_values import MissingValues

#: A read of no more than this of a larger tensor is a glimpse, and not worth verifying all of it.
_GLIMPSE_BYTES = 64 * limits.KIB
_PIECE_BYTES = limits.MIB

#: A tensor is verified by one thread; a lock for each of a hundred thousand tensors would take as much as their names.
_LOCKS = tuple(threading.Lock() for _ in range(64))


@dataclass(frozen=True, slots=True)
class Shard:
    """A data shard.

    Attributes:
        name: Of its file.
        source: Its bytes.
        is_link: Whether it is a symbolic link, which may lead to any file: nothing of it is shown unverified.
        is_in_parts: Whether its bytes are fetched as they are needed: a glimpse does not verify a whole tensor.
    """

    name: str
    source: ByteRange
    is_link: bool
    is_in_parts: bool = False


class StoredTensor:
    """A tensor in one piece of a data shard; its checksum is verified at most once, when it is read."""

    __slots__ = ("_checksum", "_is_verified", "_name", "_number_type", "_offset", "_shape", "_shard")

    def __init__(
        self, name: str, shape: tuple[int, ...], number_type: NumberType, shard: Shard, row: IndexEntry
    ) -> None:
        self._name = name
        self._shape = shape
        self._number_type = number_type
        self._shard = shard
        self._offset = row.offset
        self._checksum = row.checksum
        self._is_verified = False

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def bits(self) -> StoredTensor:
        """Returns the same values, bfloat16 by its bits."""
        found = copy(self)
        found._number_type = self._number_type.as_bits()
        return found

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values.

        Raises:
            FileError: They are damaged.
        """
        dataset = self._stored_as(Contiguous(self._offset))
        if not self._is_verified and 0 < dataset.bytes <= _GLIMPSE_BYTES:
            return self._read_whole(dataset, selection)
        is_small = dataset.bytes <= limits.MIB and not self._shard.is_in_parts
        if self._shard.is_link or is_small or _bytes_of(selection, dataset) > _GLIMPSE_BYTES:
            with _LOCKS[hash(self) % len(_LOCKS)]:
                if not self._is_verified:
                    _verify(dataset, self._offset, self._checksum)
                    self._is_verified = True
        return dataset.read(selection, scratch)

    def _read_whole(self, dataset: Dataset, selection: Selection) -> Array:
        """Returns the selected values of a small tensor, which is read once to be verified and decoded."""
        data = dataset.source.read(self._offset, dataset.bytes)
        _compare(dataset, google_crc32c.value(data), self._checksum)
        self._is_verified = True
        return self._stored_as(Compact(data)).read(selection)

    def _stored_as(self, storage: Contiguous | Compact) -> Dataset:
        return Dataset(self._name, self._shape, self._number_type, self._shard.source, storage)


def _verify(dataset: Dataset, offset: int, expected: int) -> None:
    """Reads all bytes of a tensor, a MiB at a time, and compares their checksum.

    Raises:
        FileError: They are not what was saved.
    """
    dataset.source.ahead([(offset, offset + dataset.bytes)])
    checksum, memory = 0, bytearray(min(_PIECE_BYTES, dataset.bytes))
    for start in range(0, dataset.bytes, _PIECE_BYTES):
        piece = memoryview(memory)[: min(_PIECE_BYTES, dataset.bytes - start)]
        dataset.source.read_into(offset + start, piece)
        checksum = google_crc32c.extend(checksum, bytes(piece))
    _compare(dataset, checksum, expected)


def _compare(dataset: Dataset, checksum: int, expected: int) -> None:
    """Checks the checksum of a tensor.

    Raises:
        FileError: It is not that of the values that were saved.
    """
    if masked(checksum) != expected:
        raise damaged_checkpoint(
            dataset.source.location, f"the values of {escape(dataset.path)} are damaged: their checksum is wrong"
        )


def _bytes_of(selection: Selection, dataset: Dataset) -> int:
    starts, stops = bounds(selection, dataset.shape)
    elements = prod(stop - start for start, stop in zip(starts, stops, strict=True))
    return elements * dataset.number_type.stored.itemsize


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a partitioned tensor: where it begins on each axis, and its values."""

    starts: tuple[int, ...]
    shape: tuple[int, ...]
    values: StoredTensor | MissingValues


@dataclass(frozen=True, slots=True)
class PartitionedTensor:
    """A tensor that was saved in parts, which cover it and do not overlap."""

    shape: tuple[int, ...]
    parts: Sequence[Part]

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - several parts
        """Returns the selected values, from all parts that hold some of them."""
        starts, stops = bounds(selection, self.shape)
        box = tuple(stop - start for start, stop in zip(starts, stops, strict=True))
        found: Array | None = None
        for part in self.parts:
            first = tuple(map(max, starts, part.starts))
            last = tuple(
                min(stop, begin + size) for stop, begin, size in zip(stops, part.starts, part.shape, strict=True)
            )
            if any(low >= high for low, high in zip(first, last, strict=True)):
                continue
            values = part.values.read(_slices(first, last, part.starts))
            if found is None:
                found = np.empty(box, values.dtype)
            found[_slices(first, last, starts)] = values
        if found is None:
            return np.empty(box, self.parts[0].values.read((slice(0, 0),) * len(box)).dtype)
        return found


def _slices(first: Sequence[int], last: Sequence[int], origin: Sequence[int]) -> Selection:
    return tuple(slice(low - zero, high - zero) for low, high, zero in zip(first, last, origin, strict=True))
