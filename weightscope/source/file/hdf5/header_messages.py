"""Object headers of an HDF5 file as bytes: their messages, and what a link, an attribute or a symbol consists of.

Source: HDF5 file format specification 3.0, III and IV.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from weightscope.source.bytes.metered_file import MeteredFile

DATASPACE, DATATYPE, FILL_VALUE, EXTERNAL_FILES, LAYOUT = 0x01, 0x03, 0x05, 0x07, 0x08
ATTRIBUTE, CONTINUATION = 0x0C, 0x10

#: The flag of a message that is stored elsewhere.
SHARED = 2

#: The flag of a header that says when attributes move out of it.
_ATTRIBUTE_LIMITS = 16

#: A version 1 object header: version, number of messages, bytes of them; a message: kind, bytes, flags.
_HEADER = struct.Struct("<BxH4xI4x")
_MESSAGE = struct.Struct("<HHB3x")

#: A node of a group's B-tree: signature, kind, level, how many entries; an entry: a key, the address of a child.
_TREE = struct.Struct("<4sBBH16x")
_TREE_ENTRY = struct.Struct("<QQ")

#: What a node of a group's B-tree, and a node of symbols, take in files with the usual settings.
_TREE_BYTES, SYMBOLS_BYTES = 544, 328

#: What the beginning of a heap of names takes.
HEAP_BYTES = 32

#: A node of symbols: signature, how many; a symbol: place of its name, address of its header, what kind of link it is.
_SYMBOLS = struct.Struct("<4sxxH")
_SYMBOL = struct.Struct("<QQI20x")

#: Name of a link, and the address that it leads to; a text for what is no hard link.
Link = tuple[str, int | str]


@dataclass(frozen=True, slots=True)
class AttributeMessage:
    """An attribute, not yet understood.

    Attributes:
        version: Of the message.
        name: With the zeros that end it.
        datatype: The message of its datatype, or a reference to a named one.
        is_of_named_type: Whether `datatype` is such a reference.
        has_shared_space: Whether its dataspace is stored elsewhere.
        space_bytes: Of the dataspace.
        space_at: Where the dataspace is, and the values after it.
    """

    version: int
    name: bytes
    datatype: bytes
    is_of_named_type: bool
    has_shared_space: bool
    space_bytes: int
    space_at: int

    def with_datatype(self, datatype: bytes, buffer: bytes) -> bytes:
        """Returns a message of version 3 with another datatype; `buffer` is what the attribute was found in."""
        head = struct.pack("<BBHHHB", 3, 0, len(self.name), len(datatype), self.space_bytes, 1)
        return head + self.name + datatype + buffer[self.space_at :]


def read_messages(file: MeteredFile) -> tuple[list[dict[str, int]], bytes, dict[str, int]]:
    """Returns the messages of a version 1 header, their bytes, and the version.

    Source: HDF5 file format specification 3.0, IV.A.1.a.
    """
    version, count, size = _HEADER.unpack(file.read(_HEADER.size))
    data = file.read(size)
    messages, offset = [], 0
    for _ in range(count):
        kind, length, flags = _MESSAGE.unpack_from(data, offset)
        offset += _MESSAGE.size
        messages.append({"type": kind, "size": length, "flags": flags, "offset_to_message": offset})
        if kind == CONTINUATION:
            address, more = struct.unpack_from("<QQ", data, offset)
            file.seek(address)
            data += file.read(more)
        offset += length
    return messages, data, {"version": version}


def read_prefix(file: MeteredFile) -> tuple[dict[str, int], int]:
    """Returns the prefix of a version 2 header, and the bytes of the creation order that each message has.

    Source: HDF5 file format specification 3.0, IV.A.1.b.
    """
    signature, version, flags = struct.unpack("<4sBB", file.read(6))
    if signature != b"OHDR" or version != 2:
        raise ValueError("a damaged object header")
    file.read((16 if flags & 32 else 0) + (4 if flags & _ATTRIBUTE_LIMITS else 0))
    size = int.from_bytes(file.read(1 << (flags & 3)), "little")
    return {"version": version, "flags": flags, "size_of_chunk_0": size}, 2 if flags & 4 else 0


def split_attribute(buffer: bytes, offset: int) -> AttributeMessage:
    """Returns the parts of an attribute message.

    Source: HDF5 file format specification 3.0, IV.A.2.m.
    """
    version, flags, *sizes = struct.unpack_from("<BBHHH", buffer, offset)
    padding = 8 if version == 1 else 1
    name_at = offset + (9 if version == 3 else 8)
    type_at = name_at + -(-sizes[0] // padding) * padding
    space_at = type_at + -(-sizes[1] // padding) * padding
    return AttributeMessage(
        version,
        bytes(buffer[name_at : name_at + sizes[0]]),
        bytes(buffer[type_at : type_at + sizes[1]]),
        bool(flags & 1 and version > 1),
        bool(flags & 2 and version > 1),
        sizes[2],
        space_at,
    )


def symbol_nodes(file: MeteredFile, address: int) -> list[int]:
    """Returns the addresses of the nodes of symbols that the B-tree of a group lists, level by level.

    Source: HDF5 file format specification 3.0, III.A.1; the sizes are those of `H5Pset_sym_k` by default.
    """
    nodes, above = [address], None
    while True:
        file.ahead(nodes, _TREE_BYTES)
        below: list[int] = []
        for node in nodes:
            file.seek(node)
            signature, kind, level, count = _TREE.unpack(file.read(_TREE.size))
            if signature != b"TREE" or kind or level != (level if above is None else above - 1):
                raise ValueError("a damaged group")
            entries = file.read(16 * count + 8)
            below += [child for _, child in _TREE_ENTRY.iter_unpack(entries[: 16 * count])]
        if not level:
            return below
        nodes, above = below, level


def read_symbols(file: MeteredFile, address: int) -> Iterator[tuple[int, int | str]]:
    """Yields the place of the name of each symbol in a node, and the address of its header.

    Source: HDF5 file format specification 3.0, III.B and III.C.
    """
    file.seek(address)
    signature, count = _SYMBOLS.unpack(file.read(_SYMBOLS.size))
    if signature != b"SNOD":
        raise ValueError("a damaged group")
    for name, header, kind in _SYMBOL.iter_unpack(file.read(count * _SYMBOL.size)):
        yield name, header if kind in (0, 1) else "a soft link"


def parse_link(data: bytes, offset: int) -> tuple[int | None, tuple[str, int | str]]:
    """Returns the creation order of a link, its name, and the address that it leads to; a text for no hard link.

    Source: HDF5 file format specification 3.0, IV.A.2.g.
    """
    version, flags = data[offset : offset + 2]
    if version != 1:
        raise ValueError("a link of an unknown version")
    position = offset + 2
    kind = 0
    if flags & 8:
        kind, position = data[position], position + 1
    order = None
    if flags & 4:
        order, position = struct.unpack_from("<Q", data, position)[0], position + 8
    position += 1 if flags & 16 else 0  # the character set
    size_bytes = 1 << (flags & 3)
    size = int.from_bytes(data[position : position + size_bytes], "little")
    position += size_bytes
    name = text_of(bytes(data[position : position + size]))
    if kind == 0:
        return order, (name, struct.unpack_from("<Q", data, position + size)[0])
    return order, (name, "a soft link" if kind == 1 else "an external link")


def text_of(data: bytes) -> str:
    """Returns a link's name as h5py does: UTF-8, and what is none kept so that it can be written again."""
    return data.decode("utf-8", "surrogateescape")
