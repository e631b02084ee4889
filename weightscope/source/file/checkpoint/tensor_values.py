"""The values of a checkpoint's tensors: read in place, put together from parts, their checksums verified."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import google_crc32c
import numpy as np

from weightscope.errors import FileError, NoValuesError
from weightscope.inspection import Array, Selection
from weightscope.source import limits
from weightscope.source.file.checkpoint.index_table import masked
from weightscope.source.file.hdf5.dataset import Dataset, bounds
from weightscope.source.shown import shown

#: A read of no more than this of a larger tensor is a glimpse, and not worth verifying all of it.
_GLIMPSE_BYTES = 64 * limits.KIB
_PIECE_BYTES = limits.MIB


class Checksum:
    """The checksum of a tensor's bytes, verified at most once, when they are read."""

    def __init__(self, stored: int) -> None:
        self._stored = stored
        self._lock = threading.Lock()
        self._is_verified = False

    def verify(self, dataset: Dataset) -> None:
        """Reads all bytes of the tensor, a MiB at a time, and compares.

        Raises:
            FileError: They are not what was saved.
        """
        with self._lock:
            if self._is_verified:
                return
            assert dataset.offset is not None
            checksum, memory = 0, bytearray(min(_PIECE_BYTES, dataset.bytes))
            for start in range(0, dataset.bytes, _PIECE_BYTES):
                piece = memoryview(memory)[: min(_PIECE_BYTES, dataset.bytes - start)]
                dataset.source.read_into(dataset.offset + start, piece)
                checksum = google_crc32c.extend(checksum, bytes(piece))
            if masked(checksum) != self._stored:
                raise FileError(
                    dataset.source.location,
                    f"the values of {shown(dataset.path)} are damaged: their checksum is wrong",
                    "copy the checkpoint again, or save it again",
                )
            self._is_verified = True


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in one piece of a data shard."""

    dataset: Dataset
    checksum: Checksum = field(compare=False, repr=False)

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values.

        Raises:
            FileError: They are damaged.
        """
        if self.dataset.bytes <= limits.MIB or self._bytes_of(selection) > _GLIMPSE_BYTES:
            self.checksum.verify(self.dataset)
        return self.dataset.read(selection, scratch)

    def _bytes_of(self, selection: Selection) -> int:
        starts, stops = bounds(selection, self.dataset.shape)
        elements = prod(stop - start for start, stop in zip(starts, stops, strict=True))
        return elements * self.dataset.number_type.stored.itemsize


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


@dataclass(frozen=True, slots=True)
class MissingValues:
    """The values of a tensor that is known, and cannot be read.

    Attributes:
        location: Of the checkpoint.
        why: What they are, or where they would be.
        hint: What to do about it.
    """

    location: str
    why: str
    hint: str

    @property
    def chunk_shape(self) -> None:
        """None: there is nothing to read."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - nothing there
        """Says why there are none.

        Raises:
            NoValuesError: Always.
        """
        raise NoValuesError(self.location, self.why, self.hint)
