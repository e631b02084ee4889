"""A `.safetensors` file: a header in JSON, then the values of all arrays.

Source: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

from math import prod
from typing import Any, TypeGuard

from weightscope.errors import FileError
from weightscope.inspection import Inspection
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.arrays.export_mark import MARK_KEY, read_mark
from weightscope.source.file.arrays.signatures import SIZE_BYTES
from weightscope.source.file.arrays.stored_array import StoredArray, array_inspection, number_type, too_many_arrays
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.file.hdf5.dataset import Contiguous, Dataset
from weightscope.source.identified import Identified
from weightscope.source.missing_values import MissingValues
from weightscope.source.wanted import Wanted

METADATA = "__metadata__"
_AGAIN = "copy the file again, or write it again"

#: Keras' name of each dtype of the format, and the numpy dtype that its bytes are read with.
DTYPES = {
    "BOOL": ("bool", "i1"),
    "U8": ("uint8", "u1"),
    "I8": ("int8", "i1"),
    "U16": ("uint16", "<u2"),
    "I16": ("int16", "<i2"),
    "F16": ("float16", "<f2"),
    "BF16": ("bfloat16", "<u2"),
    "U32": ("uint32", "<u4"),
    "I32": ("int32", "<i4"),
    "F32": ("float32", "<f4"),
    "U64": ("uint64", "<u8"),
    "I64": ("int64", "<i8"),
    "F64": ("float64", "<f8"),
    "C64": ("complex64", "<c8"),
    "F8_E4M3": ("float8_e4m3fn", "u1"),
    "F8_E5M2": ("float8_e5m2", "u1"),
}


def read_safetensors(found: Identified[ByteRange], wanted: Wanted) -> Inspection:
    """Returns the arrays that a `.safetensors` file holds.

    Raises:
        FileError: It is truncated, damaged or hostile.
    """
    whole, location = found.opened, found.location
    size = int.from_bytes(whole.read(0, SIZE_BYTES), "little")
    start = SIZE_BYTES + size
    if start > whole.length:
        raise FileError(location, "a truncated .safetensors file: its header is not whole", _AGAIN)
    if size > limits.CONFIG_BYTES:
        raise FileError(location, f"its header has {size:,} bytes, more than any model's", _AGAIN)
    header = parse_config(whole.read(SIZE_BYTES, size), "its header", location)
    metadata = header.pop(METADATA, {})
    values = whole.part(start, whole.length - start)
    if len(header) > limits.HDF5_DATASETS:
        raise too_many_arrays(location)
    _check_places(header, values)
    arrays = [_array(name, entry, values) for name, entry in header.items()]
    mark = read_mark(metadata.get(MARK_KEY)) if isinstance(metadata, dict) else None
    return array_inspection(found, whole.length, arrays, mark, wanted)


def _check_places(header: dict[str, Any], values: ByteRange) -> None:
    """Checks that the arrays fill the file one after the other, without holes and overlaps, as the format demands.

    Raises:
        FileError: They do not.
    """
    places = sorted(_place(name, entry, values.location) for name, entry in header.items())
    end = 0
    for first, last in places:
        if first != end:
            raise FileError(values.location, "its header is damaged: arrays overlap, or leave holes", _AGAIN)
        end = last
    if end > values.length:
        raise FileError(values.location, f"a truncated file: {values.length:,} of {end:,} bytes are there", _AGAIN)
    if end < values.length:
        raise FileError(values.location, f"{values.length - end:,} bytes belong to no array", _AGAIN)


def _place(name: str, entry: Any, location: str) -> tuple[int, int]:
    place = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not _are_sizes(place) or len(place) != 2 or place[0] > place[1]:
        raise _damaged(name, location)
    return place[0], place[1]


def _array(name: str, entry: dict[str, Any], values: ByteRange) -> StoredArray:
    sizes, dtype = entry.get("shape"), entry.get("dtype")
    first, last = entry["data_offsets"]
    if not _are_sizes(sizes) or len(sizes) > limits.HDF5_RANK or not isinstance(dtype, str):
        raise _damaged(name, values.location)
    shape = tuple(sizes)
    if dtype not in DTYPES:
        why = f"has the dtype {escape(dtype)}, which is none of Keras'"
        hint = "weightscope inspect shows the others"
        missing = MissingValues(values.location, name, why, hint)
        return StoredArray(name, escape(dtype), shape, missing, has_values=False)
    kind = number_type(*DTYPES[dtype])
    if prod(shape) * kind.stored.itemsize != last - first:
        raise _damaged(name, values.location)
    return StoredArray(name, kind.name, shape, Dataset(name, shape, kind, values, Contiguous(first)))


def _are_sizes(found: Any) -> TypeGuard[list[int]]:
    return isinstance(found, list) and all(type(one) is int and one >= 0 for one in found)


def _damaged(name: str, location: str) -> FileError:
    return FileError(location, f"its header is damaged: the entry of {escape(name)}", _AGAIN)
