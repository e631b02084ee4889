"""Sums over the values of A and B, without overflow or underflow."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array
from weightscope.inspection.difference import Numbers
from weightscope.measure.statistics.moments import SAFE_EXPONENT, dot_product

#: If the sum of squares is between these, no square overflowed, and underflow is negligible.
_SAFE_SQUARES = (2.0**-900, 2.0**900)

Precise = npt.NDArray[Any]


@dataclass(slots=True)
class ScaledSum:
    """A sum of products, `total * 2**exponent`; the exponent is even."""

    total: float = 0.0
    exponent: int = 0

    def add(self, total: float, exponent: int) -> None:
        """Adds `total * 2**exponent`."""
        if total == 0.0:
            return
        if self.total == 0.0:
            self.total, self.exponent = total, exponent
            return
        common = max(self.exponent, exponent)
        self.total = math.ldexp(self.total, self.exponent - common) + math.ldexp(total, exponent - common)
        self.exponent = common

    @property
    def root(self) -> ScaledSum:
        """Returns the square root, as a divisor."""
        return ScaledSum(math.sqrt(self.total), self.exponent // 2)

    def over(self, *divisors: ScaledSum) -> float:
        """Returns the sum divided by all of `divisors`; infinite if too large for float64."""
        quotient = self.total / math.prod(divisor.total for divisor in divisors)
        exponent = self.exponent - sum(divisor.exponent for divisor in divisors)
        try:
            return math.ldexp(quotient, exponent)
        except OverflowError:
            return math.copysign(math.inf, quotient)


@dataclass(slots=True)
class Sums:
    """Sums over some positions of A and B.

    Attributes:
        elements: The number of positions.
        changed: The number of positions where A and B differ by more than the tolerance.
        maximum_absolute: The largest `|a - b|`; NaN if a number is compared with NaN.
        not_finite: The number of changed positions where a value is not finite.
        aa: The sum of the squares of A, over positions where both are finite.
        bb: The sum of the squares of B, likewise.
        ab: The sum of the products of A and B, likewise.
        dd: The sum of the squares of their differences, likewise.
    """

    elements: int = 0
    changed: int = 0
    maximum_absolute: float = 0.0
    not_finite: int = 0
    aa: ScaledSum = field(default_factory=ScaledSum)
    bb: ScaledSum = field(default_factory=ScaledSum)
    ab: ScaledSum = field(default_factory=ScaledSum)
    dd: ScaledSum = field(default_factory=ScaledSum)

    def merge(self, other: Sums) -> None:
        """Merges the sums over other positions."""
        self.elements += other.elements
        self.changed += other.changed
        self.reach(other.maximum_absolute)
        self.not_finite += other.not_finite
        for mine, its in ((self.aa, other.aa), (self.bb, other.bb), (self.ab, other.ab), (self.dd, other.dd)):
            mine.add(its.total, its.exponent)

    def reach(self, distance: float) -> None:
        """Updates the largest distance; NaN counts as the largest."""
        if math.isnan(distance) or distance > self.maximum_absolute:
            self.maximum_absolute = distance

    def add_finite(self, a: Precise, b: Precise, d: Precise) -> None:
        """Adds positions where all values are finite.

        Args:
            a: Values of A: one axis, float64 or complex128.
            b: The values of B at the same positions.
            d: The distances between A and B, float64.
        """
        a, square_a, scale_a = _squared(a)
        b, square_b, scale_b = _squared(b)
        d, square_d, scale_d = _squared(d)
        self.aa.add(square_a, 2 * scale_a)
        self.bb.add(square_b, 2 * scale_b)
        self.ab.add(_dot(a, b), scale_a + scale_b)
        self.dd.add(square_d, 2 * scale_d)

    def add_equal(self, values: Array) -> None:
        """Adds to the norms values that A and B share, whose elements are counted already."""
        flat = precise(values).reshape(-1)
        _, square, exponent = _squared(flat if np.isfinite(flat).all() else flat[np.isfinite(flat)])
        for one in (self.aa, self.bb, self.ab):
            one.add(square, 2 * exponent)

    def numbers(self) -> Numbers:
        """Returns the measures of the difference; for equal values the norms may be unknown."""
        if not self.changed and self.maximum_absolute == 0.0:
            return Numbers(0.0, 0.0, None, 0.0)
        if self.not_finite:  # a norm cannot include a distance to a value that is not finite
            return Numbers(self.maximum_absolute, math.nan, math.nan, self.changed / self.elements)
        cosine = self.ab.over(self.aa.root, self.bb.root) if self.aa.total and self.bb.total else None
        return Numbers(
            maximum_absolute=self.maximum_absolute,
            relative_l2=self.dd.root.over(self.aa.root) if self.aa.total else None,
            cosine=None if cosine is None else min(1.0, max(-1.0, cosine)),
            changed=self.changed / self.elements if self.elements else 0.0,
        )


def precise(values: Array) -> Precise:
    """Returns the values as float64, complex ones as complex128."""
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)


def _squared(values: Precise) -> tuple[Precise, float, int]:
    """Returns finite values divided by `2**exponent`, the sum of their squares, and the exponent.

    The exponent is nearly always 0: the sum of the squares is then far from the limits of float64.
    """
    square = _dot(values, values)
    if _SAFE_SQUARES[0] < square < _SAFE_SQUARES[1]:
        return values, square, 0
    scaled, exponent = _scaled(values)
    return scaled, _dot(scaled, scaled), exponent


def _scaled(values: Precise) -> tuple[Precise, int]:
    """Returns finite values divided by `2**exponent`, to add up their squares, and the exponent.

    The exponent is even, and 0 unless the squares are out of the range of float64.
    """
    if values.size == 0:
        return values, 0
    parts = values.view(np.float64)
    magnitude = max(-float(parts.min()), float(parts.max()))
    exponent = math.frexp(magnitude)[1]
    if abs(exponent) <= SAFE_EXPONENT:
        return values, 0
    exponent += exponent % 2
    return np.ldexp(parts, -exponent).view(values.dtype), exponent


def _dot(one: Precise, other: Precise) -> float:
    """Returns the sum of the products; of complex numbers, the real part of the sum of conjugate products."""
    return dot_product(one.view(np.float64), other.view(np.float64))
