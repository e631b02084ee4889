"""Measures the chosen variables of an inspection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.measured import Listing, Measured
from weightscope.inspection.variable_filter import select_variables
from weightscope.measure.listing.choice import Choice
from weightscope.measure.listing.grouping import group_variables, sort_groups
from weightscope.measure.listing.preview import leading_selection, preview_variable
from weightscope.measure.reading.fetching import fetch_together

if TYPE_CHECKING:
    from weightscope.inspection.statistics import Statistics
    from weightscope.measure.reading.gather import Progress
    from weightscope.measure.statistics.statistics import StatisticsGatherer


def list_measured(inspection: Inspection, choice: Choice, progress: Progress | None = None) -> Listing:
    """Returns the chosen variables of `inspection`, measured; only those are read.

    Args:
        inspection: The model.
        choice: Which variables, and which measures.
        progress: Called with the number of bytes read since the last call, if statistics or ids are taken.
    """
    if choice.fingerprint:
        from weightscope.measure.fingerprint.fingerprint import fingerprint as take_fingerprint

        listing = list_measured(inspection, replace(choice, fingerprint=False), progress)
        return replace(listing, fingerprint=take_fingerprint(inspection, progress))
    if choice.by is not None:
        return _grouped(inspection, choice, progress)
    chosen = choice.of(inspection.all_variables)
    if choice.preview > 0:
        fetch_together((variable, leading_selection(variable.info.shape, choice.preview)) for variable in chosen)
    rows = [
        Measured(
            variable.info,
            preview_variable(variable, choice.preview),
            gradient=variable.gradient,
            has_values=variable.has_values,
        )
        for variable in chosen
    ]
    if choice.statistics:
        gathered = _gathered(chosen, progress)
        rows = [replace(row, statistics=_statistics([one])) for row, one in zip(rows, gathered, strict=True)]
    ordered = choice.top_by_statistic(rows) if choice.sorts_by_statistic else tuple(rows)
    return Listing(inspection, ordered, choice.only, has_statistics=choice.statistics, is_verbose=choice.verbose)


def statistics_of_all(variables: Sequence[Variable]) -> Statistics | None:
    """Returns the statistics over all values of several variables that have an order; None if none has."""
    gathered = [one for one in _gathered(variables, None) if one is not None]
    return _statistics(gathered) if gathered else None


def bytes_to_read(inspection: Inspection, choice: Choice) -> int:
    """Returns the number of bytes of the variables whose statistics or ids `choice` asks for."""
    hashed = inspection.totals.bytes if choice.fingerprint else 0
    if not choice.statistics:
        return hashed
    return hashed + sum(variable.info.bytes for variable in choice.of(inspection.all_variables))


def _grouped(inspection: Inspection, choice: Choice, progress: Progress | None) -> Listing:
    chosen = select_variables(inspection.variables, choice.wanted)
    groups = group_variables(chosen, inspection, choice)
    sums = [group.total for group in groups]
    if choice.statistics:
        gathered = _gathered(chosen, progress)
        sums = [
            replace(group.total, statistics=_statistics([gathered[index] for index in group.members]))
            for group in groups
        ]
    return Listing(
        inspection,
        (),
        choice.only,
        sort_groups(sums, choice),
        choice.statistics,
        by=choice.by or "layer",
        of_groups=len(group_variables(inspection.variables, inspection, choice)),
    )


def _gathered(variables: Sequence[Variable], progress: Progress | None) -> list[StatisticsGatherer | None]:
    """Returns the statistics of each variable; None for variables without values or without an order of values."""
    from weightscope.measure.statistics.gathering import gather_statistics  # a listing without statistics needs neither
    from weightscope.measure.statistics.statistics import has_order

    measurable = [variable.has_values and has_order(variable.info) for variable in variables]
    ordered = [variable for variable, is_ordered in zip(variables, measurable, strict=True) if is_ordered]
    gathered = iter(gather_statistics(ordered, progress))
    return [next(gathered) if is_ordered else None for is_ordered in measurable]


def _statistics(gathered: Sequence[StatisticsGatherer | None]) -> Statistics | None:
    """Returns the statistics of all variables together; None if the values of one have no order."""
    from weightscope.measure.statistics.statistics import StatisticsGatherer

    whole = StatisticsGatherer()
    for one in gathered:
        if one is None:
            return None
        whole.merge(one)
    return whole.statistics()
