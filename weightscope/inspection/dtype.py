"""The storage size of a dtype by its name, without the libraries that define the less common dtypes."""

from __future__ import annotations

_BITS = {
    "bool": 8,
    "int4": 4,
    "uint4": 4,
    "int8": 8,
    "uint8": 8,
    "float8_e4m3fn": 8,
    "float8_e5m2": 8,
    "float16": 16,
    "bfloat16": 16,
    "int16": 16,
    "uint16": 16,
    "float32": 32,
    "int32": 32,
    "uint32": 32,
    "float64": 64,
    "int64": 64,
    "uint64": 64,
    "complex64": 64,
    "complex128": 128,
}


def storage_bytes(dtype: str, elements: int) -> int:
    """Returns the bytes that `elements` numbers of `dtype` take, packed (two int4 to a byte).

    A dtype whose elements have no fixed size, such as `string`, counts 0.
    """
    return (_BITS.get(dtype, 0) * elements + 7) // 8
