"""Object headers of an HDF5 file: the one place that knows pyfive's inner names and corrects what it reads wrong.

pyfive's own `Dataset` parses attributes, fill value and chunk index of each dataset that is only to be listed, which
takes three times as long.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, cast

from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.file.hdf5.damage import UnsupportedError
from weightscope.source.file.hdf5.deferred_imports import import_pyfive
from weightscope.source.file.hdf5.header_messages import (
    ATTRIBUTE,
    DATASPACE,
    DATATYPE,
    HEAP_BYTES,
    SHARED,
    SYMBOLS_BYTES,
    Link,
    parse_link,
    read_messages,
    read_prefix,
    read_symbols,
    split_attribute,
    symbol_nodes,
    text_of,
)

import_pyfive()

from pyfive.btree import BTreeV1RawDataChunks, BTreeV2  # noqa: E402
from pyfive.dataobjects import DataObjects, determine_data_shape  # noqa: E402
from pyfive.misc_low_level import Heap  # noqa: E402

#: The datatypes of attributes that Keras writes: integers, floats, texts of fixed and of variable length.
_ATTRIBUTE_CLASSES = (0, 1, 3, 9)

#: Heaps of texts that are kept; each is some KiB, or as large as the config of a model.
_HEAPS = 2

_TABLE = "a table of shared header messages"


class RecentHeaps(dict[int, Any]):
    """The heaps of texts that were read last, by address: one of them serves the attributes of many objects."""

    def __setitem__(self, address: int, heap: Any) -> None:
        """Adds a heap, and forgets the oldest one."""
        if len(self) >= _HEAPS:
            del self[next(iter(self))]
        super().__setitem__(address, heap)


class ObjectHeader(DataObjects):  # type: ignore[misc]
    """The header of a group, a dataset or a named datatype."""

    def __init__(self, file: MeteredFile, address: int, heaps: RecentHeaps) -> None:
        super().__init__(file, address, global_heaps=heaps)

    #: Takes half the time of pyfive's own (1.3.0).
    _parse_v1_objects = staticmethod(read_messages)
    #: pyfive 1.3.0 refuses a header with limits for its attributes.
    _parse_v2_header = staticmethod(read_prefix)
    #: pyfive 1.3.0 takes a name for ASCII, where h5py writes UTF-8 without saying so.
    _decode_link_msg = staticmethod(parse_link)

    @property
    def address(self) -> int:
        """Where the header is."""
        return int(self.offset)

    @property
    def message_count(self) -> int:
        """How many messages the header has."""
        return len(self.msgs)

    @property
    def size(self) -> int:
        """The bytes of all messages."""
        return len(self.msg_data)

    @property
    def is_named_datatype(self) -> bool:
        """Whether the object is a datatype that has a name, and neither a dataset nor a group."""
        kinds = {message["type"] for message in self.msgs}
        return DATATYPE in kinds and DATASPACE not in kinds

    @property
    def extent(self) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
        """The shape of a dataset, and how far each axis may grow (None: without end); `(0,)` for an empty dataspace."""
        shape, most = determine_data_shape(self.message(DATASPACE), 0)
        return ((0,), (0,)) if shape is None else (shape, most)

    @property
    def filters(self) -> tuple[int, ...]:
        """HDF5's numbers of a dataset's filters, in the order in which they are applied."""
        return tuple(entry["filter_id"] for entry in self.filter_pipeline or ())

    def messages(self, kind: int) -> list[bytes]:
        """Returns the messages of a kind, as they are stored here.

        Raises:
            UnsupportedError: They are stored in the file's table of shared messages.
        """
        found = []
        for message in self.find_msg_type(kind):
            start = message["offset_to_message"]
            data = bytes(self.msg_data[start : start + message["size"]])
            found.append(self._shared(data, kind) if message["flags"] & SHARED else data)
        return found

    def message(self, kind: int) -> bytes:
        """Returns the first message of a kind.

        Raises:
            LookupError: There is none.
        """
        return self.messages(kind)[0]

    def _shared(self, reference: bytes, kind: int) -> bytes:
        """Returns the message that another header has, which is how a dataset refers to a named datatype.

        Source: HDF5 file format specification 3.0, IV.A.2, shared messages.
        """
        version, where = reference[:2]
        if version == 3 and where != 2:
            raise UnsupportedError(_TABLE)
        (address,) = struct.unpack_from("<Q", reference, 8 if version == 1 else 2)
        owner = ObjectHeader(self.fh, address, self._global_heaps)
        if owner.find_msg_type(kind)[0]["flags"] & SHARED:
            raise ValueError("a shared message that refers to another one")
        return owner.message(kind)

    def attributes(self) -> dict[str, Any]:
        """Returns the attributes; numbers and strings as numpy and bytes have them, None for those of other kinds.

        Raises:
            UnsupportedError: An attribute is stored in the file's table of shared messages.
        """
        if any(message["flags"] & SHARED for message in self.find_msg_type(ATTRIBUTE)):
            raise UnsupportedError(_TABLE)
        found: dict[str, Any] = self.get_attributes()
        return found

    def _parse_attribute_msg(self, buffer: bytes, offset: int) -> tuple[str, Any]:
        """Reads an attribute; pyfive 1.3.0 reads none of a named datatype, and some unneeded kinds wrong."""
        message = split_attribute(buffer, offset)
        if message.has_shared_space:
            raise UnsupportedError(_TABLE)
        datatype = self._shared(message.datatype, DATATYPE) if message.is_of_named_type else message.datatype
        if datatype[0] & 15 not in _ATTRIBUTE_CLASSES:
            return text_of(message.name.rstrip(b"\0")), None
        if message.version == 1:
            return cast(tuple[str, Any], super()._parse_attribute_msg(buffer, offset))
        return cast(tuple[str, Any], super()._parse_attribute_msg(message.with_datatype(datatype, buffer), 0))

    def links(self) -> dict[str, int | str]:
        """Returns what a group holds: address by name; a text for what is no hard link."""
        return dict(self.iter_links())

    def _iter_links_btree_v1(self, btree_address: int, heap_address: int) -> Iterator[Link]:
        """Reads the links of an old group; pyfive 1.3.0 takes a name that is no UTF-8 for damage."""
        self.fh.ahead([heap_address], HEAP_BYTES)
        nodes = symbol_nodes(self.fh, btree_address)
        self.fh.ahead(nodes, SYMBOLS_BYTES)
        heap = Heap(self.fh, heap_address)
        for node in nodes:
            for name, address in read_symbols(self.fh, node):
                yield text_of(heap.get_object_name(name)), address


class _ChunkTree(BTreeV2):  # type: ignore[misc]
    """A B-tree of version 2 that lists chunks; its records are kept as they are."""

    def _read_root_node(self) -> None:
        """Reads the root; a tree without records has none, for which pyfive 1.3.0 is not prepared."""
        if self._read_tree_header(self.offset)["total_nrecords"]:
            super()._read_root_node()
        else:
            self.depth = 0

    def _parse_record(self, record: bytes) -> bytes:
        return record


class _PlainChunkTree(_ChunkTree):
    NODE_TYPE = 10


class _PackedChunkTree(_ChunkTree):
    NODE_TYPE = 11


def chunk_records(file: MeteredFile, address: int, *, packed: bool) -> list[bytes]:
    """Returns the records of a B-tree of version 2 that lists chunks.

    Args:
        file: The file.
        address: Of the tree.
        packed: Whether the chunks went through filters.
    """
    tree = (_PackedChunkTree if packed else _PlainChunkTree)(file, address)
    return list(tree.iter_records())


def chunk_keys(file: MeteredFile, address: int, axes: int) -> list[tuple[tuple[int, ...], int, int, int]]:
    """Returns origin in elements, address, size in bytes and filter mask of the chunks in a B-tree of version 1."""
    tree = BTreeV1RawDataChunks(file, address, axes + 1)
    return [
        (key["chunk_offset"][:-1], place, key["chunk_size"], key["filter_mask"])
        for node in tree.all_nodes.get(0, [])
        for key, place in zip(node["keys"], node["addresses"], strict=False)
    ]
