"""How one number is stored in an HDF5 file, and what Keras calls its dtype.

Source: HDF5 file format specification 3.0, IV.A.2.d.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from weightscope.errors import FileError, not_from_keras
from weightscope.inspection import Array
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.hdf5.damage import rewrite
from weightscope.source.file.hdf5.header_messages import DATATYPE
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader

_INTEGER, _FLOAT, _OPAQUE, _ENUMERATED = 0, 1, 5, 8
_SIZES = (1, 2, 4, 8)

#: Bits that say how unused bits are filled: of no consequence where every bit is used.
_PADDING = 0x0E

#: The floating point formats that are read, by all that describes one: bytes; the first two bytes of flags, byte order
#: and padding left out; bit offset and precision; place and size of exponent and mantissa; bias of the exponent.
_FLOATS = {
    (8, 0x3F20, 0, 64, 52, 11, 0, 52, 1023): "float64",
    (4, 0x1F20, 0, 32, 23, 8, 0, 23, 127): "float32",
    (2, 0x0F20, 0, 16, 10, 5, 0, 10, 15): "float16",
    (2, 0x0F20, 0, 16, 7, 8, 0, 7, 127): "bfloat16",
}


@dataclass(frozen=True, slots=True)
class NumberType:
    """A kind of number.

    Attributes:
        name: Keras' name of it.
        stored: The numpy dtype that its bytes are read with; for bfloat16 its bits as unsigned integers.
    """

    name: str
    stored: np.dtype[np.generic]

    def as_bits(self) -> NumberType:
        """Returns the type that reads the same bytes, bfloat16 and bool as the integers of their bits."""
        return NumberType(self.stored.name, self.stored) if self.name in ("bfloat16", "bool") else self

    def decode(self, values: Array) -> Array:
        """Returns values as stored in the machine's byte order, bfloat16 as the same numbers in float32."""
        if self.name == "bfloat16":
            # one pass over memory, whatever the byte order
            bits: Array = np.left_shift(values, 16, dtype=np.uint32)
            return bits.view(np.float32)
        if self.name == "bool":
            return values.astype(np.bool_)
        return values.astype(values.dtype.newbyteorder("="), copy=False)


class _UnusualNumberError(Exception):
    """Numbers whose bits stand elsewhere, or mean something else, than in any dtype of Keras."""


def number_type_of(header: ObjectHeader, path: str, source: ByteRange) -> NumberType:
    """Returns how the numbers of a dataset are stored.

    Raises:
        FileError: They are no numbers (strings, references, compounds, opaque bytes that are not bfloat16), or
            numbers of an unusual format.
    """
    message = header.message(DATATYPE)
    try:
        found = _opaque_type(message, header) if message[0] & 15 == _OPAQUE else _parsed_type(message)
    except _UnusualNumberError as error:
        raise FileError(
            source.location, f"{escape(path)} holds numbers of an unusual format: {error}", rewrite(source, path)
        ) from error
    if found is None:
        raise not_from_keras(source.location, f"{escape(path)} holds no numbers of a kind that Keras stores")
    return found


def _opaque_type(message: bytes, header: ObjectHeader) -> NumberType | None:
    """Recognises bfloat16, which HDF5 does not have: Keras stores it in an attribute (`H5IOStore.__setitem__`)."""
    declared = header.attributes().get("dtype")
    size = int.from_bytes(message[4:8], "little")
    return _bfloat16("<") if size == 2 and declared in ("bfloat16", b"bfloat16") else None


@lru_cache(maxsize=64)
def _parsed_type(message: bytes) -> NumberType | None:
    parse = {_INTEGER: _integer_type, _FLOAT: _float_type, _ENUMERATED: _enumerated_type}.get(message[0] & 15)
    return parse(message) if parse is not None and int.from_bytes(message[4:8], "little") in _SIZES else None


def _integer_type(message: bytes) -> NumberType | None:
    size = int.from_bytes(message[4:8], "little")
    offset, precision = struct.unpack_from("<HH", message, 8)
    if (offset, precision) != (0, 8 * size):
        raise _UnusualNumberError(f"integers of {precision} bits in {size} bytes, from bit {offset} on")
    dtype = np.dtype(f"{_byte_order(message)}{'i' if message[1] & 8 else 'u'}{size}")
    return NumberType(dtype.name, dtype)


def _float_type(message: bytes) -> NumberType | None:
    size = int.from_bytes(message[4:8], "little")
    flags = int.from_bytes(message[1:3], "little") & ~(_PADDING | 1)
    fields = struct.unpack_from("<HHBBBBI", message, 8)
    name = _FLOATS.get((size, flags, *fields))
    if name is None:
        raise _UnusualNumberError(f"{size} bytes of floating point that is not IEEE 754's")
    if name == "bfloat16":
        return _bfloat16(_byte_order(message))
    return NumberType(name, np.dtype(f"{_byte_order(message)}f{size}"))


def _enumerated_type(message: bytes) -> NumberType | None:
    """Returns the type of the numbers behind an enumeration: bool where it is h5py's FALSE and TRUE."""
    base = message[8:]
    found = _integer_type(base) if base[0] & 15 == _INTEGER else None
    if found is None:
        return None
    version, members = message[0] >> 4, int.from_bytes(message[1:3], "little")
    names, position = [], 20
    for _ in range(members):
        end = message.index(b"\0", position)
        names.append(message[position:end])
        position += end - position + 1 if version >= 3 else -(-(end - position + 1) // 8) * 8
    values = np.frombuffer(message, found.stored, members, position).tolist()
    if dict(zip(names, values, strict=True)) == {b"FALSE": 0, b"TRUE": 1} and found.stored.itemsize == 1:
        return NumberType("bool", np.dtype(np.int8))
    return found


def _byte_order(message: bytes) -> str:
    return ">" if message[1] & 1 else "<"


def _bfloat16(order: str) -> NumberType:
    return NumberType("bfloat16", np.dtype(f"{order}u2"))
