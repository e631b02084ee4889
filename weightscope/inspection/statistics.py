"""Statistics of the values of a variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Histogram:
    """The counts of values between edges.

    Attributes:
        edges: From the smallest to the largest, one more than there are bins; a bin includes its left edge, the last
            one its right edge too.
        counts: How many finite values lie in each bin.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ValueGrid:
    """Few distinct values, as those of a quantized kernel.

    Attributes:
        distinct: How many distinct finite values there are.
        step: The width of the grid that all of them lie on, but for rounding; None where there is no such grid, or
            fewer than three values.
    """

    distinct: int
    step: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics over all elements of a variable, or of several.

    The moments are over the finite values, computed in float64, and None when there are no finite values; extremes of
    whole numbers are whole. A moment that is beyond float64 is infinite.

    Attributes:
        elements: How many there are, finite or not.
        minimum: The smallest finite value.
        maximum: The largest finite value.
        mean: Their arithmetic mean.
        standard_deviation: Of the population, as `numpy.std` has it.
        l2_norm: The square root of the sum of their squares.
        zeros: How many are 0.0 or -0.0.
        nan: How many are not a number.
        positive_infinity: How many are infinite and positive.
        negative_infinity: How many are infinite and negative.
        histogram: Of the finite values; None when there are none.
        grid: The distinct finite values; None when there are none, or more than 256.
    """

    elements: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    standard_deviation: float | None
    l2_norm: float | None
    zeros: int
    nan: int
    positive_infinity: int
    negative_infinity: int
    histogram: Histogram | None
    grid: ValueGrid | None = None

    @property
    def finite(self) -> int:
        """How many values are finite."""
        return self.elements - self.nan - self.positive_infinity - self.negative_infinity


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic that is one number: `--sort` takes its name, and every output has it.

    Attributes:
        description: What it is, for the JSON Schema.
        heading: Of its column in tables and Markdown; None: it is in JSON and CSV only.
        is_count: Whether it is a whole number, 0 for no values; else it is None for no values.
        of: Returns it.
    """

    description: str
    heading: str | None
    is_count: bool
    of: Callable[[Statistics], float | None]


def _number(name: str, description: str, heading: str) -> tuple[str, Statistic]:
    return name, Statistic(description, heading, False, attrgetter(name))


def _count(name: str, description: str, heading: str | None = None) -> tuple[str, Statistic]:
    return name, Statistic(description, heading, True, attrgetter(name))


#: The statistics by name, in the order of every output. A new one is a line here.
STATISTICS: dict[str, Statistic] = dict(
    (
        _number("minimum", "The smallest finite value.", "min"),
        _number("maximum", "The largest finite value.", "max"),
        _number("mean", "The arithmetic mean of the finite values.", "mean"),
        _number("standard_deviation", "The standard deviation of the finite values, as in numpy.std.", "std"),
        _number("l2_norm", "The square root of the sum of the squares of the finite values.", "L2"),
        _count("zeros", "The number of values that are 0.0 or -0.0.", "zeros"),
        _count("nan", "The number of NaN values."),
        _count("positive_infinity", "The number of values that are positive infinity."),
        _count("negative_infinity", "The number of values that are negative infinity."),
    )
)
