"""Measures the chosen variables of an inspection."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.lazy import Lazy, chosen
from weightscope.inspection.measured import GroupSum, Listing, Measured
from weightscope.inspection.variable_filter import select_variables
from weightscope.measure.listing.choice import Choice
from weightscope.measure.listing.grouping import Groups, sort_groups
from weightscope.measure.listing.preview import leading_selection, preview_variable
from weightscope.measure.reading.fetching import fetch_together
from weightscope.measure.statistics.packed import packed_previews, packed_statistics

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
    variables = choice.of(inspection.all_variables)
    if choice.preview > 0:
        fetch_together((variable, leading_selection(variable.info.shape, choice.preview)) for variable in variables)
    previews = packed_previews(preview_variable(variable, choice.preview) for variable in variables)
    statistics = packed_statistics(_statistics_of_each(variables, progress)) if choice.statistics else None

    def row(place: int) -> Measured:
        variable = variables[place]
        its = None if statistics is None else statistics[place]
        return Measured(variable.info, previews[place], its, variable.gradient, variable.has_values)

    rows = Lazy(len(variables), row)
    ordered = choice.top_by_statistic(rows) if choice.sorts_by_statistic else rows
    return Listing(inspection, ordered, choice.only, has_statistics=choice.statistics, is_verbose=choice.verbose)


def statistics_of_all(variables: Sequence[Variable]) -> Statistics | None:
    """Returns the statistics over all values of several variables that have an order; None if none has."""
    from weightscope.measure.statistics.statistics import StatisticsGatherer

    whole, has_any = StatisticsGatherer(), False
    for one in filter(None, _gathered(variables, None)):
        whole.merge(one)
        has_any = True
    return whole.statistics() if has_any else None


def bytes_to_read(inspection: Inspection, choice: Choice) -> int:
    """Returns the number of bytes of the variables whose statistics or ids `choice` asks for."""
    hashed = inspection.totals.bytes if choice.fingerprint else 0
    if not choice.statistics:
        return hashed
    return hashed + sum(variable.info.bytes for variable in choice.of(inspection.all_variables))


def _grouped(inspection: Inspection, choice: Choice, progress: Progress | None) -> Listing:
    variables = select_variables(inspection.variables, choice.wanted)
    groups = Groups(variables, inspection, choice)
    sums = groups.sums()
    if choice.statistics:
        statistics = _statistics_of_groups(groups, _gathered(variables, progress))
        sums = _with_statistics(sums, statistics)
    return Listing(
        inspection,
        (),
        choice.only,
        sort_groups(sums, choice),
        choice.statistics,
        by=choice.by or "layer",
        of_groups=len(Groups(inspection.variables, inspection, choice)),
    )


def _with_statistics(sums: Sequence[GroupSum], statistics: Sequence[Statistics | None]) -> Sequence[GroupSum]:
    return Lazy(len(sums), lambda place: replace(sums[place], statistics=statistics[place]))


def _statistics_of_groups(groups: Groups, gathered: Iterator[StatisticsGatherer | None]) -> Sequence[Statistics | None]:
    """Returns the statistics over all variables of each group; None if the values of one have no order.

    Args:
        groups: The groups.
        gathered: The statistics of each variable. Those of a group are merged as they come.
    """
    from weightscope.measure.statistics.statistics import StatisticsGatherer

    merged: dict[int, StatisticsGatherer | None] = {}
    closed = array("L", groups.empty())

    def each() -> Iterator[Statistics | None]:
        for _ in closed:
            yield StatisticsGatherer().statistics()
        for place, one in enumerate(gathered):
            number = groups.numbers[place]
            if number in merged:
                one = _merged(merged[number], one)
            merged[number] = one
            if place == groups.last(number):
                del merged[number]
                closed.append(number)
                yield one.statistics() if one is not None else None

    statistics = packed_statistics(each())
    places = array("L", sorted(range(len(closed)), key=closed.__getitem__))
    return chosen(statistics, places)


def _merged(first: StatisticsGatherer | None, later: StatisticsGatherer | None) -> StatisticsGatherer | None:
    if first is None or later is None:
        return None
    first.merge(later)
    return first


def _statistics_of_each(variables: Sequence[Variable], progress: Progress | None) -> Iterator[Statistics | None]:
    return (one.statistics() if one is not None else None for one in _gathered(variables, progress))


def _gathered(variables: Sequence[Variable], progress: Progress | None) -> Iterator[StatisticsGatherer | None]:
    """Yields the statistics of each variable; None for variables without values or without an order of values."""
    from weightscope.measure.statistics.gathering import gather_statistics  # a listing without statistics needs neither
    from weightscope.measure.statistics.statistics import has_order

    measurable = [variable.has_values and has_order(variable.info) for variable in variables]
    ordered = [variable for variable, is_ordered in zip(variables, measurable, strict=True) if is_ordered]
    gathered = gather_statistics(ordered, progress)
    return (next(gathered) if is_ordered else None for is_ordered in measurable)
