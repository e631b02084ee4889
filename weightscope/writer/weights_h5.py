"""Writes weights as Keras 3 does: an HDF5 file with a group for each layer.

h5py makes the groups and reserves the room of each array, in a file without values; these are put in block by block.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from weightscope.writer.entry import Entry, Stream
from weightscope.writer.new_file import temporary_file

_PIECE_BYTES = 1 << 20

#: The dtypes that Keras stores in HDF5.
H5_DTYPES = frozenset(
    {
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "bfloat16", "float32", "float64"),
    }
)


def weights_h5(
    folder: Path, groups: Mapping[str, str | None], entries: Sequence[Entry], stream: Stream
) -> Iterator[bytes | memoryview]:
    """Yields the bytes of a weights file, one piece after the other.

    Args:
        folder: Where a file with nothing but groups and headers lies meanwhile; it has no name.
        groups: All groups by their path, with the name that Keras stores in them.
        entries: The arrays; their keys are paths.
        stream: Reads their values.

    Raises:
        OSError: The file in the folder cannot be written.
    """
    with temporary_file(folder) as skeleton:
        with skeleton.buffered() as file:
            offsets = _make_skeleton(file, groups, entries)
        position = 0
        for entry in sorted((one for one in entries if one.bytes), key=lambda one: offsets[one.key]):
            yield from _bytes_of(skeleton.file, position, offsets[entry.key])
            yield from stream.blocks(entry)
            position = offsets[entry.key] + entry.bytes
        yield from _bytes_of(skeleton.file, position, skeleton.file.seek(0, os.SEEK_END))


def _bytes_of(file: io.FileIO, start: int, stop: int) -> Iterator[bytes]:
    """Yields the bytes of a file from `start` to before `stop`."""
    file.seek(start)
    while start < stop:
        data = file.read(min(_PIECE_BYTES, stop - start))
        if not data:
            raise OSError(errno.EIO, "the file of groups and headers became shorter")
        start += len(data)
        yield data


def _make_skeleton(out: BinaryIO, groups: Mapping[str, str | None], entries: Sequence[Entry]) -> dict[str, int]:
    """Makes groups and arrays without values; returns the offset in the file of the first value of each array."""
    offsets = {}
    with h5py.File(out, "w") as file:
        for group, name in groups.items():
            made = file.require_group(group or "/")
            if name is not None:
                made.attrs["name"] = name
        for entry in entries:
            dataset = _make_dataset(file, entry)
            if entry.dtype == "bfloat16":  # as `H5IOStore.__setitem__` of Keras does
                dataset.attrs["dtype"] = "bfloat16"
            offsets[entry.key] = dataset.id.get_offset() or 0
    return offsets


def _make_dataset(file: Any, entry: Entry) -> Any:
    group, _, name = entry.key.rpartition("/")
    parent = file.require_group(group or "/")
    stored = np.dtype("V2" if entry.dtype == "bfloat16" else entry.dtype)
    dtype = stored if stored.kind in "Vb" else stored.newbyteorder("<")
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    settings.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    settings.set_obj_track_times(False)  # the same model, the same bytes
    space = h5py.h5s.create_simple(entry.shape) if entry.shape else h5py.h5s.create(h5py.h5s.SCALAR)
    kind = h5py.h5t.py_create(dtype, logical=True)
    return h5py.Dataset(h5py.h5d.create(parent.id, name.encode(), kind, space, settings))
