"""What the user asked to compare, and how."""

from __future__ import annotations

from dataclasses import dataclass, field

from weightscope.inspection.difference import Match
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.compare.values import Tolerance

#: What `--sort` takes: the order of A, or the largest of a number first.
SORT = ("model", "maximum_absolute", "relative_l2", "changed")

#: Other words for the keys that `--sort` takes.
SORT_ALIASES = {"max": "maximum_absolute", "maximum": "maximum_absolute", "l2": "relative_l2", "share": "changed"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked to compare, and how.

    Attributes:
        match: How variables are paired.
        tolerance: How far equal values may be apart.
        wanted: Which variables to compare, by what is known of them in A or in B.
        sort: One of `SORT`.
        top: How many of the sorted differences to list at most; None for all. Totals are of all.
        by_layer: Sum the differences by layer.
        include_equal: List the pairs that are equal too.
        frozen: A is from before, B from after a training: look for weights that should not have moved.
        with_optimizer: Compare the variables of the optimizers too, where they are listed.
    """

    match: Match = "path"
    tolerance: Tolerance = field(default_factory=Tolerance)
    wanted: VariableFilter = field(default_factory=VariableFilter)
    sort: str = "model"
    top: int | None = None
    by_layer: bool = False
    include_equal: bool = True
    frozen: bool = False
    with_optimizer: bool = True
