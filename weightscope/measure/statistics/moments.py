"""Mean, deviation and norm of values that come block by block, without overflow and without cancellation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from weightscope.inspection import Array

#: Values between 2**-450 and 2**450 can be squared, and 2**64 such squares added up, within float64.
SAFE_EXPONENT = 450

#: If the spread is a smaller share of the sum of squares than this, the mean is subtracted before squaring.
_CANCELLATION = 1e-3

#: Values whose products are added up in one call. OpenBLAS starts threads for more than 10,000, which wait for each
#: other in busy loops: on two processors that are taken, statistics from Python took twelve times the CPU.
_ADDED_AT_ONCE = 8192


@dataclass(slots=True)
class Moments:
    """The first two moments of some finite numbers, each divided by `2**exponent`.

    Attributes:
        count: How many numbers.
        mean: Of the scaled numbers.
        spread: The sum of the squares of their distances from the mean.
        exponent: 0 but for numbers whose squares float64 does not hold.

    Source: T. F. Chan, G. H. Golub, R. J. LeVeque, *Updating formulae and a pairwise algorithm for computing sample
        variances*, 1979, for `merge`.
    """

    count: int = 0
    mean: float = 0.0
    spread: float = 0.0
    exponent: int = 0

    @classmethod
    def of(cls, values: Array, magnitude: float) -> Moments:
        """Returns the moments of `values`: one axis, float64, finite, of which the largest magnitude is `magnitude`."""
        if values.size == 0 or magnitude == 0.0:
            return cls(values.size)
        exponent = math.frexp(magnitude)[1]
        if abs(exponent) <= SAFE_EXPONENT:
            exponent = 0
        else:
            values = np.ldexp(values, -exponent)
        count = values.size
        total = float(values.sum())
        found = cls.of_sums(count, total, dot_product(values, values), exponent)
        if found is not None:
            return found
        mean = total / count
        centred = values - mean
        rest = float(centred.sum())
        mean += rest / count
        return cls(count, mean, max(0.0, dot_product(centred, centred) - rest * rest / count), exponent)

    @classmethod
    def of_sums(cls, count: int, total: float, squares: float, exponent: int = 0) -> Moments | None:
        """Returns the moments of numbers whose sum and sum of squares are known; None if too many digits cancel out."""
        mean = total / count
        spread = squares - total * mean
        return None if spread < _CANCELLATION * squares else cls(count, mean, spread, exponent)

    def merge(self, other: Moments) -> None:
        """Merges the moments of other numbers."""
        if other.count == 0:
            return
        if self.count == 0:
            self.count, self.mean, self.spread, self.exponent = other.count, other.mean, other.spread, other.exponent
            return
        exponent = _common_exponent(self, other)
        mean, spread = self._at(exponent)
        other_mean, other_spread = other._at(exponent)
        count = self.count + other.count
        apart = other_mean - mean
        self.spread = spread + other_spread + apart * apart * (self.count / count * other.count)
        self.mean = mean + apart * (other.count / count)
        self.count, self.exponent = count, exponent

    @property
    def arithmetic_mean(self) -> float:
        """The mean."""
        return _unscaled(self.mean, self.exponent)

    @property
    def standard_deviation(self) -> float:
        """The square root of the mean squared distance from the mean."""
        return _unscaled(math.sqrt(self.spread / self.count), self.exponent)

    @property
    def l2_norm(self) -> float:
        """The square root of the sum of the squares."""
        return _unscaled(math.sqrt(self.spread + self.count * self.mean * self.mean), self.exponent)

    def _at(self, exponent: int) -> tuple[float, float]:
        """Returns mean and spread scaled by another, larger exponent."""
        return math.ldexp(self.mean, self.exponent - exponent), math.ldexp(self.spread, 2 * (self.exponent - exponent))


def _common_exponent(one: Moments, other: Moments) -> int:
    """Returns the exponent of the larger numbers; numbers that are all 0 have none of their own."""
    if one.mean == one.spread == 0.0:
        return other.exponent
    if other.mean == other.spread == 0.0:
        return one.exponent
    return max(one.exponent, other.exponent)


def _unscaled(number: float, exponent: int) -> float:
    try:
        return math.ldexp(number, exponent)
    except OverflowError:
        return math.copysign(math.inf, number)


def dot_product(one: Array, other: Array) -> float:
    """Returns the sum of the products of two arrays: one axis, float64, contiguous.

    This thread computes it alone, so that the result is the same with any number of processors. A sum beyond float64
    is infinite.
    """
    whole = one.size - one.size % _ADDED_AT_ONCE
    rows, columns = one[:whole].reshape(-1, 1, _ADDED_AT_ONCE), other[:whole].reshape(-1, _ADDED_AT_ONCE, 1)
    with np.errstate(all="ignore"):
        return float(np.matmul(rows, columns).sum() + np.dot(one[whole:], other[whole:]))
