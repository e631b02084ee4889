"""The axis of the values of a model: equal steps where values are of one size, else steps of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from weightscope.view.pictures.ticks import round_ticks

#: Values of which the largest are at most so many times the smallest stand on an axis with equal steps.
_ONE_SIZE = 20

#: Powers of ten between 0 and the largest magnitude, at most.
_MOST_DECADES = 5

#: Ticks of each side of 0, at most, and their distance from it, at least, as a share of a side: labels take room.
_MOST_TICKS, _NARROWEST = 4, 0.15


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """A symmetric axis around 0.

    Attributes:
        largest: The magnitude at both ends.
        threshold: Below it steps are equal, and above it of powers of ten; None for equal steps all along.
    """

    largest: float
    threshold: float | None = None

    @classmethod
    def of(cls, magnitudes: Iterable[float]) -> ValueAxis:
        """Returns the axis for variables of these largest magnitudes."""
        found = sorted(one for one in magnitudes if one > 0)
        if not found:
            return cls(1.0)
        largest = found[-1]
        if largest / found[0] <= _ONE_SIZE:
            return cls(largest)
        highest = math.ceil(math.log10(largest))
        lowest = max(math.floor(math.log10(found[0])), highest - _MOST_DECADES)
        threshold = 10.0 ** max(lowest, -307)
        return cls(largest, threshold if threshold < largest else None)

    def place(self, value: float) -> float:
        """Returns where a value stands, from -1 to 1."""
        if self.threshold is None:
            return value / self.largest
        return math.copysign(self._steps(abs(value)) / self._steps(self.largest), value)

    def ticks(self) -> tuple[float, ...]:
        """Returns round numbers on the axis, 0 among them."""
        if self.threshold is None:
            return round_ticks(-self.largest, self.largest)
        low, high = round(math.log10(self.threshold)), math.floor(math.log10(self.largest))
        step = -(-(high - low + 1) // _MOST_TICKS)
        powers = [10.0**power for power in range(high, low - 1, -step)]
        right = [tick for tick in powers if self.place(tick) >= _NARROWEST]
        return (*(-tick for tick in right), 0.0, *reversed(right))

    def _steps(self, magnitude: float) -> float:
        return math.log1p(magnitude / (self.threshold or 1.0))
