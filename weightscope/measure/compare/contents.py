"""Hashes of variables' values: equal hashes mean equal values, bit by bit."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from weightscope.inspection import Array, Variable
from weightscope.measure.reading.blocks import block_selections
from weightscope.measure.reading.gather import READ_BYTES

#: The number of leading bytes to compare before two variables are read whole.
_BEGINNING = 1024


@dataclass(slots=True)
class Contents:
    """Hashes of values in C order, each variable read once at most."""

    _digests: dict[int, bytes] = field(default_factory=dict)

    def are_equal(self, one: Variable, other: Variable) -> bool:
        """Whether two variables of the same dtype have the same values in C order; their shapes may differ.

        They are read whole only if their first values are equal.
        """
        if one.info.parameters != other.info.parameters or beginning(one) != beginning(other):
            return False
        return self.digest(one) == self.digest(other)

    def digest(self, variable: Variable) -> bytes:
        """Returns the hash of a variable's values, which are read box by box."""
        known = self._digests.get(id(variable))
        if known is None:
            known = self._digests[id(variable)] = _digest(variable)
        return known


def beginning(variable: Variable) -> bytes:
    """Returns the first bytes of a variable's values; if these differ, the values differ."""
    whole = block_selections(variable.info.shape, None, 4 * _BEGINNING)
    first = variable.read(next(whole)) if variable.info.parameters else np.empty(0)
    return _bytes_of(first)[:_BEGINNING]


def kind(variable: Variable) -> tuple[tuple[int, ...], str]:
    """Returns the shape and dtype, which two variables must share to have the same values."""
    return variable.info.shape, variable.info.dtype


def _digest(variable: Variable) -> bytes:
    info = variable.info
    item_bytes = max(1, info.bytes // max(1, info.parameters))
    scratch = bytearray(READ_BYTES)
    digest = blake2b()
    for box in block_selections(info.shape, None, READ_BYTES // item_bytes):
        values = variable.read(box, scratch)
        digest.update(_bytes_of(values))
    return digest.digest()


def _bytes_of(values: Array) -> bytes:
    return repr(values.reshape(-1).tolist()).encode() if values.dtype.hasobject else values.tobytes()
