"""An overview of what differs between two models, for a page that shows all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weightscope.inspection.difference import Comparison
from weightscope.inspection.inspection import Inspection
from weightscope.inspection.statistics import Statistics


@dataclass(frozen=True, slots=True)
class PairOverview:
    """All that a page shows of two models.

    Attributes:
        a: The first model.
        b: The second model.
        comparison: What differs, without equal pairs; `layers` has all layers, in the order of A.
        statistics_a: The statistics of variables of A that differ, by path.
        statistics_b: The same for B.
    """

    a: Inspection
    b: Inspection
    comparison: Comparison
    statistics_a: Mapping[str, Statistics]
    statistics_b: Mapping[str, Statistics]
