"""What a TensorBundle's index says of one tensor, as a plain record: an index may have a hundred thousand of them.

Source: `tensorflow/core/protobuf/tensor_bundle.proto`.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from weightscope.errors import damaged_checkpoint
from weightscope.source import limits
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.ordered_code import Extent
from weightscope.source.file.checkpoint.protobuf import as_text, message_classes, parse

_MESSAGES = message_classes(
    "tensor_bundle",
    {
        "Header": {"num_shards": (1, "int32"), "endianness": (2, "int32")},
        "Entry": {
            "dtype": (1, "int32"),
            "shape": (2, "Shape"),
            "shard_id": (3, "int32"),
            "offset": (4, "int64"),
            "size": (5, "int64"),
            "crc32c": (6, "fixed32"),
            "slices": (7, "repeated Slice"),
        },
        "Shape": {"dim": (2, "repeated Dimension")},
        "Dimension": {"size": (1, "int64")},
        "Slice": {"extent": (1, "repeated Extent")},
        # the length is not there for an axis that is taken whole
        "Extent": {"start": (1, "int64"), "length": (2, "repeated int64")},
    },
)


class Header(NamedTuple):
    """The header of an index: how many data shards there are, and the order of bytes in them."""

    shards: int
    is_big_endian: bool


class IndexEntry(NamedTuple):
    """What the index says of a tensor, or of a part of one.

    Attributes:
        dtype: TensorFlow's number of it.
        shape: In elements.
        shard: The number of the data shard that holds its values.
        offset: Of its first byte in the shard.
        size: In bytes.
        checksum: Of its bytes.
        slices: Where its parts are, on each axis, if it was saved in parts.
    """

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int
    slices: tuple[tuple[Extent, ...], ...]


def read_header(value: bytes, location: str) -> Header:
    """Returns what the header says.

    Raises:
        FileError: It is damaged, or declares more data shards than any checkpoint has.
    """
    header = parse(_MESSAGES["Header"], value, "its header", location)
    if not 0 < header.num_shards <= limits.DATA_SHARDS:
        raise damaged_checkpoint(location, f"a checkpoint of {header.num_shards:,} data shards")
    return Header(header.num_shards, header.endianness == 1)


def read_row(key: bytes, value: bytes, location: str) -> IndexEntry:
    """Returns what the entry of a key says.

    Raises:
        FileError: It is damaged, has a shape that no tensor has, or too many parts.
    """
    what = f"its entry {escape(as_text(key))}"
    entry = parse(_MESSAGES["Entry"], value, what, location, most_bytes=limits.ENTRY_BYTES)
    shape = tuple([dimension.size for dimension in entry.shape.dim])
    if len(shape) > limits.HDF5_RANK or any(size < 0 for size in shape) or prod(shape) >= 1 << 62:
        raise damaged_checkpoint(location, f"{escape(as_text(key))} has a shape that no tensor has")
    if len(entry.slices) > limits.SLICES:
        raise damaged_checkpoint(location, f"{escape(as_text(key))} is in {len(entry.slices):,} parts")
    slices = tuple([tuple([_extent(one) for one in part.extent]) for part in entry.slices])
    return IndexEntry(entry.dtype, shape, entry.shard_id, entry.offset, entry.size, entry.crc32c, slices)


def _extent(message: Any) -> Extent:
    return message.start, message.length[-1] if message.length else -1
