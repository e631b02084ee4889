"""What a listing with statistics says about a model in a few numbers."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from weightscope.inspection.lazy import Lazy
from weightscope.inspection.measured import Listing, Measured
from weightscope.measure.check.training import InfoAndStatistics, is_untrained, untrained_weights
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
    nan, infinite, strange = 0, 0, []
    rows = ((row.info.path, row.statistics) for row in listing.rows)
    groups = ((group.name or "?", group.statistics) for group in listing.groups or ())
    for name, its in chain(rows, groups):
        if its is not None and its.finite < its.elements:
            nan += its.nan
            infinite += its.positive_infinity + its.negative_infinity
            strange.append(name)
    measured = _measured(listing.rows)
    layers = listing.inspection.layers
    kernels = {one.variable or "" for one in untrained_weights(measured, layers)}
    return Verdict(
        nan=nan,
        infinite=infinite,
        strange=tuple(strange),
        normalizations=Counter(one.code for one in untrained_normalization(measured)),
        kernels=len(kernels),
        is_untrained=listing.listed is None and is_untrained(measured, layers, kernels),
    )


def _measured(rows: Sequence[Measured]) -> Sequence[InfoAndStatistics]:
    """Returns the variables of the model with their statistics, those that have some."""

    def one(place: int) -> InfoAndStatistics:
        row = rows[places[place]]
        assert row.statistics is not None
        return row.info, row.statistics

    places = array(
        "L",
        (place for place, row in enumerate(rows) if row.statistics is not None and row.info.role != "optimizer"),
    )
    return Lazy(len(places), one)
