"""An HDF5 file as groups and datasets, read with pyfive under bounds: links, cycles and lies lead nowhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any

from weightscope.errors import FileError
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.file.hdf5.allowance import Allowance
from weightscope.source.file.hdf5.damage import damage_as_file_errors
from weightscope.source.file.hdf5.dataset import Dataset, describe_dataset
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader, RecentHeaps
from weightscope.source.file.hdf5.superblock import read_superblock
from weightscope.source.natural_order import in_natural_order
from weightscope.source.shown import shown

_NOT_KERAS = "inspect a file that Keras wrote"


@dataclass(slots=True)
class Hdf5:
    """An open HDF5 file.

    Attributes:
        source: Where its bytes are, without a user block.
        groups: Address of each group by its path, the root's being empty; parents before children. Keras 2 wrote
            backslashes for `/` on Windows: paths here have `/`.
        datasets: By path, in stored order with numbers sorted as numbers.
    """

    source: ByteRange
    _file: MeteredFile
    groups: dict[str, int] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    _sorted_paths: list[str] = field(default_factory=list)
    _heaps: RecentHeaps = field(default_factory=RecentHeaps)
    _messages_left: int = limits.HDF5_MESSAGES

    def attributes(self, group: str) -> dict[str, Any]:
        """Returns the attributes of a group; numbers and strings as numpy and bytes have them.

        Raises:
            FileError: They are damaged or larger than a model's.
        """
        with damage_as_file_errors(self.source):
            return self._header_at(self.groups[group]).attributes()

    def text(self, group: str, attribute: str) -> str | None:
        """Returns an attribute that is a string; None where there is none, or it is no string."""
        return as_text(self.attributes(group).get(attribute))

    def datasets_below(self, group: str) -> list[str]:
        """Returns the paths of all datasets inside a group and its groups, counted from the group."""
        if not self._sorted_paths:
            self._sorted_paths = sorted(self.datasets)
        below = f"{group}/"
        first = bisect_left(self._sorted_paths, below)
        inside = takewhile(lambda path: path.startswith(below), islice(self._sorted_paths, first, None))
        return [path.removeprefix(below) for path in inside]

    def _header_at(self, address: int) -> ObjectHeader:
        self._file.most_at_once = limits.HDF5_HEADER_BYTES
        header = ObjectHeader(self._file, address, self._heaps)
        self._file.most_at_once = limits.HDF5_READ_BYTES
        self._messages_left -= header.message_count
        if self._messages_left < 0 or header.size > limits.HDF5_HEADER_BYTES:
            raise FileError(self.source.location, "its object headers are larger than any model's", _NOT_KERAS)
        return header

    def _walk(self, root: int) -> None:
        """Fills `groups` and `datasets`; a group that a second name leads to is not walked again.

        A group's header is read twice, when it is met and when it is walked: one takes 3 KiB of memory, and there may
        be tens of thousands side by side.
        """
        location = self.source.location
        location = self.source.location
        allowance = Allowance(self.source)
        self.groups[""] = root
        met = {root}
        stack = [("", 0, root)]
        while stack:
            path, depth, address = stack.pop()
            if depth > limits.HDF5_DEPTH:
                raise FileError(location, f"groups lie more than {limits.HDF5_DEPTH} deep", _NOT_KERAS)
            subgroups = []
            for name, child_address in _links(self._header_at(address), path, location):
                if child_address in met:
                    continue
                child_path = f"{path}/{name}" if path else name
                child = self._header_at(child_address)
                if child.is_dataset:
                    dataset = describe_dataset(child, child_path, self.source)
                    allowance.take(dataset, child_address)
                    self.datasets[_with_slashes(child_path)] = dataset
                elif not child.is_named_datatype:
                    met.add(child_address)
                    self.groups[_with_slashes(child_path)] = child_address
                    subgroups.append((child_path, depth + 1, child_address))
                self._check_counts()
            stack.extend(reversed(subgroups))

    def _check_counts(self) -> None:
        location, datasets = self.source.location, len(self.datasets)
        if datasets > limits.HDF5_DATASETS:
            raise FileError(location, f"more than {limits.HDF5_DATASETS:,} datasets", _NOT_KERAS)
        if datasets + len(self.groups) > limits.HDF5_OBJECTS:
            raise FileError(location, f"more than {limits.HDF5_OBJECTS:,} groups and datasets", _NOT_KERAS)


@contextmanager
def open_hdf5(source: ByteRange, *, walk: bool = True) -> Iterator[Hdf5]:
    """Opens an HDF5 file and lists its groups and datasets; without `walk` only the root group.

    Raises:
        FileError: It is damaged or truncated, holds links that lead elsewhere, or is beyond a bound of `limits`.
    """
    with (
        damage_as_file_errors(source),
        source.open(limits.HDF5_METADATA_BYTES, limits.HDF5_METADATA_READS) as file,
    ):
        file.most_at_once = limits.HDF5_READ_BYTES
        superblock = read_superblock(file)
        if source.length < superblock.end:
            raise FileError(
                source.location,
                f"a truncated HDF5 file: {source.length:,} of {superblock.end:,} bytes are there",
                "copy the file again, or save the model again",
            )
        file.skip(superblock.start)
        found = Hdf5(source.part(superblock.start, source.length - superblock.start), file)
        if walk:
            found._walk(superblock.root)
        else:
            links = _links(found._header_at(superblock.root), "", source.location)
            found.groups = {"": superblock.root} | {_with_slashes(name): address for name, address in links}
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


def _links(header: ObjectHeader, path: str, location: str) -> list[tuple[str, int]]:
    """Returns name and address of what a group holds, numbers sorted as numbers; all must be hard links."""
    links = header.links()
    found = []
    for name in in_natural_order(links):
        target = links[name]
        if not isinstance(target, int):
            raise FileError(location, f"{shown(f'{path}/{name}')} is {target}, which Keras never writes", _NOT_KERAS)
        if len(path) + len(name) > limits.PATH_CHARACTERS:
            raise FileError(location, f"a path of {len(path) + len(name):,} characters", _NOT_KERAS)
        found.append((name, target))
    return found


def _with_slashes(path: str) -> str:
    return path.replace("\\", "/")
