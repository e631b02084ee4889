"""Which variables to list, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from weightscope.inspection import Variable, VariableInfo
from weightscope.inspection.lazy import chosen
from weightscope.inspection.measured import GroupBy, GroupSum, Measured
from weightscope.inspection.statistics import STATISTICS
from weightscope.inspection.variable_filter import VariableFilter, select_variables
from weightscope.measure.listing.sort_key import no_such_key

Sortable = TypeVar("Sortable", Measured, GroupSum)

#: The keys of `--sort`, and the sort key of each (the largest first for numbers); None keeps the model's order.
SORT: dict[str, Callable[[VariableInfo], Any] | None] = {
    "model": None,
    "path": lambda info: info.path,
    "parameters": lambda info: -info.parameters,
    "bytes": lambda info: -info.bytes,
}

#: All keys of `--sort`: those above, and the statistics.
SORT_KEYS = (*SORT, *STATISTICS)

#: Other names of the keys of `--sort`.
SORT_ALIASES = {
    "params": "parameters",
    "size": "bytes",
    "name": "path",
    "min": "minimum",
    "max": "maximum",
    "std": "standard_deviation",
    "norm": "l2_norm",
    "l2": "l2_norm",
    "zero": "zeros",
    "inf": "positive_infinity",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of a listing.

    Attributes:
        filters: Patterns on the path, of which any may match; none chooses everything.
        only: A key of `weightscope.inspection.variable_filter.ONLY`, or None.
        sort: A key of `SORT`, or one of `STATISTICS`.
        top: The most sorted variables to list; None for all.
        preview: The number of values to show of each.
        by: The key to sum the variables by; None lists them.
        statistics: Whether to read all values and take their statistics.
        verbose: Whether to show when each variable was created.
        exclude: Patterns on the path, of which none may match.
        depth: With `by` layer, the level below which layers are added to the layer around them; None keeps all.
        fingerprint: Whether to read all values and take the ids of the model.
    """

    filters: tuple[str, ...] = ()
    only: str | None = None
    sort: str = "model"
    top: int | None = None
    preview: int = 5
    by: GroupBy | None = None
    statistics: bool = False
    verbose: bool = False
    exclude: tuple[str, ...] = ()
    depth: int | None = None
    fingerprint: bool = False

    def __post_init__(self) -> None:
        """Checks the sort key.

        Raises:
            UsageError: There is no such key.
        """
        if self.sort not in SORT_KEYS:
            raise no_such_key(self.sort, SORT_KEYS, SORT_ALIASES)

    @property
    def wanted(self) -> VariableFilter:
        """The filter of the variables."""
        return VariableFilter(self.filters, self.exclude, self.only)

    def of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Returns the chosen variables in the order asked for; all of them, unsorted, if that is by a statistic."""
        chosen = select_variables(variables, self.wanted)
        if self.sorts_by_statistic:
            return chosen
        key = SORT[self.sort]
        if key is not None:
            chosen.sort(key=lambda one: key(one.info))
        return chosen[: self.top]

    @property
    def sorts_by_statistic(self) -> bool:
        """Whether the variables are sorted by a statistic of their values."""
        return self.sort in STATISTICS

    def top_by_statistic(self, rows: Sequence[Sortable]) -> Sequence[Sortable]:
        """Returns the rows sorted by the statistic, the largest first, rows without it last."""

        def key(place: int) -> tuple[bool, float]:
            statistics = rows[place].statistics
            number = None if statistics is None else STATISTICS[self.sort].of(statistics)
            return (number is None, 0.0 if number is None else -number)

        return chosen(rows, sorted(range(len(rows)), key=key)[: self.top])
