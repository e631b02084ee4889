"""An HDF5 file as groups and datasets, under bounds: what a file declares is held against what it stores."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from weightscope.errors import damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.file.hdf5.allowance import Allowance
from weightscope.source.file.hdf5.damage import damage_as_file_errors
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.hdf5.dataset_header import describe_dataset
from weightscope.source.file.hdf5.headers import HeaderReader
from weightscope.source.file.hdf5.superblock import read_superblock
from weightscope.source.file.hdf5.walk import Link, links_of, walk


@dataclass(frozen=True, slots=True)
class Hdf5Root:
    """The root group of an HDF5 file.

    Attributes:
        source: Where the bytes of the file are, without a user block.
        file_bytes: Of the whole file, with a user block.
        address: Of the root group's header.
        attributes: Those of the root group; see `Hdf5.attributes`.
        links: Name and address of what the root group holds, numbers sorted as numbers.
    """

    source: ByteRange
    file_bytes: int
    address: int
    attributes: Mapping[str, Any]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Hdf5:
    """An open HDF5 file.

    Attributes:
        root: The root group.
        groups: Address of each group by its path, the root's being empty; parents before children. Keras 2 wrote
            backslashes for `/` on Windows: paths here have `/`.
        datasets: By path, in stored order with numbers sorted as numbers.
    """

    root: Hdf5Root
    groups: Mapping[str, int]
    datasets: Mapping[str, Dataset]
    _sorted_paths: Sequence[str]
    _headers: HeaderReader

    def attributes(self, group: str) -> Mapping[str, Any]:
        """Returns the attributes of a group; numbers and strings as numpy and bytes have them.

        Raises:
            FileError: They are damaged or larger than a model's.
        """
        if not group:
            return self.root.attributes
        with damage_as_file_errors(self.root.source):
            return self._headers.at(self.groups[group]).attributes()

    def text(self, group: str, attribute: str) -> str | None:
        """Returns an attribute that is a string; None where there is none, or it is no string."""
        return as_text(self.attributes(group).get(attribute))

    def datasets_below(self, group: str) -> list[str]:
        """Returns the paths of all datasets inside a group and its groups, counted from the group."""
        below = f"{group}/"
        first = bisect_left(self._sorted_paths, below)
        inside = takewhile(lambda path: path.startswith(below), islice(self._sorted_paths, first, None))
        return [path.removeprefix(below) for path in inside]


def read_root(source: ByteRange) -> Hdf5Root:
    """Returns the root group of an HDF5 file.

    Raises:
        FileError: It is damaged or truncated, holds links that lead elsewhere, or is beyond a bound of `limits`.
    """
    with damage_as_file_errors(source), _open(source) as file:
        superblock = read_superblock(file)
        if source.length < superblock.end:
            raise damaged(
                source.location, f"a truncated HDF5 file: {source.length:,} of {superblock.end:,} bytes are there"
            )
        file.skip(superblock.start)
        header = HeaderReader(file, source.location).at(superblock.root)
        return Hdf5Root(
            source.part(superblock.start, source.length - superblock.start),
            source.length,
            superblock.root,
            header.attributes(),
            links_of(header, "", source.location),
        )


@contextmanager
def open_hdf5(root: Hdf5Root) -> Iterator[Hdf5]:
    """Opens an HDF5 file and lists its groups and datasets.

    Raises:
        FileError: It is damaged, holds links that lead elsewhere, or is beyond a bound of `limits`.
    """
    with damage_as_file_errors(root.source), _open(root.source) as file:
        yield _listed(root, HeaderReader(file, root.source.location))


def has_group(root: Hdf5Root, ending: str) -> bool:
    """Whether the path of any group has this ending; the walk stops at the first one.

    Raises:
        FileError: As `open_hdf5`.
    """
    with damage_as_file_errors(root.source), _open(root.source) as file:
        objects = walk(HeaderReader(file, root.source.location), root.address, root.links, root.source.location)
        return any(not header.is_dataset and _with_slashes(path).endswith(ending) for path, header in objects)


def _open(source: ByteRange) -> AbstractContextManager[MeteredFile]:
    return source.open(limits.HDF5_METADATA_BYTES, limits.HDF5_METADATA_READS)


def _listed(root: Hdf5Root, headers: HeaderReader) -> Hdf5:
    allowance = Allowance(root.source)
    groups = {"": root.address}
    datasets: dict[str, Dataset] = {}
    for path, header in walk(headers, root.address, root.links, root.source.location):
        if header.is_dataset:
            dataset = describe_dataset(header, path, root.source)
            allowance.take(dataset, header.address)
            datasets[_with_slashes(path)] = dataset
        else:
            groups[_with_slashes(path)] = header.address
        _check_counts(len(datasets), len(groups), root.source.location)
    return Hdf5(root, groups, datasets, sorted(datasets), headers)


def _check_counts(datasets: int, groups: int, location: str) -> None:
    if datasets > limits.HDF5_DATASETS:
        raise not_from_keras(location, f"more than {limits.HDF5_DATASETS:,} datasets")
    if datasets + groups > limits.HDF5_OBJECTS:
        raise not_from_keras(location, f"more than {limits.HDF5_OBJECTS:,} groups and datasets")


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


def _with_slashes(path: str) -> str:
    return path.replace("\\", "/")
