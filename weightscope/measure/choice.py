"""Which variables to list, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from weightscope.inspection import Variable, VariableInfo
from weightscope.inspection.measured import GroupBy, GroupSum, Measured
from weightscope.inspection.statistics import STATISTICS
from weightscope.inspection.variable_filter import VariableFilter

Row = TypeVar("Row", Measured, GroupSum)

#: What `--sort` takes, and the key it sorts by (the largest first for numbers); None leaves the model's order.
SORT: dict[str, Callable[[VariableInfo], Any] | None] = {
    "model": None,
    "path": lambda info: info.path,
    "parameters": lambda info: -info.parameters,
    "bytes": lambda info: -info.bytes,
}

#: Other words for the keys that `--sort` takes.
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
    """What the user asked to see.

    Attributes:
        filters: Patterns on the path, of which any may match; none chooses everything.
        only: A key of `weightscope.inspection.variable_filter.ONLY`, or None.
        sort: A key of `SORT`, or one of `STATISTICS`.
        top: How many of the sorted variables at most; None for all.
        preview: How many values of each.
        by: What to sum the variables by; None lists them.
        statistics: Whether to read all values and take their statistics.
        verbose: Whether to show when each variable was created.
        exclude: Patterns on the path, of which none may match.
        depth: With `by` layer, the level below which layers are part of the layer that they belong to; None keeps all.
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

    @property
    def wanted(self) -> VariableFilter:
        """Which variables are wanted, whatever their order."""
        return VariableFilter(self.filters, self.exclude, self.only)

    def of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Returns the chosen variables in the order asked for; all of them, unsorted, if that is by a statistic."""
        wanted = self.wanted
        chosen = [one for one in variables if wanted.takes(one.info)]
        if self.sorts_by_statistic:
            return chosen
        key = SORT[self.sort]
        if key is not None:
            chosen.sort(key=lambda one: key(one.info))
        return chosen[: self.top]

    @property
    def sorts_by_statistic(self) -> bool:
        """Whether the values decide the order, and which variables are the top ones."""
        return self.sort in STATISTICS

    def top_by_statistic(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Returns the rows with the largest statistic that it sorts by first, and those that have none last."""

        def key(row: Row) -> tuple[bool, float]:
            number = None if row.statistics is None else STATISTICS[self.sort].of(row.statistics)
            return (number is None, 0.0 if number is None else -number)

        return tuple(sorted(rows, key=key)[: self.top])
