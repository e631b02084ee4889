"""The values of an array in a deflated member of a zip: the beginning inflated in memory, all of it into a file."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from weightscope.inspection import Array, Selection
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.stored_file import TemporaryFile
from weightscope.source.bytes.zip_archive import Archive
from weightscope.source.file.hdf5.dataset import Contiguous, Dataset, bounds

#: The most bytes from the beginning of a member that are inflated in memory, for a preview.
_GLIMPSE_BYTES = 64 * limits.KIB


class InflatedMembers:
    """The deflated members of a zip, each inflated when it is first read, one after the other into one file.

    Each process has a file of its own. Beyond `limits.INFLATED_BYTES` a new file is begun.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._process, self._lock = os.getpid(), threading.Lock()
        self._file, self._ranges = TemporaryFile(archive.whole.location), dict[str, ByteRange]()

    def range_of(self, name: str) -> ByteRange:
        """Returns where the inflated bytes of a member are.

        Raises:
            FileError: The member is damaged, or inflates to more than it may.
        """
        if self._process != os.getpid():  # a copy of the process shares the file, and its position
            InflatedMembers.__init__(self, self.archive)
        with self._lock:
            if name not in self._ranges:
                if self._file.length + self.archive.members[name].file_size > limits.INFLATED_BYTES:
                    self._file, self._ranges = TemporaryFile(self.archive.whole.location), {}
                self._ranges[name] = self.archive.range_of(name, self._file)
            return self._ranges[name]


@dataclass(frozen=True, slots=True)
class PackedMember:
    """The values of an array.

    Attributes:
        members: The members of the zip that it is in.
        dataset: The array, at its place in the inflated member; its `path` is the member's name.
    """

    members: InflatedMembers
    dataset: Dataset

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """None: once it is inflated, any box is as good."""
        return None

    def bits(self) -> PackedMember:
        """Returns the same values, bfloat16 by its bits."""
        return replace(self, dataset=self.dataset.bits())

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values.

        Raises:
            FileError: They are damaged.
        """
        dataset = self.dataset
        glimpse = self._glimpse(selection)
        if glimpse is not None:
            return glimpse
        return replace(dataset, source=self.members.range_of(dataset.path)).read(selection, scratch)

    def _glimpse(self, selection: Selection) -> Array | None:
        """Returns the selected values if they are the first ones of a larger member; else None."""
        dataset, stored = self.dataset, self.dataset.number_type.stored
        starts, stops = bounds(selection, dataset.shape)
        shape = tuple(stop - start for start, stop in zip(starts, stops, strict=True))
        count, start = prod(shape), dataset.storage.offset if isinstance(dataset.storage, Contiguous) else 0
        is_first = not any(starts) and all(size == 1 for size in shape[:-1])
        end = start + count * stored.itemsize
        if not is_first or end > _GLIMPSE_BYTES or dataset.bytes <= _GLIMPSE_BYTES:
            return None
        data = self.members.archive.first_bytes(dataset.path, end)
        return dataset.number_type.decode(np.frombuffer(data, stored, count, start).reshape(shape))
