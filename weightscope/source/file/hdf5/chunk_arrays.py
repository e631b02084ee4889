"""The chunk indexes of HDF5 1.10 that are arrays: where in the file the entry of each chunk is.

Source: HDF5 file format specification 3.0, VII.C and VII.D; `H5FA*.c` and `H5EA*.c` of HDF5 1.14 for the sizes of
blocks and the order of bits, which the specification leaves open.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from weightscope.source.file.hdf5.layout import UNDEFINED_ADDRESS

Integers = npt.NDArray[np.int64]

#: Signature, version, client and the address of the header: what every block of an array begins with.
_PREFIX_BYTES = 14
_CHECKSUM_BYTES = 4


class ReadableFile(Protocol):
    """What the blocks are read from."""

    def seek(self, offset: int, /) -> int:
        """Sets and returns the position."""
        ...

    def read(self, count: int, /) -> bytes:
        """Returns up to `count` bytes from the position on."""
        ...


@dataclass(frozen=True, slots=True)
class EntryRun:
    """Entries that lie one after the other.

    Attributes:
        first: The number of the first entry.
        entries: How many there are.
        position: Where in the file the first one is.
        entry_bytes: Of one entry.
    """

    first: int
    entries: int
    position: int
    entry_bytes: int


def fixed_array(file: ReadableFile, address: int, wanted: Integers) -> Iterator[EntryRun]:
    """Yields the runs of a fixed array that have the wanted entries; what was never written is left out.

    Args:
        file: The file.
        address: Of the array's header.
        wanted: Numbers of entries, ascending.
    """
    header = _block(file, address, b"FAHD", 28)
    entry_bytes, page_bits = header[6:8]
    total, block = struct.unpack_from("<QQ", header, 8)
    if block == UNDEFINED_ADDRESS:
        return
    _block(file, block, b"FADB", _PREFIX_BYTES)
    position = block + _PREFIX_BYTES
    page_entries = 1 << page_bits
    if total <= page_entries:
        yield EntryRun(0, total, position, entry_bytes)
        return
    pages = -(-total // page_entries)
    first_page = position + -(-pages // 8) + _CHECKSUM_BYTES
    for page in _quotients(wanted[wanted < total], page_entries):
        if _bit(file, position, page):
            start = first_page + page * (page_entries * entry_bytes + _CHECKSUM_BYTES)
            yield EntryRun(page * page_entries, min(page_entries, total - page * page_entries), start, entry_bytes)


def extensible_array(file: ReadableFile, address: int, wanted: Integers) -> Iterator[EntryRun]:
    """Yields the runs of an extensible array that have the wanted entries; as `fixed_array`."""
    header = _block(file, address, b"EAHD", 68)
    (index_block,) = struct.unpack_from("<Q", header, 60)
    if index_block != UNDEFINED_ADDRESS:
        settings = _Settings(*struct.unpack_from("<6B", header, 6))
        yield from _Extensible(file, index_block, settings).runs(wanted)


class _Settings(NamedTuple):
    """What the header of an extensible array says of its blocks, in the order in which it is stored.

    Attributes:
        entry_bytes: Of one entry.
        most_bits: Of the number of an entry.
        index_entries: Entries in the index block itself.
        least_entries: Of a data block.
        least_pointers: Data blocks of the first super block that is a block of its own.
        page_bits: Binary logarithm of the entries of a page.
    """

    entry_bytes: int
    most_bits: int
    index_entries: int
    least_entries: int
    least_pointers: int
    page_bits: int


@dataclass(frozen=True, slots=True)
class _Extensible:
    """An extensible array: entries in the index block, then data blocks that grow, listed there or in super blocks."""

    file: ReadableFile
    index_block: int
    settings: _Settings

    def runs(self, wanted: Integers) -> Iterator[EntryRun]:
        _block(self.file, self.index_block, b"EAIB", _PREFIX_BYTES)
        position = self.index_block + _PREFIX_BYTES
        yield EntryRun(0, self.settings.index_entries, position, self.settings.entry_bytes)
        pointers = position + self.settings.index_entries * self.settings.entry_bytes
        listed_here = 2 * (self.settings.least_pointers.bit_length() - 1)
        super_pointers = pointers + 8 * 2 * (self.settings.least_pointers - 1)
        first = self.settings.index_entries
        for level in count():
            if not len(wanted) or wanted[-1] < first or level > self.settings.most_bits:
                return
            blocks, entries = 1 << level // 2, self.settings.least_entries << (level + 1) // 2
            here = wanted[(wanted >= first) & (wanted < first + blocks * entries)] - first
            if level < listed_here:
                yield from self._blocks(here, first, entries, pointers)
                pointers += 8 * blocks
            elif len(here):
                super_block = _address(self.file, super_pointers + 8 * (level - listed_here))
                if super_block is not None:
                    yield from self._super_block(super_block, here, first, (blocks, entries))
            first += blocks * entries

    @property
    def _block_prefix_bytes(self) -> int:
        """What a data block or super block begins with: its offset in the array is stored too."""
        return _PREFIX_BYTES + (self.settings.most_bits + 7) // 8

    def _super_block(self, address: int, here: Integers, first: int, size: tuple[int, int]) -> Iterator[EntryRun]:
        blocks, entries = size
        _block(self.file, address, b"EASB", _PREFIX_BYTES)
        bitmap = address + self._block_prefix_bytes
        pages = entries >> self.settings.page_bits if entries > 1 << self.settings.page_bits else 0
        pointers = bitmap + blocks * (-(-pages // 8))
        if not pages:
            yield from self._blocks(here, first, entries, pointers)
            return
        page_entries = 1 << self.settings.page_bits
        for page in _quotients(here, page_entries):
            block = _address(self.file, pointers + 8 * (page // pages))
            if block is not None and _bit(self.file, bitmap, page):
                page_bytes = page_entries * self.settings.entry_bytes + _CHECKSUM_BYTES
                start = block + self._block_prefix_bytes + _CHECKSUM_BYTES + page % pages * page_bytes
                yield EntryRun(first + page * page_entries, page_entries, start, self.settings.entry_bytes)

    def _blocks(self, here: Integers, first: int, entries: int, pointers: int) -> Iterator[EntryRun]:
        for block in _quotients(here, entries):
            address = _address(self.file, pointers + 8 * block)
            if address is not None:
                _block(self.file, address, b"EADB", _PREFIX_BYTES)
                start = address + self._block_prefix_bytes
                yield EntryRun(first + block * entries, entries, start, self.settings.entry_bytes)


def _quotients(numbers: Integers, divisor: int) -> list[int]:
    return [int(one) for one in np.unique(numbers // divisor)]


def _block(file: ReadableFile, address: int, signature: bytes, size: int) -> bytes:
    file.seek(address)
    data = file.read(size)
    if data[:4] != signature or len(data) < size:
        raise ValueError("a damaged index of chunks")
    return data


def _address(file: ReadableFile, position: int) -> int | None:
    file.seek(position)
    (address,) = struct.unpack("<Q", file.read(8))
    return None if address == UNDEFINED_ADDRESS else int(address)


def _bit(file: ReadableFile, bitmap: int, number: int) -> bool:
    """Returns a bit of a bitmap whose first bit is the highest of the first byte."""
    file.seek(bitmap + number // 8)
    return bool(file.read(1)[0] << number % 8 & 0x80)
