"""Walks the groups of an HDF5 file: by hard links alone, each group once, no deeper than a model's go."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.errors import not_from_keras
from weightscope.source import limits
from weightscope.source.escape import escape
from weightscope.source.file.hdf5.headers import HeaderReader
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader
from weightscope.source.natural_order import in_natural_order

#: Name and address of what a group holds.
Link = tuple[str, int]


def walk(
    headers: HeaderReader, root: int, links: tuple[Link, ...], location: str
) -> Iterator[tuple[str, ObjectHeader]]:
    """Yields path and header of each group and dataset below the root: parents before children, a group only once.

    A group's header is read twice, when it is met and when it is walked: one takes 3 KiB of memory, and there may
    be tens of thousands side by side.

    Args:
        headers: Of the file.
        root: Address of the root group.
        links: Those of the root group.
        location: What the user named, for errors.

    Raises:
        FileError: Links lead elsewhere, or groups lie too deep.
    """
    met = {root}
    stack = [("", 0, root)]
    while stack:
        path, depth, address = stack.pop()
        if depth > limits.HDF5_DEPTH:
            raise not_from_keras(location, f"groups lie more than {limits.HDF5_DEPTH} deep")
        subgroups = []
        for name, child_address in links_of(headers.at(address), path, location) if path else links:
            if child_address in met:
                continue
            child_path = f"{path}/{name}" if path else name
            child = headers.at(child_address)
            if child.is_dataset:
                yield child_path, child
            elif not child.is_named_datatype:
                met.add(child_address)
                subgroups.append((child_path, depth + 1, child_address))
                yield child_path, child
        stack.extend(reversed(subgroups))


def links_of(header: ObjectHeader, path: str, location: str) -> tuple[Link, ...]:
    """Returns name and address of what the group at `path` holds, numbers sorted as numbers.

    Raises:
        FileError: A link is no hard link, or leads to a path that is longer than any model's.
    """
    links = header.links()
    found = []
    for name in in_natural_order(links):
        target = links[name]
        if not isinstance(target, int):
            raise not_from_keras(location, f"{escape(f'{path}/{name}')} is {target}, which Keras never writes")
        if len(path) + len(name) > limits.PATH_CHARACTERS:
            raise not_from_keras(location, f"a path of {len(path) + len(name):,} characters")
        found.append((name, target))
    return tuple(found)
