"""An HDF5 file as groups and datasets, read with pyfive under bounds: links, cycles and lies lead nowhere.

Works on pyfive's object headers (`pyfive.dataobjects.DataObjects`): its `Dataset` parses attributes, fill
value and chunk index of each dataset that is only to be listed, which takes three times as long. Values are
for `storage`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyfive
from pyfive.dataobjects import DataObjects

from weightscope.errors import FileError
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.file.hdf5.damage import damage_as_file_errors
from weightscope.source.file.hdf5.dataset import Dataset, describe_dataset
from weightscope.source.natural_order import in_natural_order
from weightscope.source.shown import shown

_NOT_KERAS = "inspect a file that Keras wrote"


@dataclass(slots=True)
class Hdf5:
    """An open HDF5 file.

    Attributes:
        source: Where its bytes are.
        groups: Address of each group by its path, the root's being empty; parents before children. Keras 2 wrote
            backslashes for `/` on Windows: paths here have `/`.
        datasets: By path, in stored order with numbers sorted as numbers.
    """

    source: ByteRange
    groups: dict[str, int] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    _file: MeteredFile | None = None
    _messages_left: int = limits.HDF5_MESSAGES
    _chunks_left: int = limits.CHUNKS
    _unstored_left: int = 0

    def attributes(self, group: str) -> dict[str, Any]:
        """Returns the attributes of a group; numbers and strings as numpy and bytes have them.

        Raises:
            FileError: They are damaged or larger than a model's.
        """
        with damage_as_file_errors(self.source.location):
            found: dict[str, Any] = self._objects_at(self.groups[group]).get_attributes()
            return found

    def text(self, group: str, attribute: str) -> str | None:
        """Returns an attribute that is a string; None where there is none, or it is no string."""
        return as_text(self.attributes(group).get(attribute))

    def _objects_at(self, address: int) -> DataObjects:
        assert self._file is not None
        self._file.most_at_once = limits.HDF5_HEADER_BYTES
        objects = DataObjects(self._file, address)
        self._file.most_at_once = limits.HDF5_READ_BYTES
        self._messages_left -= len(objects.msgs)
        if self._messages_left < 0 or len(objects.msg_data) > limits.HDF5_HEADER_BYTES:
            raise FileError(self.source.location, "its object headers are larger than any model's", _NOT_KERAS)
        return objects

    def _walk(self, root: DataObjects) -> None:
        """Fills `groups` and `datasets`; a group that a second hard link leads to is not walked again."""
        location = self.source.location
        self.groups[""] = root.offset
        visited = {root.offset}
        stack = [("", 0, root)]
        while stack:
            path, depth, objects = stack.pop()
            if depth > limits.HDF5_DEPTH:
                raise FileError(location, f"groups lie more than {limits.HDF5_DEPTH} deep", _NOT_KERAS)
            subgroups = []
            for name, address in _links(objects, path, location):
                if address in visited:
                    continue
                child_path = f"{path}/{name}" if path else name
                child = self._objects_at(address)
                if child.is_dataset:
                    self._add_dataset(describe_dataset(child, child_path, self.source))
                else:
                    visited.add(address)
                    self.groups[_with_slashes(child_path)] = address
                    subgroups.append((child_path, depth + 1, child))
                if len(self.groups) + len(self.datasets) > limits.HDF5_OBJECTS:
                    raise FileError(location, f"more than {limits.HDF5_OBJECTS:,} groups and datasets", _NOT_KERAS)
            stack.extend(reversed(subgroups))

    def _add_dataset(self, dataset: Dataset) -> None:
        """Adds a dataset, held against what all that are not stored plainly may declare together."""
        self.datasets[_with_slashes(dataset.path)] = dataset
        self._unstored_left -= dataset.unstored_bytes
        self._chunks_left -= dataset.chunks.count if dataset.chunks is not None else 0
        if self._unstored_left < 0 or self._chunks_left < 0:
            raise FileError(
                self.source.location,
                f"{shown(dataset.path)} declares {dataset.bytes:,} bytes, the file {self.source.length:,}",
                _NOT_KERAS,
            )


@contextmanager
def open_hdf5(source: ByteRange, *, walk: bool = True) -> Iterator[Hdf5]:
    """Opens an HDF5 file and lists its groups and datasets; without `walk` only the root group.

    Raises:
        FileError: It is damaged, holds links that lead elsewhere, or is beyond a bound of `limits`.
    """
    location = source.location
    with (
        damage_as_file_errors(location),
        source.open(limits.HDF5_METADATA_BYTES, limits.HDF5_METADATA_READS) as file,
    ):
        file.most_at_once = limits.HDF5_READ_BYTES
        found = Hdf5(source)
        found._file = file
        found._unstored_left = limits.most_unpacked(source.length)
        root = pyfive.File(file)._dataobjects
        if walk:
            found._walk(root)
        else:
            links = dict(_links(root, "", location))
            found.groups = {"": root.offset} | {_with_slashes(name): links[name] for name in links}
        yield found


def as_text(value: object) -> str | None:
    """Returns an attribute's string, however it is stored; None for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, str) else None


def as_texts(value: Any) -> list[str]:
    """Returns an attribute's list of strings; Keras 2 wrote an empty list as a float64 array."""
    items = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(items, list):
        return []
    return [text for item in items if (text := as_text(item)) is not None]


def _links(objects: DataObjects, path: str, location: str) -> list[tuple[str, int]]:
    """Returns name and address of what a group holds, numbers sorted as numbers; all must be hard links."""
    try:
        links = objects.get_links()
    except AssertionError as error:  # pyfive 1.3.0 asserts that a link is hard or soft; 64 is an external one
        raise FileError(
            location, f"{shown(path) or 'the root'} holds an external link, or is damaged", _NOT_KERAS
        ) from error
    for name, target in links.items():
        if not isinstance(target, int):
            raise FileError(location, f"{shown(f'{path}/{name}')} is a soft link, which Keras never writes", _NOT_KERAS)
        if len(path) + len(name) > limits.PATH_CHARACTERS:
            raise FileError(location, f"a path of {len(path) + len(name):,} characters", _NOT_KERAS)
    return [(name, links[name]) for name in in_natural_order(links)]


def _with_slashes(path: str) -> str:
    return path.replace("\\", "/")
