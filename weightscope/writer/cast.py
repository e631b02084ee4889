"""Casts values to another floating point dtype, and counts what is lost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array
from weightscope.inspection.export_report import CastLoss

#: The dtypes that values are cast from and to, the widest last.
FLOATS = ("float16", "bfloat16", "float32", "float64")

#: Casts that lose nothing.
_EXACT = {
    ("float16", "float32"),
    ("float16", "float64"),
    ("bfloat16", "float32"),
    ("bfloat16", "float64"),
    ("float32", "float64"),
}


def cast_dtype(dtype: str, wanted: str | None) -> str:
    """Returns the dtype that a variable is written in: floating point is cast, all else stays."""
    return wanted if wanted is not None and dtype in FLOATS else dtype


class Cast:
    """Casts the values of one variable, block by block.

    Attributes:
        source: The dtype of the values; bfloat16 comes as float32.
        target: The dtype to cast to.
    """

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self.target = target
        self._overflow = 0
        self._underflow = 0
        self._largest_error = 0.0

    @property
    def loss(self) -> CastLoss:
        """What was lost so far."""
        return CastLoss(self._overflow, self._underflow, self._largest_error)

    def apply(self, values: Array) -> Array:
        """Returns values in the other dtype, bfloat16 as the float32 that it equals."""
        with np.errstate(all="ignore"):
            found = rounded_to_bfloat16(values) if self.target == "bfloat16" else values.astype(self.target)
            if (self.source, self.target) not in _EXACT:
                self._count(values, found)
        return found

    def _count(self, values: Array, found: Array) -> None:
        was_finite, is_finite = np.isfinite(values), np.isfinite(found)
        self._overflow += int(np.count_nonzero(was_finite & ~is_finite))
        self._underflow += int(np.count_nonzero((found == 0) & (values != 0)))
        error = np.abs(found.astype(np.float64) - values)[was_finite & is_finite]
        if error.size:
            self._largest_error = max(self._largest_error, float(error.max()))


def rounded_to_bfloat16(values: Array) -> npt.NDArray[np.float32]:
    """Returns values rounded to the nearest bfloat16, ties to even, as float32; NaN stays NaN."""
    single = np.ascontiguousarray(values, np.float32).reshape(values.shape)
    bits = single.view(np.uint32)
    rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) & np.uint32(0xFFFF0000)
    quiet = (bits & np.uint32(0xFFFF0000)) | np.uint32(0x00400000)
    return np.where(np.isnan(single), quiet, rounded).view(np.float32)
