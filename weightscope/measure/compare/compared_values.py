"""The result of comparing the values of a pair, and many such results as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from weightscope.inspection.difference import Numbers
from weightscope.measure.compare.sums import ScaledSum, Sums
from weightscope.measure.statistics.packed import packed


@dataclass(frozen=True, slots=True)
class ComparedValues:
    """The comparison of the values of two variables of the same shape.

    Attributes:
        sums: The sums over all positions; without the norms if all values are equal and no norms were asked for.
        has_numbers: Whether the values of both are numbers.
    """

    sums: Sums
    has_numbers: bool

    @property
    def is_computed(self) -> bool:
        """Whether any two values differ, even within the tolerance."""
        return self.sums.changed > 0 or self.sums.maximum_absolute != 0.0

    def numbers(self) -> Numbers:
        """Returns the measures of the difference."""
        numbers = self.sums.numbers()
        return numbers if self.has_numbers else Numbers(None, None, None, numbers.changed)


def packed_comparisons(results: Iterable[ComparedValues | None]) -> Sequence[ComparedValues | None]:
    """Returns the same results, kept as bytes; None for values that are not compared."""
    return packed(results, _plain, _result)


def _plain(result: ComparedValues | None) -> Any:
    if result is None:
        return None
    sums = result.sums
    scaled = [(one.total, one.exponent) for one in (sums.aa, sums.bb, sums.ab, sums.dd)]
    return result.has_numbers, sums.elements, sums.changed, sums.maximum_absolute, sums.not_finite, scaled


def _result(values: Any) -> ComparedValues | None:
    if values is None:
        return None
    has_numbers, *counts, scaled = values
    return ComparedValues(Sums(*counts, *(ScaledSum(*one) for one in scaled)), has_numbers)
