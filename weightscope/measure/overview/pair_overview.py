"""Measures all that a page shows of what differs between two models."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.pair_overview import PairOverview
from weightscope.inspection.statistics import Statistics
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings
from weightscope.measure.reading.gather import Progress
from weightscope.measure.statistics.gathering import gather_statistics
from weightscope.measure.statistics.statistics import has_order


def compare_overview(
    a: Inspection, b: Inspection, settings: CompareSettings, progress: Progress | None = None
) -> PairOverview:
    """Returns the overview of what differs between A and B, with the distributions of variables that differ.

    Args:
        a: One model; if B is a trained A, the model before training.
        b: The other model. Weights that are frozen in it and moved are found.
        settings: The variables to compare.
        progress: Called with the number of bytes of either model read since the last call.
    """
    knows_frozen = any(variable.info.trainable is not None for variable in b.variables)
    chosen = replace(settings, frozen=knows_frozen, by_layer=True, include_equal=True)
    found = compare(a, b, chosen, progress)
    differences = tuple(one for one in found.differences if one.kind != "equal")
    return PairOverview(
        a,
        b,
        replace(found, differences=differences),
        _statistics(a.all_variables, {one.a for one in differences}),
        _statistics(b.all_variables, {one.b for one in differences}),
    )


def _statistics(variables: Sequence[Variable], paths: Collection[str | None]) -> Mapping[str, Statistics]:
    chosen = [one for one in variables if one.info.path in paths and one.has_values and has_order(one.info)]
    gathered = gather_statistics(chosen)
    return {variable.info.path: one.statistics() for variable, one in zip(chosen, gathered, strict=True)}
