"""A histogram of values that come block by block, when their range is not yet known.

Bins are as wide as a power of two and begin at multiples of their width. When a value lies outside, bins are joined in
pairs until all fit: whether a value belongs to a bin is decided exactly, one pass is enough, and the result depends on
the values alone, not on how they were cut into blocks or joined again.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array
from weightscope.inspection.statistics import Histogram
from weightscope.measure.reading.scratch import PIECE, SCRATCH
from weightscope.measure.statistics.kernels import Kernels

#: The most bins; more than half are used, unless all values are equal or float64 has no narrower bins.
BINS = 16

#: Values that are gathered, as the numbers of their bins, before they are counted.
_PENDING = 1 << 21

#: The exponents of the smallest number of float64, which no bin is narrower than, and of what is just too large.
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -1074, 1024

#: Widths that float32 can multiply by without leaving its normal range.
_FLOAT32_EXPONENT = 60


class BinCounter:
    """Counts finite values in at most `BINS` bins.

    Attributes:
        minimum: The smallest value so far; infinite before the first.
        maximum: The largest one.
        exponent: A bin is `2**exponent` wide; None while all values are the same.

    Args:
        kernels: Compiled loops to count with.
    """

    def __init__(self, kernels: Kernels | None = None) -> None:
        self._kernels = kernels
        self.minimum = math.inf
        self.maximum = -math.inf
        self.exponent: int | None = None
        # by the number of the bin modulo BINS: of consecutive bins none collide
        self._counts: npt.NDArray[np.int64] = np.zeros(BINS, np.int64)
        self._same = 0
        self._pending: npt.NDArray[np.uint8] | None = None
        self._filled = 0

    def add(self, values: Array, minimum: float, maximum: float) -> None:
        """Counts `values`: one axis, float32 or float64, finite, between `minimum` and `maximum`."""
        if values.size == 0:
            return
        self._reach(float(minimum), float(maximum))
        if self.exponent is None:
            self._same += values.size
        elif self._kernels is not None and values.dtype == np.float32 and abs(self.exponent) <= _FLOAT32_EXPONENT:
            self._kernels.count_bins(values, np.float32(2.0**-self.exponent), self.exponent > 0, self._counts)
        elif values.size < BINS * BINS:
            codes = np.empty(values.size, np.uint8)
            _encode(values, self.exponent, codes)
            self._counts += np.bincount(codes, minlength=BINS)
        else:
            _encode(values, self.exponent, self._room_for(values.size))

    def settle(self) -> None:
        """Counts what is pending, and frees its memory."""
        self._count_pending()
        self._pending = None

    def merge(self, other: BinCounter) -> None:
        """Merges the counts of another one."""
        if other.minimum > other.maximum:
            return
        other.settle()
        self._reach(other.minimum, other.maximum)
        if self.exponent is None:
            self._same += other._same
            return
        if other.exponent is None:
            self._counts[_bin(other.minimum, self.exponent) % BINS] += other._same
        else:
            first = _bin(other.minimum, other.exponent)
            self._counts += _rolled(other._counts, first, self.exponent - other.exponent)

    def __getstate__(self) -> dict[str, Any]:
        """Returns what it is pickled as: what was counted, without the room to count in."""
        self.settle()
        return {**vars(self), "_kernels": None}

    def histogram(self) -> Histogram | None:
        """Returns the bins from that of the smallest value to that of the largest; None without values.

        When all values are the same, there is one bin without width.
        """
        if self.minimum > self.maximum:
            return None
        if self.exponent is None:
            return Histogram((self.minimum, self.maximum), (self._same,))
        self._count_pending()
        first, last = _bin(self.minimum, self.exponent), _bin(self.maximum, self.exponent)
        counts = np.roll(self._counts, -(first % BINS))[: last + 1 - first]
        return Histogram(_edges(first, last, self.exponent), tuple(counts.tolist()))

    def _reach(self, minimum: float, maximum: float) -> None:
        """Widens the bins until they hold `minimum` and `maximum` too."""
        minimum, maximum = min(minimum, self.minimum), max(maximum, self.maximum)
        if (minimum, maximum) == (self.minimum, self.maximum):
            return
        if minimum < maximum:
            exponent = _exponent(minimum, maximum)
            if self.exponent is None:
                if self._same:
                    self._counts[_bin(self.minimum, exponent) % BINS] = self._same
            elif exponent > self.exponent:
                self._count_pending()
                first = _bin(self.minimum, self.exponent)
                self._counts = _rolled(self._counts, first, exponent - self.exponent)
            self.exponent = exponent
        self.minimum, self.maximum = minimum, maximum

    def _room_for(self, count: int) -> npt.NDArray[np.uint8]:
        """Returns where the next `count` numbers of bins are to be put, which are counted later."""
        if self._pending is None:
            self._pending = np.empty(_PENDING, np.uint8)
        if self._filled + count > _PENDING:
            self._count_pending()
        self._filled += count
        return self._pending[self._filled - count : self._filled]

    def _count_pending(self) -> None:
        if self._pending is not None and self._filled:
            self._counts += _counted(self._pending[: self._filled])
            self._filled = 0


def _counted(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Counts numbers below 16, four at a time: `numpy.bincount` takes a nanosecond for each number it is given."""
    whole = codes.size - codes.size % 4
    four = codes[:whole].view(np.uint32)
    joint: npt.NDArray[np.int64] = np.zeros(BINS**4, np.int64)
    for start in range(0, four.size, PIECE):
        part = four[start : start + PIECE]
        packed, numbers = SCRATCH.words[: part.size], SCRATCH.numbers[: part.size]
        np.right_shift(part, np.uint32(12), out=packed)
        np.bitwise_or(packed, part, out=packed)
        np.bitwise_and(packed, np.uint32(0xFFFF), out=packed)
        np.copyto(numbers, packed)
        joint += np.bincount(numbers, minlength=BINS**4)
    two = joint.reshape(BINS**2, BINS**2)
    one = (two.sum(axis=0) + two.sum(axis=1)).reshape(BINS, BINS)
    counts: npt.NDArray[np.int64] = one.sum(axis=0) + one.sum(axis=1)
    return counts + np.bincount(codes[whole:], minlength=BINS)


def _encode(values: Array, exponent: int, codes: npt.NDArray[np.uint8]) -> None:
    """Puts the number of each value's bin, modulo `BINS`, into `codes`."""
    if values.dtype == np.float32 and abs(exponent) <= _FLOAT32_EXPONENT:
        scaled: Array = SCRATCH.singles[: values.size]
        if exponent > 0:  # so that nothing small is lost by the multiplication
            values = np.floor(values, out=scaled)
        np.multiply(values, np.float32(2.0**-exponent), out=scaled)
    else:
        whole = np.floor(values) if exponent > 0 else values
        scaled = np.ldexp(whole.astype(np.float64, copy=False), -exponent)
    np.floor(scaled, out=scaled)
    if scaled.dtype == np.float32 and max(abs(scaled[0]), abs(scaled[-1])) + BINS < 128:
        np.copyto(codes.view(np.int8), scaled, casting="unsafe")
    else:
        codes[...] = scaled.astype(np.int64)
    codes &= np.uint8(BINS - 1)


def _exponent(minimum: float, maximum: float) -> int:
    """Returns the smallest exponent whose bins hold both."""
    distance = maximum - minimum
    reach = math.frexp(distance)[1] if math.isfinite(distance) else _LARGEST_EXPONENT
    exponent = max(reach - BINS.bit_length() - 1, _SMALLEST_EXPONENT)
    while _bin(maximum, exponent) - _bin(minimum, exponent) >= BINS:
        exponent += 1
    return exponent


def _bin(value: float, exponent: int) -> int:
    """Returns the number of the bin that a value lies in: the largest whole number of widths that it reaches."""
    mantissa, own = math.frexp(value)
    shift = own - 53 - exponent
    whole = int(math.ldexp(mantissa, 53))
    return whole << shift if shift >= 0 else whole >> -shift


def _edges(first: int, last: int, exponent: int) -> tuple[float, ...]:
    """Returns where each bin begins, and where the last one ends; the outermost edges may lie beyond float64."""
    with np.errstate(over="ignore"):
        return tuple(np.ldexp(np.arange(first, last + 2).astype(np.float64), exponent).tolist())


def _rolled(counts: npt.NDArray[np.int64], first: int, doublings: int) -> npt.NDArray[np.int64]:
    """Returns the counts of bins from `first` on as those of bins `2**doublings` as wide."""
    rolled = np.zeros(BINS, np.int64)
    for number in range(first, first + BINS):
        rolled[(number >> doublings) % BINS] += counts[number % BINS]
    return rolled
