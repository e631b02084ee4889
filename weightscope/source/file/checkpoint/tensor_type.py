"""What TensorFlow calls a tensor's dtype in a checkpoint, and how one number of it is stored.

Source: `tensorflow/core/framework/types.proto`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from weightscope.source.file.hdf5.number_type import NumberType

#: The number of text.
STRING = 7

#: The dtype of each number of the enumeration, with the numpy dtype that its bytes are read with; None for what is
#: stored otherwise.
_TYPES: dict[int, tuple[str, str | None]] = {
    1: ("float32", "f4"),
    2: ("float64", "f8"),
    3: ("int32", "i4"),
    4: ("uint8", "u1"),
    5: ("int16", "i2"),
    6: ("int8", "i1"),
    STRING: ("string", None),
    8: ("complex64", "c8"),
    9: ("int64", "i8"),
    10: ("bool", "i1"),
    11: ("qint8", "i1"),
    12: ("quint8", "u1"),
    13: ("qint32", "i4"),
    14: ("bfloat16", "u2"),
    15: ("qint16", "i2"),
    16: ("quint16", "u2"),
    17: ("uint16", "u2"),
    18: ("complex128", "c16"),
    19: ("float16", "f2"),
    20: ("resource", None),
    21: ("variant", None),
    22: ("uint32", "u4"),
    23: ("uint64", "u8"),
    24: ("float8_e5m2", "u1"),
    25: ("float8_e4m3fn", "u1"),
    29: ("int4", "i1"),
    30: ("uint4", "u1"),
}

#: What a variable that is a reference to a tensor adds to the number (TF 1).
_REFERENCE = 100


def dtype_name(number: int) -> str:
    """Returns Keras' name of the dtype of this number, `dtype 99` for one that is not known."""
    return _TYPES.get(number % _REFERENCE, (f"dtype {number}", None))[0]


@lru_cache
def number_type(number: int, *, is_big_endian: bool) -> NumberType | None:
    """Returns how numbers of this dtype are stored; None where they are no numbers."""
    name, stored = _TYPES.get(number % _REFERENCE, ("", None))
    return None if stored is None else NumberType(name, np.dtype(f"{'>' if is_big_endian else '<'}{stored}"))
