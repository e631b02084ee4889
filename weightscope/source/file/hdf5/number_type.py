"""How one number is stored in an HDF5 file, and what Keras calls its dtype."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyfive.dataobjects import DATATYPE_MSG_TYPE, DataObjects
from pyfive.datatype_msg import DatatypeMessage
from pyfive.p5t import P5EnumType

from weightscope.errors import FileError
from weightscope.inspection import Array
from weightscope.source.shown import shown

_NOT_KERAS = "inspect a file that Keras wrote"
_FLOAT_CLASS = 1
_OPAQUE_CLASS = 5
_KINDS = "biuf"

#: Bytes, exponent bits and mantissa bits of the floating point formats that are told apart.
_FLOATS = {
    (8, 11, 52): "float64",
    (4, 8, 23): "float32",
    (2, 5, 10): "float16",
    (2, 8, 7): "bfloat16",
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

    def decode(self, values: Array) -> Array:
        """Returns values as stored in the machine's byte order, bfloat16 as the same numbers in float32."""
        if self.name == "bfloat16":
            return (values.astype("<u4") << np.uint32(16)).view("<f4").astype(np.float32)
        if self.name == "bool":
            return values.astype(np.bool_)
        return values.astype(values.dtype.newbyteorder("="), copy=False)


def number_type_of(objects: DataObjects, path: str, location: str) -> NumberType:
    """Returns how the numbers of a dataset are stored.

    Raises:
        FileError: They are no numbers: strings, references, compounds, opaque bytes that are not bfloat16.
    """
    message = objects.find_msg_type(DATATYPE_MSG_TYPE)[0]
    start = message["offset_to_message"]
    raw = bytes(objects.msg_data[start : start + message["size"]])
    found = _opaque_type(raw, objects) if raw[0] & 15 == _OPAQUE_CLASS else _parsed_type(raw)
    if found is None:
        raise FileError(location, f"{shown(path)} holds no numbers of a kind that Keras stores", _NOT_KERAS)
    return found


def _opaque_type(raw: bytes, objects: DataObjects) -> NumberType | None:
    """Tells bfloat16, which HDF5 does not know: Keras says so in an attribute (`H5IOStore.__setitem__`)."""
    told = objects.get_attributes().get("dtype")
    size = int.from_bytes(raw[4:8], "little")
    return _bfloat16("<") if size == 2 and told in ("bfloat16", b"bfloat16") else None


@lru_cache(maxsize=64)
def _parsed_type(raw: bytes) -> NumberType | None:
    if raw[0] & 15 == _FLOAT_CLASS:
        return _float_type(raw)
    try:
        kind = DatatypeMessage(raw, 0).ptype
    except NotImplementedError:
        return None
    if isinstance(kind, P5EnumType):
        if kind.dtype.itemsize == 1 and set(kind.mapping) == {"FALSE", "TRUE"}:
            return NumberType("bool", np.dtype(np.int8))
        return None
    dtype = kind.dtype
    return NumberType(dtype.name, dtype) if dtype.kind in _KINDS else None


def _float_type(raw: bytes) -> NumberType | None:
    """Tells floating point formats apart by their bits.

    Source: HDF5 file format specification 3.0, IV.A.2.d; pyfive 1.3.0 takes every float of two bytes for a
        float16.
    """
    size = int.from_bytes(raw[4:8], "little")
    order = ">" if raw[1] & 1 else "<"
    _, _, _, exponent_bits, _, mantissa_bits = struct.unpack_from("<HHBBBB", raw, 8)
    name = _FLOATS.get((size, exponent_bits, mantissa_bits))
    if name == "bfloat16":
        return _bfloat16(order)
    return None if name is None else NumberType(name, np.dtype(f"{order}f{size}"))


def _bfloat16(order: str) -> NumberType:
    return NumberType("bfloat16", np.dtype(f"{order}u2"))
