"""The differences between the weights of two models, A and B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from weightscope.inspection.finding import Finding
from weightscope.inspection.inspection import SourceInfo

#: What can be said of a pair of variables, or of one without a partner; `equal` when there is nothing else to say.
Kind = Literal["values", "shape", "dtype", "trainable", "renamed", "only-in-a", "only-in-b", "equal"]

#: How variables are paired: all three by path and then by their place in the file; `order` and `values` then pair what
#: is left in the order of the models, or by identical content.
Match = Literal["path", "order", "values"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The distance between the values of A and B, position by position.

    Attributes:
        maximum_absolute: The largest `|a - b|`; NaN if a number is compared with NaN, 0 without elements; None if
            the values are not numbers.
        relative_l2: `||a - b|| / ||a||`; None when `||a||` is 0, NaN when values that differ are not finite.
        cosine: The cosine of the angle between A and B; None if one is all 0 or all values are equal, NaN if
            values that differ are not finite.
        changed: The share of the elements that differ by more than the tolerance, from 0 to 1.
    """

    maximum_absolute: float | None
    relative_l2: float | None
    cosine: float | None
    changed: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. A pair can have several.

    Attributes:
        kind: The kind of the difference.
        a: The variable's path in A; None when only B has it.
        b: Its path in B; None when only A has it.
        message: The difference in words, from A to B.
        numbers: The distance between the values; None if not compared, or given by another difference of the pair.
        explained: The relation that explains the difference exactly: `transposed`, `reshaped`, `swapped with PATH`,
            `quantized` (then values are compared after scaling), `optimizer average`; None where none is known.
    """

    kind: Kind
    a: str | None
    b: str | None
    message: str
    numbers: Numbers | None = None
    explained: str | None = None


@dataclass(frozen=True, slots=True)
class LayerDifference:
    """The differences of one layer's variables, summed.

    Attributes:
        layer: The layer's path in A, or in B if A has no such variables.
        layer_class: The layer's class; None if unknown.
        variables: The number of variables, with and without a partner.
        different: The number of pairs that differ.
        only_in_a: The number of variables that only A has.
        only_in_b: The number of variables that only B has.
        numbers: The distance over all compared elements; None if none were compared.
    """

    layer: str
    layer_class: str | None
    variables: int
    different: int
    only_in_a: int
    only_in_b: int
    numbers: Numbers | None


@dataclass(frozen=True, slots=True)
class ComparisonTotals:
    """How many variables there are of each kind; `compared` is the sum of the others. A pair counts once."""

    equal: int
    different: int
    only_in_a: int
    only_in_b: int

    @property
    def compared(self) -> int:
        """All pairs, and all variables without a partner."""
        return self.equal + self.different + self.only_in_a + self.only_in_b


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of two models.

    Attributes:
        a: The source of A.
        b: The source of B.
        match: How variables were paired.
        totals: The number of equal and different variables, listed or not.
        differences: The differences to show, in the requested order.
        findings: The findings about the two models together.
        notes: Notes on how the models were compared.
        layers: The differences summed by layer, if requested.
    """

    a: SourceInfo
    b: SourceInfo
    match: Match
    totals: ComparisonTotals
    differences: Sequence[Difference]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    layers: tuple[LayerDifference, ...] | None = None
