"""Measures the variables of one checkpoint after the other, and compares each with the one before."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from weightscope.errors import WeightscopeError
from weightscope.inspection import Inspection, Variable
from weightscope.inspection.statistics import STATISTICS, Statistics
from weightscope.inspection.trend import Trend, TrendPoint, VariableTrend
from weightscope.inspection.variable_filter import VariableFilter, select_variables
from weightscope.measure.compare.settings import Tolerance
from weightscope.measure.compare.values import compare_values
from weightscope.measure.listing.choice import SORT, SORT_ALIASES, SORT_KEYS
from weightscope.measure.listing.sort_key import no_such_key
from weightscope.measure.statistics.gathering import gather_statistics
from weightscope.measure.statistics.statistics import has_order
from weightscope.measure.trend.findings import find_in_trend

Result = TypeVar("Result")

#: The L2 norm of the difference to the checkpoint before, over its L2 norm.
CHANGE = "change"

#: What `--of` takes.
MEASURES = (*STATISTICS, CHANGE)

#: The keys that variables are sorted by.
TREND_SORT_KEYS = (*SORT_KEYS, CHANGE)


@dataclass(frozen=True, slots=True)
class TrendSettings:
    """What to measure.

    Attributes:
        measures: Names of `MEASURES`.
        wanted: The variables.
        optimizer: Whether the optimizer's variables are measured too.
        sort: One of `TREND_SORT_KEYS`; a measure sorts by its last known value.
        top: The most sorted variables to list; None for all. Findings are about all variables.
    """

    measures: tuple[str, ...] = tuple(STATISTICS)
    wanted: VariableFilter = field(default_factory=VariableFilter)
    optimizer: bool = False
    sort: str = "model"
    top: int | None = None

    def __post_init__(self) -> None:
        """Checks the sort key.

        Raises:
            UsageError: There is no such key.
        """
        if self.sort not in TREND_SORT_KEYS:
            raise no_such_key(self.sort, TREND_SORT_KEYS, SORT_ALIASES)


def _raise(error: WeightscopeError) -> None:
    raise error


def measure_trend(
    checkpoints: Iterable[Inspection], settings: TrendSettings, on_error: Callable[[WeightscopeError], None] = _raise
) -> Trend:
    """Returns the chosen measures of each variable in each checkpoint, and what is found in them.

    Checkpoints are read one after the other; of those before, only the measures are kept.

    Args:
        checkpoints: In the order of the training.
        settings: What to measure.
        on_error: Called if values cannot be read: the checkpoint is left out, or its changes are unknown.
    """
    locations: list[str] = []
    followed: dict[str, _Followed] = {}
    for checkpoint in checkpoints:
        variables = checkpoint.all_variables if settings.optimizer else checkpoint.variables
        chosen = [one for one in select_variables(variables, settings.wanted) if _is_measured(one)]
        found = _tried(partial(_statistics, chosen), on_error)
        if found is None:
            continue
        place = len(locations)
        locations.append(checkpoint.source.location)
        asks_for_changes = CHANGE in (*settings.measures, settings.sort)
        changes = (_tried(partial(_changes, followed, chosen, place), on_error) if asks_for_changes else None) or {}
        for variable, statistics in zip(chosen, found, strict=True):
            path = variable.info.path
            point = _point(variable, statistics, changes.get(path))
            followed.setdefault(path, _Followed(variable)).add(place, variable, point, statistics)
    whole = [one.trend(len(locations)) for one in followed.values()]
    unmoved = _tried(partial(_unmoved, [one for one in followed.values() if one.looks_unmoved]), on_error) or set()
    findings = find_in_trend(Trend(tuple(locations), MEASURES, tuple(whole)), unmoved)
    listed = tuple(_of_measures(one, settings.measures) for one in _sorted(whole, settings.sort)[: settings.top])
    return Trend(tuple(locations), settings.measures, listed, tuple(findings))


def _tried(compute: Callable[[], Result], on_error: Callable[[WeightscopeError], None]) -> Result | None:
    """Returns a result; None if values cannot be read, after a call of `on_error`."""
    try:
        return compute()
    except WeightscopeError as error:
        on_error(error)
        return None


class _Followed:
    """A variable, from the first checkpoint that has it to the last.

    Attributes:
        first: The variable in the first of them.
        last: The variable in the last of them.
        looks_unmoved: Whether there are several, and its statistics are the same in all of them.
    """

    def __init__(self, first: Variable) -> None:
        self.first = self.last = first
        self.looks_unmoved = False
        self._place = -1
        self._points: dict[int, TrendPoint] = {}
        self._statistics: Statistics | None = None

    def add(self, place: int, variable: Variable, point: TrendPoint, statistics: Statistics) -> None:
        """Adds the variable of the next checkpoint that has it."""
        if self._statistics is None:
            self._statistics = statistics
        else:
            may_be_unmoved = self.looks_unmoved or len(self._points) == 1
            is_alike = (
                statistics.elements > 0
                and statistics == self._statistics
                and variable.info.shape == self.first.info.shape
            )
            self.looks_unmoved = may_be_unmoved and is_alike
        self._points[place] = point
        self.last = variable
        self._place = place

    def at(self, place: int) -> Variable | None:
        """Returns the variable if the checkpoint of a place is the last that had it."""
        return self.last if self._place == place else None

    def trend(self, checkpoints: int) -> VariableTrend:
        """Returns its measures in each checkpoint."""
        return VariableTrend(self.last.info, tuple(self._points.get(place) for place in range(checkpoints)))


def _statistics(variables: Sequence[Variable]) -> list[Statistics]:
    return [one.statistics() for one in gather_statistics(variables)]


def _is_measured(variable: Variable) -> bool:
    return variable.has_values and has_order(variable.info)


def _point(variable: Variable, statistics: Statistics, change: float | None) -> TrendPoint:
    numbers = {name: one.of(statistics) for name, one in STATISTICS.items()}
    return TrendPoint(variable.info.shape, {**numbers, CHANGE: change})


def _changes(before: dict[str, _Followed], now: Sequence[Variable], place: int) -> dict[str, float | None]:
    """Returns how far each variable moved since the checkpoint before, if that has it in the same shape."""
    pairs = []
    for variable in now:
        followed = before.get(variable.info.path)
        last = followed.at(place - 1) if followed is not None else None
        if last is not None and last.info.shape == variable.info.shape:
            pairs.append((last, variable))
    changes: dict[str, float | None] = {}
    for (_, variable), compared in zip(pairs, compare_values(pairs, Tolerance()), strict=True):
        changes[variable.info.path] = compared.numbers().relative_l2 if compared.is_computed else 0.0
    return changes


def _unmoved(candidates: Sequence[_Followed]) -> set[str]:
    """Returns the paths of variables whose values in the last checkpoint are those in the first."""
    compared = compare_values([(one.first, one.last) for one in candidates], Tolerance())
    return {one.last.info.path for one, result in zip(candidates, compared, strict=True) if not result.is_computed}


def _sorted(variables: Sequence[VariableTrend], key: str) -> list[VariableTrend]:
    """Returns the variables by a key: the largest number first, and last those whose number is unknown."""
    if key in SORT:
        by = SORT[key]
        return list(variables) if by is None else sorted(variables, key=lambda one: by(one.info))

    def place(variable: VariableTrend) -> float:
        known = [one for one in variable.numbers(key) if one is not None and not math.isnan(one)]
        return -known[-1] if known else math.inf

    return sorted(variables, key=place)


def _of_measures(one: VariableTrend, measures: tuple[str, ...]) -> VariableTrend:
    points = tuple(
        None if point is None else replace(point, numbers={name: point.numbers[name] for name in measures})
        for point in one.points
    )
    return replace(one, points=points)
