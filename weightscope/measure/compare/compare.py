"""Compares two models: pairs their variables, compares the values, and describes the differences."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence

from weightscope.errors import UsageError
from weightscope.inspection import Finding, Inspection, Variable
from weightscope.inspection.difference import (
    Comparison,
    ComparisonTotals,
    Difference,
    LayerDifference,
    Numbers,
)
from weightscope.inspection.lazy import Lazy, chosen
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.compare.compare_pairs import compare_pairs, is_text
from weightscope.measure.compare.compared import Compared, describe
from weightscope.measure.compare.findings import frozen_findings, swapped_layers
from weightscope.measure.compare.matching import Matching, Pair, match_variables
from weightscope.measure.compare.relations import Averages
from weightscope.measure.compare.settings import CompareSettings
from weightscope.measure.compare.slots import Slots
from weightscope.measure.compare.stored_order import stored_order
from weightscope.measure.compare.sums import Sums
from weightscope.measure.reading.gather import Progress


def compare(a: Inspection, b: Inspection, settings: CompareSettings, progress: Progress | None = None) -> Comparison:
    """Returns the differences between the weights of A and B, and between their optimizers if both list them.

    Args:
        a: One model; with `frozen` the model before training.
        b: The other model.
        settings: The options of the comparison.
        progress: Called with the number of bytes of either model read since the last call.

    Raises:
        UsageError: `frozen` is set, and trainability is unknown for all variables of B.
    """
    if settings.frozen and all(variable.info.trainable is None for variable in b.variables):
        raise UsageError(
            b.source.location,
            "trainability is not stored in this file, so frozen variables are unknown",
            "weightscope diff BEFORE.keras AFTER.keras --frozen: AFTER is a whole model, not weights only",
        )
    of_a, of_b = (_stored(one, optimizer=settings.optimizer) for one in (a, b))
    matching = match_variables(of_a, of_b, settings.match)
    pairs = [pair for pair in matching.pairs if not _is_lone_state(pair)]
    compared = compare_pairs(pairs, settings, _averages(a, b, pairs), progress)
    findings = (*swapped_layers(of_a, of_b), *stored_order(a, b, pairs))
    if settings.frozen:
        findings += frozen_findings(compared, b)
    return Comparison(
        a=a.source,
        b=b.source,
        match=settings.match,
        totals=_totals(compared),
        differences=_sorted(_differences(compared, settings), settings),
        findings=findings,
        notes=(*_unloaded("A", a), *_unloaded("B", b), *matching.notes, *_notes(matching, compared, settings)),
        layers=_by_layer(compared, settings) if settings.by_layer else None,
    )


def _stored(inspection: Inspection, *, optimizer: bool) -> tuple[Variable, ...]:
    """Returns the variables that the file holds; a variable that it did not fill has new initial values."""
    slots = inspection.optimizer or () if optimizer else ()
    return tuple(one for one in (*inspection.variables, *slots) if one.info.role != "unloaded")


def _is_lone_state(pair: Pair) -> bool:
    """Whether only one side lists a state of a metric, seed or counter: not a weight, and not in every format."""
    return (pair.a is None or pair.b is None) and pair.infos[0].role in ("metric", "seed", "untracked")


def _lone_states(matching: Matching) -> tuple[int, int]:
    lone = [pair for pair in matching.pairs if _is_lone_state(pair)]
    return sum(pair.b is None for pair in lone), sum(pair.a is None for pair in lone)


def _averages(a: Inspection, b: Inspection, pairs: Sequence[Pair]) -> Averages:
    kept_a, kept_b = a.optimizer or (), b.optimizer or ()
    if not kept_a and not kept_b:
        return Averages({}, {})
    whole = (pair for pair in pairs if pair.infos[0].role != "optimizer")
    both = [(pair.a, pair.b) for pair in whole if pair.a is not None and pair.b is not None]
    paths = {id(other): one.info.path for one, other in both}
    return Averages(
        Slots.of(kept_a, [one for one, _ in both], {}).averages(kept_a),
        Slots.of(kept_b, [other for _, other in both], paths).averages(kept_b),
    )


def _unloaded(side: str, inspection: Inspection) -> Iterator[Finding]:
    for one in inspection.variables:
        if one.info.role == "unloaded":
            message = f"{one.info.path} is not in the file of {side}: it is not compared"
            yield Finding("not-in-file", "note", message, one.info.path)


def _notes(matching: Matching, compared: Sequence[Compared], settings: CompareSettings) -> Iterator[Finding]:
    for side, count in zip("AB", _lone_states(matching), strict=True):
        if count:
            what = "states of metrics, seeds and counters are not weights"
            message = f"{what}; not compared, since only {side} has them: {count:,}"
            yield Finding("states-not-compared", "note", message)
    for pair in matching.pairs:
        if pair.a is not None and is_text(pair.a) and is_text(pair.b):
            info = pair.a.info
            message = f"{info.path} is of dtype {info.dtype}: it is not compared"
            yield Finding("not-compared", "note", message, info.path)
    if matching.pairs and not compared and settings.wanted != VariableFilter():
        patterns = settings.wanted.filters
        what = f"no variable matches {' or '.join(patterns)}" if patterns else "no variable was chosen to be compared"
        yield Finding("nothing-compared", "warning", what)


def _totals(compared: Sequence[Compared]) -> ComparisonTotals:
    equal = different = only_in_a = only_in_b = 0
    for one in compared:
        only_in_a += one.pair.b is None
        only_in_b += one.pair.a is None
        if one.is_pair:
            is_equal = one.is_equal
            equal += is_equal
            different += not is_equal
    return ComparisonTotals(equal, different, only_in_a, only_in_b)


def _by_layer(compared: Sequence[Compared], settings: CompareSettings) -> tuple[LayerDifference, ...]:
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


def _differences(compared: Sequence[Compared], settings: CompareSettings) -> Sequence[Difference]:
    """Returns the differences of the pairs to show; each is made when it is needed."""
    indices, ordinals = array("L"), array("B")  # of the pair, and of the difference within the pair
    for index, one in enumerate(compared):
        if settings.include_equal or not one.is_equal:
            for ordinal, _ in enumerate(describe(one)):
                indices.append(index)
                ordinals.append(ordinal)
    return Lazy(len(indices), lambda place: list(describe(compared[indices[place]]))[ordinals[place]])


def _sorted(differences: Sequence[Difference], settings: CompareSettings) -> Sequence[Difference]:
    places: Sequence[int] = range(len(differences))
    if settings.sort != "model":
        ranks = [_rank(one.numbers, settings.sort) for one in differences]
        places = sorted(places, key=ranks.__getitem__)
    return chosen(differences, places[: settings.top])


def _rank(numbers: Numbers | None, sort: str) -> tuple[int, float]:
    """Returns the sort key: NaN and differences without a number first, then the largest."""
    if sort == "model":
        return (0, 0.0)
    number: float | None = None if numbers is None else getattr(numbers, sort)
    if numbers is None or (number is None and not numbers.changed):
        return (2, 0.0)
    return (0, 0.0) if number is None or math.isnan(number) else (1, -number)
