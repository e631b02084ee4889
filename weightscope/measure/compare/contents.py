"""Hashes of variables' values: equal hashes are equal values, bit by bit."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from weightscope.inspection import Variable
from weightscope.measure.boxes import boxes
from weightscope.measure.scan import READ_BYTES


@dataclass(slots=True)
class Contents:
    """Hashes of values in C order, each variable read once at most."""

    _digests: dict[int, bytes] = field(default_factory=dict)

    def digest(self, variable: Variable) -> bytes:
        """Returns the hash of a variable's values, which are read box by box."""
        known = self._digests.get(id(variable))
        if known is None:
            known = self._digests[id(variable)] = _digest(variable)
        return known


def kind(variable: Variable) -> tuple[tuple[int, ...], str]:
    """Returns what two variables must share to have the same values: shape and dtype."""
    return variable.info.shape, variable.info.dtype


def _digest(variable: Variable) -> bytes:
    info = variable.info
    item_bytes = max(1, info.bytes // max(1, info.parameters))
    scratch = bytearray(READ_BYTES)
    digest = blake2b()
    for box in boxes(info.shape, None, READ_BYTES // item_bytes):
        values = variable.read(box, scratch)
        digest.update(repr(values.tolist()).encode() if values.dtype.hasobject else values.tobytes())
    return digest.digest()
