"""The scale that the distributions of one table share: cells between the same edges, from one end to the other."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low
from sys import float_info

from weightscope.inspection.statistics import Histogram, Statistics

#: The cells of a distribution; an even number, so that 0 may be the middle.
CELLS = 16

#: A distribution that is narrower than these cells of equal width shows nothing of its form.
_FEWEST_CELLS = 3

#: A variable that reaches so many times as far as the median one does not count: the state of a seed, say.
_OUTLIER = 1024

#: Of the narrowest cell: half of it is still a number of float64.
_SMALLEST_EXPONENT = -1070

#: A cell spans at most two doublings: with four, distributions that differ by a factor of ten looked alike.
_MOST_DOUBLINGS = 2


@dataclass(frozen=True, slots=True)
class SparkScale:
    """Where the cells of the distributions of a table begin and end.

    Cells are equally wide where this shows the form of every distribution. Else they grow from 0 in both directions:
    each cell reaches twice, or four times, as far as the one before.

    Attributes:
        edges: From the lowest to the highest, one more than there are cells. They are multiples of a power of two, as
            the edges of histograms are, so that a bin lies in one cell unless it is wider.
    """

    edges: tuple[float, ...]

    @classmethod
    def of(cls, statistics: Iterable[Statistics | None]) -> SparkScale | None:
        """Returns the scale of all variables that have a distribution, but for outliers; None if there are none."""
        lows, highs = array("d"), array("d")  # a hundred thousand pairs of numbers would take 20 MiB
        for one in statistics:
            if one is not None and one.minimum is not None and one.maximum is not None and one.minimum != one.maximum:
                lows.append(one.minimum)
                highs.append(one.maximum)
        if not lows:
            return None
        far = _OUTLIER * median_low(map(_reach, lows, highs))
        near = [place for place in range(len(lows)) if _reach(lows[place], highs[place]) <= far]
        edges = _equal_edges(min(lows[place] for place in near), max(highs[place] for place in near))
        narrowest = min(highs[place] / 2 - lows[place] / 2 for place in near)
        if narrowest >= _FEWEST_CELLS * (edges[1] / 2 - edges[0] / 2):
            return cls(edges)
        largest = [_reach(lows[place], highs[place]) for place in near]
        return cls(_growing_edges(max(largest), min(map(_reach, lows, highs))))

    @property
    def words(self) -> str:
        """Its ends: `-4 to 4`."""
        return " to ".join(self.ends)

    @property
    def heading(self) -> str:
        """Its ends above the ends of the cells, and 0 above the middle if it is there and there is room."""
        low, high = self.ends
        left = f"{low:<{CELLS // 2}}0" if self.edges[CELLS // 2] == 0 and len(low) < CELLS // 2 else low
        return left + " " * max(1, CELLS - len(left) - len(high)) + high

    @property
    def ends(self) -> tuple[str, str]:
        """The lowest and the highest edge."""
        return f"{self.edges[0]:.3g}", f"{self.edges[-1]:.3g}"

    def densities(self, histogram: Histogram) -> list[float | None]:
        """Returns the values per width of each cell, relative to the densest cell; None for a cell without values.

        A bin that is wider than cells lies in all of them, and one beyond the ends in none.
        """
        found: list[float | None] = [None] * CELLS
        cells = list(zip(self.edges, self.edges[1:], strict=False))
        # halves, and as shares of the widest: numbers near both ends of float64 stay within it
        halves = [right / 2 - left / 2 for left, right in cells]
        widths = [half / max(halves) for half in halves]
        for left, right, count in zip(histogram.edges, histogram.edges[1:], histogram.counts, strict=False):
            if count and left < self.edges[-1] and right > self.edges[0]:
                low, high = _finite(left), _finite(right)
                first = min(max(bisect_right(self.edges, low) - 1, 0), CELLS - 1)
                for place in range(first, min(max(bisect_left(self.edges, high), first + 1), CELLS)):
                    share = _overlap(cells[place], (low, high))
                    found[place] = (found[place] or 0.0) + count * share / widths[place]
        densest = max((one for one in found if one), default=0.0) or 1.0
        return [None if one is None else one / densest for one in found]


def _reach(low: float, high: float) -> float:
    """Returns how far from 0 the values of a variable are."""
    return max(abs(low), abs(high))


def _overlap(cell: tuple[float, float], bin_edges: tuple[float, float]) -> float:
    """Returns the share of a bin that lies in a cell."""
    left, right = max(cell[0], bin_edges[0]), min(cell[1], bin_edges[1])
    width = bin_edges[1] / 2 - bin_edges[0] / 2
    # halves, since the distance of two numbers may leave float64
    return 1.0 if (left, right) == bin_edges or not width else max(0.0, right / 2 - left / 2) / width


def _equal_edges(low: float, high: float) -> tuple[float, ...]:
    """Returns the edges of `CELLS` cells whose width is the smallest power of two that lets them hold both ends."""
    exponent = max(math.frexp(high / CELLS - low / CELLS)[1] - 1, _SMALLEST_EXPONENT)
    while True:
        width = math.ldexp(1.0, exponent)
        first, last = math.floor(low / width), math.floor(high / width)
        first -= first * width > low  # a tiny number is rounded to 0
        if last - first < CELLS:
            break
        exponent += 1
    if first < 0 <= last and max(-first, last + 1) <= CELLS // 2:
        first = -CELLS // 2  # 0 in the middle
    else:
        first -= (CELLS - (last - first + 1)) // 2
        first = 0 if low >= 0 > first else first
    return tuple(_finite(place * width) for place in range(first, first + CELLS + 1))


def _growing_edges(largest: float, smallest: float) -> tuple[float, ...]:
    """Returns edges around 0, the outermost beyond `largest`; if possible a cell ends within `smallest`."""
    top, steps = math.frexp(largest)[1], CELLS // 2 - 1
    wanted = math.ceil((top - math.frexp(smallest)[1] + 2) / steps)
    doublings = min(max(wanted, 1), _MOST_DOUBLINGS)
    top = max(top, _SMALLEST_EXPONENT + doublings * steps)
    right = [_power(top - doublings * (steps - place)) for place in range(steps + 1)]
    return (*(-edge for edge in reversed(right)), 0.0, *right)


def _power(exponent: int) -> float:
    return _finite(math.ldexp(1.0, min(exponent, 1023)) * (2.0 if exponent > 1023 else 1.0))


def _finite(edge: float) -> float:
    """Returns an edge within float64: the outermost may lie just beyond."""
    return max(-float_info.max, min(float_info.max, edge))
