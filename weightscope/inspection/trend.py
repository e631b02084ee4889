"""How variables change over the checkpoints of one training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weightscope.inspection.finding import Finding
from weightscope.inspection.variable import VariableInfo


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A variable in one checkpoint.

    Attributes:
        shape: Its shape there.
        numbers: The measures by name; None where a measure is unknown.
    """

    shape: tuple[int, ...]
    numbers: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class VariableTrend:
    """A variable over all checkpoints.

    Attributes:
        info: Its description in the last checkpoint that has it.
        points: One for each checkpoint; None where the checkpoint has no such variable, or its values have no order.
    """

    info: VariableInfo
    points: tuple[TrendPoint | None, ...]

    def numbers(self, name: str) -> list[float | None]:
        """Returns one measure in each checkpoint; None where it is unknown."""
        return [None if point is None else point.numbers[name] for point in self.points]


@dataclass(frozen=True, slots=True)
class Trend:
    """The variables of a training over its checkpoints.

    Attributes:
        locations: The checkpoints in their order; the first is step 1.
        measures: The names of the measures that were asked for.
        variables: In the order of the first checkpoint that has them.
        findings: What is wrong, and what never moved.
    """

    locations: tuple[str, ...]
    measures: tuple[str, ...]
    variables: tuple[VariableTrend, ...]
    findings: tuple[Finding, ...] = ()
