"""The dataset that an object header describes.

What the file declares is held against what it stores before anything is allocated.
"""

from __future__ import annotations

from math import prod

from weightscope.errors import damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.hdf5.chunks import describe_chunks
from weightscope.source.file.hdf5.dataset import Chunked, Compact, Contiguous, Dataset, Storage, Unstored
from weightscope.source.file.hdf5.header_messages import EXTERNAL_FILES, FILL_VALUE, LAYOUT
from weightscope.source.file.hdf5.layout import LayoutClass, read_layout
from weightscope.source.file.hdf5.number_type import number_type_of
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader


def describe_dataset(header: ObjectHeader, path: str, source: ByteRange) -> Dataset:
    """Returns the dataset that an object header describes, held against what the file stores.

    Raises:
        FileError: Its values lie in another file, are no numbers, or are declared and not stored.
    """
    shape, _ = header.extent
    if len(shape) > limits.HDF5_RANK:
        raise not_from_keras(source.location, f"{escape(path)} has {len(shape)} axes")
    layout = read_layout(header.message(LAYOUT))
    if layout.storage is LayoutClass.VIRTUAL or header.messages(EXTERNAL_FILES):
        raise not_from_keras(source.location, f"the values of {escape(path)} lie in other files")
    number_type = number_type_of(header, path, source)
    item_bytes = number_type.stored.itemsize
    size = prod(shape) * item_bytes
    storage: Storage
    match layout.storage:
        case LayoutClass.CHUNKED:
            chunks = describe_chunks(header, layout, path, item_bytes, source)
            storage = Chunked(chunks, _fill(header, item_bytes))
        case LayoutClass.COMPACT if len(layout.data) >= size:
            storage = Compact(layout.data)
        case LayoutClass.CONTIGUOUS if layout.address is None:
            storage = Unstored(_fill(header, item_bytes))
        case LayoutClass.CONTIGUOUS if layout.address is not None and layout.address + size <= source.length:
            storage = Contiguous(layout.address)
        case _:
            raise damaged(
                source.location, f"{escape(path)} declares {size:,} bytes, and the file has {source.length:,}"
            )
    return Dataset(path, shape, number_type, source, storage)


def _fill(header: ObjectHeader, item_bytes: int) -> bytes:
    """Returns the bytes of a dataset's fill value; empty where none is defined.

    Source: HDF5 file format specification 3.0, IV.A.2.f.
    """
    for message in header.messages(FILL_VALUE):
        version, flags = message[0], message[1]
        defined = flags & 0x20 if version == 3 else message[3]
        start = 2 if version == 3 else 4
        size = int.from_bytes(message[start : start + 4], "little")
        if defined and size == item_bytes:
            return message[start + 4 : start + 4 + size]
    return b""
