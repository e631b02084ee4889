"""The options of a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from weightscope.errors import UsageError
from weightscope.inspection.difference import Match
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.listing.sort_key import no_such_key

#: The keys of `--sort`: the order of A, or the largest of a number first.
SORT = ("model", "maximum_absolute", "relative_l2", "changed")

#: Other names of the keys of `--sort`.
SORT_ALIASES = {
    "max": "maximum_absolute",
    "maximum": "maximum_absolute",
    "l2": "relative_l2",
    "size": "relative_l2",
    "share": "changed",
}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The largest difference between equal values: `|a - b| <= absolute + relative * |b|`, as in numpy."""

    relative: float = 0.0
    absolute: float = 0.0

    def __post_init__(self) -> None:
        """Checks that both numbers are finite and not negative.

        Raises:
            UsageError: One is negative or not finite.
        """
        for name, number in (("rtol", self.relative), ("atol", self.absolute)):
            if not 0.0 <= number < math.inf:
                raise UsageError(f"{name} {number}", "no tolerance", f"{name} 1e-5, or 0 for none")


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """The options of a comparison.

    Attributes:
        match: How variables are paired.
        tolerance: The largest difference between equal values.
        wanted: Which variables to compare, by their records in A or in B.
        sort: One of `SORT`.
        top: The most sorted differences to list; None for all. Totals include all differences.
        by_layer: Whether to sum the differences by layer.
        include_equal: Whether to list equal pairs too.
        frozen: Whether A is the model before and B after training, to report frozen weights that changed.
        optimizer: Whether to compare the variables of the optimizers too, if they are listed.
    """

    match: Match = "path"
    tolerance: Tolerance = field(default_factory=Tolerance)
    wanted: VariableFilter = field(default_factory=VariableFilter)
    sort: str = "model"
    top: int | None = None
    by_layer: bool = False
    include_equal: bool = True
    frozen: bool = False
    optimizer: bool = True

    def __post_init__(self) -> None:
        """Checks the sort key.

        Raises:
            UsageError: There is no such key.
        """
        if self.sort not in SORT:
            raise no_such_key(self.sort, SORT, SORT_ALIASES)
