"""Writes weights as Keras 3 does: an HDF5 file with a group for each layer.

h5py makes the groups and reserves the room of each array; the values are then written in place, block by block.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import h5py
import numpy as np

from weightscope.writer.entry import Entry, Stream
from weightscope.writer.new_file import NewFile

#: The dtypes that Keras stores in HDF5.
H5_DTYPES = frozenset(
    {
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "bfloat16", "float32", "float64"),
    }
)


def write_weights_h5(made: NewFile, groups: Mapping[str, str | None], entries: Sequence[Entry], stream: Stream) -> None:
    """Writes a weights file.

    Args:
        made: The new file.
        groups: All groups by their path, with the name that Keras stores in them.
        entries: The arrays; their keys are paths.
        stream: Reads their values.

    Raises:
        OSError: It cannot be written.
    """
    with made.buffered() as file:
        offsets = _make_skeleton(file, groups, entries)
    descriptor = made.file.fileno()
    for entry in entries:
        place = offsets[entry.key]
        for data in stream.blocks(entry):
            _write_at(descriptor, place, data)
            place += data.nbytes


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


def _write_at(descriptor: int, place: int, data: memoryview) -> None:
    while data.nbytes:
        written = os.pwrite(descriptor, data, place)
        data, place = data[written:], place + written
