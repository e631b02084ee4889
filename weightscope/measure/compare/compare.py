"""Brings it together: variables paired, their values compared, what differs told in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from weightscope.errors import UsageError
from weightscope.inspection import Inspection, Note, Variable
from weightscope.inspection.difference import (
    Comparison,
    ComparisonTotals,
    Difference,
    LayerDifference,
    Match,
    Numbers,
)
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.compare.compared import Compared, describe
from weightscope.measure.compare.findings import frozen_findings, swapped_layers
from weightscope.measure.compare.matching import Matching, match_variables
from weightscope.measure.compare.stored_order import stored_order
from weightscope.measure.compare.sums import Sums
from weightscope.measure.compare.values import NO_NUMBERS, Tolerance, compare_values
from weightscope.measure.scan import Progress

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
    """

    match: Match = "path"
    tolerance: Tolerance = field(default_factory=Tolerance)
    wanted: VariableFilter = field(default_factory=VariableFilter)
    sort: str = "model"
    top: int | None = None
    by_layer: bool = False
    include_equal: bool = True
    frozen: bool = False


def compare(a: Inspection, b: Inspection, settings: Settings, progress: Progress | None = None) -> Comparison:
    """Returns what differs between the weights of A and B; those of their optimizers where both list them.

    Args:
        a: One model; with `frozen` as it was before the training.
        b: The other one.
        settings: What to compare, and how.
        progress: Told how many bytes were read of one of the two.

    Raises:
        UsageError: `frozen` is asked, and trainability is unknown for all variables of B.
    """
    if settings.frozen and all(variable.info.trainable is None for variable in b.variables):
        raise UsageError(
            b.source.location,
            "it does not say which variables are trainable, so none can be said to be frozen",
            "weightscope diff BEFORE.keras AFTER.keras --frozen: AFTER is a whole model, not weights only",
        )
    of_a, of_b = map(_stored, (a, b))
    matching = match_variables(of_a, of_b, settings.match)
    compared = _compared(matching, settings, progress)
    findings = (*swapped_layers(of_a, of_b), *stored_order(a, b, matching.pairs))
    if settings.frozen:
        findings += frozen_findings(compared)
    shown = [one for one in compared if settings.include_equal or not one.is_equal]
    return Comparison(
        a=a.source,
        b=b.source,
        match=settings.match,
        totals=_totals(compared),
        differences=_sorted([each for one in shown for each in describe(one)], settings),
        findings=findings,
        notes=(*_unloaded("A", a), *_unloaded("B", b), *matching.notes, *_notes(matching, compared, settings)),
        layers=_by_layer(compared, settings) if settings.by_layer else None,
    )


def _stored(inspection: Inspection) -> tuple[Variable, ...]:
    """Returns what the file holds: a variable that it did not fill has new initial values, which say nothing."""
    return tuple(one for one in inspection.all_variables if one.info.role != "unloaded")


def _compared(matching: Matching, settings: Settings, progress: Progress | None) -> list[Compared]:
    chosen = [
        pair
        for pair in matching.pairs
        if settings.wanted.takes(*pair.infos) and not (_is_text(pair.a) and _is_text(pair.b))
    ]
    alike = {
        index: (pair.a, pair.b)
        for index, pair in enumerate(chosen)
        if pair.a is not None and pair.b is not None and pair.a.info.shape == pair.b.info.shape
        if not _is_text(pair.a) and not _is_text(pair.b)
    }
    compared = dict(zip(alike, compare_values(list(alike.values()), settings.tolerance, progress), strict=True))
    found = [Compared(pair, compared.get(index)) for index, pair in enumerate(chosen)]
    differing = {one.layer for one in found if one.values_differ}
    for one in found:
        if one.values is not None and (one.values.is_computed or (settings.by_layer and one.layer in differing)):
            one.values.complete()
    return found


def _is_text(variable: Variable | None) -> bool:
    """Whether a variable's values are neither numbers nor decoded, so that what they say is not compared."""
    return variable is not None and not variable.has_values and variable.info.dtype in NO_NUMBERS


def _unloaded(side: str, inspection: Inspection) -> Iterator[Note]:
    for one in inspection.variables:
        if one.info.role == "unloaded":
            message = f"{one.info.path} is not in the file of {side}: it is not compared"
            yield Note("not-in-file", "note", message, one.info.path)


def _notes(matching: Matching, compared: Sequence[Compared], settings: Settings) -> Iterator[Note]:
    for pair in matching.pairs:
        if pair.a is not None and _is_text(pair.a) and _is_text(pair.b):
            info = pair.a.info
            yield Note("not-compared", "note", f"{info.path} is of dtype {info.dtype}: it is not compared", info.path)
    if matching.pairs and not compared and settings.wanted != VariableFilter():
        patterns = settings.wanted.patterns
        what = f"no variable matches {' or '.join(patterns)}" if patterns else "no variable was chosen to be compared"
        yield Note("nothing-compared", "warning", what)


def _totals(compared: Sequence[Compared]) -> ComparisonTotals:
    return ComparisonTotals(
        equal=sum(one.is_equal for one in compared),
        different=sum(not one.is_equal and one.is_pair for one in compared),
        only_in_a=sum(one.pair.b is None for one in compared),
        only_in_b=sum(one.pair.a is None for one in compared),
    )


def _by_layer(compared: Sequence[Compared], settings: Settings) -> tuple[LayerDifference, ...]:
    layers: dict[str, list[Compared]] = {}
    for one in compared:
        layers.setdefault(one.layer, []).append(one)
    summed = [_layer(owned) for owned in layers.values()]
    shown = [one for one in summed if settings.include_equal or one.different or one.only_in_a or one.only_in_b]
    return tuple(sorted(shown, key=lambda one: _rank(one.numbers, settings.sort))[: settings.top])


def _layer(owned: Sequence[Compared]) -> LayerDifference:
    sums = Sums()
    values = [one.values for one in owned if one.values is not None]
    for each in values:
        sums.merge(each.sums)
    totals = _totals(owned)
    return LayerDifference(
        layer=owned[0].layer,
        layer_class=next((info.layer_class for one in owned for info in one.pair.infos if info.layer_class), None),
        variables=len(owned),
        different=totals.different,
        only_in_a=totals.only_in_a,
        only_in_b=totals.only_in_b,
        numbers=sums.numbers() if values else None,
    )


def _sorted(differences: Sequence[Difference], settings: Settings) -> tuple[Difference, ...]:
    return tuple(sorted(differences, key=lambda one: _rank(one.numbers, settings.sort))[: settings.top])


def _rank(numbers: Numbers | None, sort: str) -> tuple[int, float]:
    """Returns what to sort by: NaN first, and what differs without such a number; then the largest."""
    if sort == "model":
        return (0, 0.0)
    number: float | None = None if numbers is None else getattr(numbers, sort)
    if numbers is None or (number is None and not numbers.changed):
        return (2, 0.0)
    return (0, 0.0) if number is None or math.isnan(number) else (1, -number)
