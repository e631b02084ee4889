"""Compares the values of pairs of variables, and looks for relations that explain a difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from weightscope.inspection import Variable
from weightscope.inspection.variable_filter import select
from weightscope.measure.compare.compared import QUANTIZED, Compared
from weightscope.measure.compare.contents import Contents
from weightscope.measure.compare.four_bits import unpacked
from weightscope.measure.compare.matching import Pair
from weightscope.measure.compare.relations import Averages, relations
from weightscope.measure.compare.scaling import scaled
from weightscope.measure.compare.settings import CompareSettings
from weightscope.measure.compare.values import NO_NUMBERS, compare_values
from weightscope.measure.reading.gather import Progress


def compare_pairs(
    pairs: Sequence[Pair], settings: CompareSettings, averages: Averages, progress: Progress | None
) -> list[Compared]:
    """Returns the pairs that the filters choose, compared. Pairs of texts are left out.

    Args:
        pairs: All matched pairs.
        settings: The options of the comparison.
        averages: The moving averages of weights that the optimizers keep.
        progress: Called with the number of bytes of either model read since the last call.
    """
    comparable = [pair for pair in pairs if not (is_text(pair.a) and is_text(pair.b))]
    chosen = select(comparable, settings.wanted, lambda pair: pair.infos)
    whole = {
        index: (pair.a, pair.b)
        for index, pair in enumerate(chosen)
        if pair.a is not None and pair.b is not None and not is_text(pair.a) and not is_text(pair.b)
    }
    quantized, scales = _with_scales(whole, pairs)
    alike = {index: (a, b) for index, (a, b) in whole.items() if a.info.shape == b.info.shape} | quantized
    values = dict(zip(alike, compare_values(list(alike.values()), settings.tolerance, progress), strict=True))
    found = [Compared(pair, values.get(index)) for index, pair in enumerate(chosen)]
    found = [
        replace(one, explained=QUANTIZED)
        if index in quantized or scales & set(map(id, (one.pair.a, one.pair.b)))
        else one
        for index, one in enumerate(found)
    ]
    differing = {one.layer for one in found if one.values_differ}
    for one in found:
        if one.values is not None and (one.values.is_computed or (settings.by_layer and one.layer in differing)):
            one.values.complete()
    explained = relations(found, averages, Contents())
    return [replace(one, explained=explained.get(index, one.explained)) for index, one in enumerate(found)]


def is_text(variable: Variable | None) -> bool:
    """Whether a variable's values are neither numbers nor decoded, so they are not compared."""
    return variable is not None and not variable.has_values and variable.info.dtype in NO_NUMBERS


def _with_scales(
    whole: Mapping[int, tuple[Variable, Variable]], pairs: Sequence[Pair]
) -> tuple[dict[int, tuple[Variable, Variable]], set[int]]:
    """Returns pairs of float and quantized values, both as numbers, by index; and the `id` of each scale."""
    alone_a, alone_b = defaultdict(list), defaultdict(list)
    for pair in pairs:
        if pair.b is None and pair.a is not None:
            alone_a[pair.a.info.layer].append(pair.a)
        elif pair.a is None and pair.b is not None:
            alone_b[pair.b.info.layer].append(pair.b)
    quantized: dict[int, tuple[Variable, Variable]] = {}
    scales: set[int] = set()
    for index, (a, b) in whole.items():
        near = alone_a[a.info.layer], alone_b[b.info.layer]
        found = scaled(a, b, *near) or unpacked(a, b, *near)
        if found is not None:
            quantized[index] = found.a, found.b
            scales.update(map(id, found.scales))
    return quantized, scales
