"""What a listing with statistics says about a model in a few numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from weightscope.inspection.measured import Listing
from weightscope.measure.check.training import is_untrained, untrained_weights
from weightscope.measure.check.values import untrained_normalization


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on the listed variables.

    Attributes:
        nan: How many values are NaN.
        infinite: How many values are infinite.
        strange: The paths of the variables (or the names of the groups) that hold such values.
        normalizations: How many normalizations never saw data, by the rule that finds them.
        kernels: How many kernels still have the values of their initializers.
        is_untrained: Whether this is true of the whole model.
    """

    nan: int
    infinite: int
    strange: tuple[str, ...]
    normalizations: Mapping[str, int]
    kernels: int
    is_untrained: bool


def verdict_of(listing: Listing) -> Verdict:
    """Returns the verdict; on a listing of sums only values that are not finite are known."""
    rows = [(row.info.path, row.statistics) for row in listing.rows]
    rows += [(group.name or "?", group.statistics) for group in listing.groups or ()]
    known = [(name, its) for name, its in rows if its is not None]
    measured = [
        (row.info, row.statistics)
        for row in listing.rows
        if row.statistics is not None and row.info.role != "optimizer"
    ]
    layers = listing.inspection.layers
    kernels = {one.variable or "" for one in untrained_weights(measured, layers)}
    return Verdict(
        nan=sum(its.nan for _, its in known),
        infinite=sum(its.positive_infinity + its.negative_infinity for _, its in known),
        strange=tuple(name for name, its in known if its.finite < its.elements),
        normalizations=Counter(one.code for one in untrained_normalization(measured)),
        kernels=len(kernels),
        is_untrained=listing.listed is None and is_untrained(measured, layers, kernels),
    )
