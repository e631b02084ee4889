"""Fetches what listing a far HDF5 file reads: the headers of all objects, level by level, many in one round.

For a local file none of this runs: its source ignores announcements.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.byte_source import Read
from weightscope.source.file.hdf5.headers import HeaderReader
from weightscope.source.file.hdf5.superblock import read_superblock


class ObjectsAhead:
    """Reads the headers, attributes and links of all objects, once each and in no order."""

    def __init__(self, source: ByteRange) -> None:
        self._source = source
        self._open = ExitStack()
        self._met: set[int] = set()
        self._headers: HeaderReader

    def begin(self) -> list[Read]:
        """Reads the superblock; returns the reads that follow. It is a read itself; see `ByteSource.together`."""
        opened = self._source.open(limits.HDF5_METADATA_BYTES, limits.HDF5_METADATA_READS)
        file = self._open.enter_context(opened)  # for as long as reads follow
        superblock = read_superblock(file)
        file.skip(superblock.start)
        self._headers = HeaderReader(file, self._source.location)
        return self._to_visit([superblock.root])

    def _to_visit(self, addresses: list[int]) -> list[Read]:
        fresh = [address for address in dict.fromkeys(addresses) if address not in self._met]
        fresh = fresh[: limits.HDF5_OBJECTS - len(self._met)]
        self._met.update(fresh)
        return [partial(self._visit, address) for address in fresh]

    def _visit(self, address: int) -> list[Read]:
        """Reads a header; for a group, returns the reads of what is stored elsewhere."""
        header = self._headers.at(address)
        if header.is_dataset or header.is_named_datatype:
            return []
        return [partial(self._attributes, address), partial(self._links, address)]

    def _attributes(self, address: int) -> None:
        self._headers.at(address).attributes()

    def _links(self, address: int) -> list[Read]:
        targets = self._headers.at(address).links().values()
        return self._to_visit([target for target in targets if isinstance(target, int)])


def fetch_objects(sources: Sequence[ByteRange]) -> None:
    """Fetches what listing HDF5 files of one place reads, in few rounds; does nothing for local files."""
    largest = max(sources, key=lambda one: one.length)  # if that one was fetched whole, all were
    largest.together([ObjectsAhead(source).begin for source in sources])
