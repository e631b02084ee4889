"""Writes weights as Keras 3 does: an HDF5 file with a group for each layer.

h5py makes the groups and reserves the room of each array, in a file without values; these are put in block by block.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    offsets: dict[str, int] = {}
    by_group: dict[str, list[Entry]] = {}
    for entry in entries:
        by_group.setdefault(entry.key.rpartition("/")[0], []).append(entry)
    with h5py.File(out, "w") as file:
        # a group stays open while those inside it are made: each that is open, or looked for, costs memory or time
        around = [("", file)]
        for path in _with_parents({*groups, *by_group}):
            above, _, name = path.rpartition("/")
            while path and around[-1][0] != above:
                around.pop()
            if path:
                around.append((path, around[-1][1].create_group(name)))
            if groups.get(path) is not None:
                around[-1][1].attrs["name"] = groups[path]
            for entry in by_group.get(path, ()):
                offsets[entry.key] = _make_dataset(around[-1][1], entry)
    return offsets


def _with_parents(paths: Iterable[str]) -> list[str]:
    """Returns paths of groups, and of those that they are in, each group before and next to those inside it."""
    found = {""}
    for path in paths:
        while path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    return sorted(found, key=lambda path: path.split("/"))


def _make_dataset(group: Any, entry: Entry) -> int:
    """Makes an array without values; returns the offset in the file of its first value."""
    name = entry.key.rpartition("/")[2]
    stored = np.dtype("V2" if entry.dtype == "bfloat16" else entry.dtype)
    dtype = stored if stored.kind in "Vb" else stored.newbyteorder("<")
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    settings.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    settings.set_obj_track_times(False)  # the same model, the same bytes
    space = h5py.h5s.create_simple(entry.shape) if entry.shape else h5py.h5s.create(h5py.h5s.SCALAR)
    kind = h5py.h5t.py_create(dtype, logical=True)
    dataset = h5py.Dataset(h5py.h5d.create(group.id, name.encode(), kind, space, settings))
    if entry.dtype == "bfloat16":  # as `H5IOStore.__setitem__` of Keras does
        dataset.attrs["dtype"] = "bfloat16"
    return dataset.id.get_offset() or 0
