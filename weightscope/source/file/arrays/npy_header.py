"""The header of a `.npy` file: dtype, shape and order of an array. Nothing is evaluated or unpickled.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from math import prod

import numpy as np

from weightscope.source import limits
from weightscope.source.file.hdf5.number_type import NumberType

MAGIC = b"\x93NUMPY"

#: Bytes of the beginning of a file that hold its header, if it is not longer than any array of numbers needs.
HEAD_BYTES = 4096

_SIZE_BYTES = {1: 2, 2: 4, 3: 4}
_NUMBERS = "biufc"


class NpyError(Exception):
    """The header is damaged, or not that of a `.npy` file."""


@dataclass(frozen=True, slots=True)
class NpyHeader:
    """The header of an array.

    Attributes:
        descr: The dtype as numpy writes it, such as `<f4`.
        shape: In elements.
        is_fortran: Whether the first axis is the one that lies densest.
        data_start: Offset of the first value.
        number_type: How an element is stored; None for what is not read: text, objects, records, raw bytes.
    """

    descr: str
    shape: tuple[int, ...]
    is_fortran: bool
    data_start: int
    number_type: NumberType | None

    @property
    def data_bytes(self) -> int | None:
        """The bytes of all values; None if that is unknown."""
        return prod(self.shape) * self.number_type.stored.itemsize if self.number_type is not None else None


def parse_npy_header(head: bytes) -> NpyHeader:
    """Returns the header at the beginning of `head`.

    Raises:
        NpyError: There is none, or it is damaged or too long.
    """
    version = head[len(MAGIC)] if len(head) > len(MAGIC) + 1 else 0
    if not head.startswith(MAGIC) or version not in _SIZE_BYTES:
        raise NpyError("it does not begin as a .npy file")
    first = len(MAGIC) + 2
    start = first + _SIZE_BYTES[version]
    data_start = start + int.from_bytes(head[first:start], "little")
    if data_start > len(head):
        raise NpyError("its header is longer than that of any array of numbers")
    try:
        found = ast.literal_eval(head[start:data_start].decode("latin-1" if version < 3 else "utf-8").strip())
        descr, is_fortran, shape = found["descr"], found["fortran_order"], found["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError, UnicodeDecodeError) as error:
        raise NpyError("its header is damaged") from error
    sizes = shape if isinstance(shape, tuple) and all(type(one) is int and one >= 0 for one in shape) else None
    if sizes is None or len(sizes) > limits.HDF5_RANK or not isinstance(is_fortran, bool):
        raise NpyError("its header is damaged")
    return NpyHeader(_text(descr), sizes, is_fortran and len(sizes) > 1, data_start, _number_type(descr))


def _text(descr: object) -> str:
    return descr if isinstance(descr, str) else "record"


def _number_type(descr: object) -> NumberType | None:
    if not isinstance(descr, str):
        return None
    try:
        dtype = np.dtype(descr)
    except (TypeError, ValueError, SyntaxError):
        return None
    if dtype.kind not in _NUMBERS or dtype.itemsize > 16 or dtype.name in ("float128", "longdouble"):
        return None
    # a byte that is neither 0 nor 1 is no bool to numpy
    return NumberType(dtype.name, np.dtype(np.int8) if dtype.kind == "b" else dtype)
