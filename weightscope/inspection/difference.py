"""What differs between the weights of two models, A and B."""

from __future__ import annotations

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
    """How far the values of A and B are apart; the same places of both are compared.

    Attributes:
        maximum_absolute: The largest `|a - b|`; NaN where a number stands against NaN, 0 without elements; None where
            the values are no numbers.
        relative_l2: `||a - b|| / ||a||`; None when `||a||` is 0, NaN when values that differ are not finite.
        cosine: Of the angle between A and B; None when one of them is all 0, and when all values are equal, NaN when
            values that differ are not finite.
        changed: The share of the elements that differ by more than the tolerance, from 0 to 1.
    """

    maximum_absolute: float | None
    relative_l2: float | None
    cosine: float | None
    changed: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. A pair that differs in several ways has several.

    Attributes:
        kind: In what.
        a: The variable's path in A; None when only B has it.
        b: Its path in B; None when only A has it.
        message: The difference in words, from A to B.
        numbers: How far apart the values are; None where that was not compared, or is told elsewhere.
        explained: The relation that accounts for the difference exactly: `transposed`, `reshaped`, `swapped with PATH`,
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
    """What the differences of one layer's variables come to.

    Attributes:
        layer: Its path: in A, or in B where A has no such variables.
        layer_class: Its class; None where the source does not tell.
        variables: How many variables there are, with and without a partner.
        different: How many pairs differ.
        only_in_a: How many only A has.
        only_in_b: How many only B has.
        numbers: Over all elements that were compared; None when none were.
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
    """What differs between two models.

    Attributes:
        a: Where A comes from.
        b: Where B comes from.
        match: How variables were paired.
        totals: How many are equal and how many are not, whatever is listed.
        differences: What is to be shown, in the order asked for.
        findings: What is wrong with the two together.
        notes: What the user should know about how they were compared.
        layers: The differences summed by layer, when that was asked for.
    """

    a: SourceInfo
    b: SourceInfo
    match: Match
    totals: ComparisonTotals
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    layers: tuple[LayerDifference, ...] | None = None
