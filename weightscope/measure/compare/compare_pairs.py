"""Compares the values of pairs of variables, and looks for relations that explain a difference."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from weightscope.inspection import Variable
from weightscope.inspection.lazy import Lazy
from weightscope.inspection.lazy import chosen as items_at
from weightscope.inspection.variable_filter import select
from weightscope.measure.compare.compared import QUANTIZED, Compared
from weightscope.measure.compare.compared_values import ComparedValues, packed_comparisons
from weightscope.measure.compare.contents import Contents
from weightscope.measure.compare.four_bits import unpacked
from weightscope.measure.compare.matching import Pair
from weightscope.measure.compare.relations import Averages, relations
from weightscope.measure.compare.scaling import scaled
from weightscope.measure.compare.settings import CompareSettings, Tolerance
from weightscope.measure.compare.values import NO_NUMBERS, compare_values
from weightscope.measure.reading.gather import Progress


def compare_pairs(
    pairs: Sequence[Pair], settings: CompareSettings, averages: Averages, progress: Progress | None
) -> Sequence[Compared]:
    """Returns the pairs that the filters choose, compared. Pairs of texts are left out.

    Of a hundred thousand pairs only packed results are kept; an item is made when it is needed.

    Args:
        pairs: All matched pairs.
        settings: The options of the comparison.
        averages: The moving averages of weights that the optimizers keep.
        progress: Called with the number of bytes of either model read since the last call.
    """
    comparable = (pair for pair in pairs if not (is_text(pair.a) and is_text(pair.b)))
    chosen = select(comparable, settings.wanted, lambda pair: pair.infos)
    quantized, scales = _with_scales(chosen, pairs)
    explained = {
        index: QUANTIZED
        for index, pair in enumerate(chosen)
        if index in quantized or not scales.isdisjoint((id(pair.a), id(pair.b)))
    }
    both = Lazy(len(chosen), lambda index: quantized.get(index) or _alike(chosen[index]))
    found = _compared(chosen, packed_comparisons(_values(both, settings.tolerance, progress)), explained)
    if settings.by_layer:
        found = _compared(chosen, packed_comparisons(_with_norms(found, both, settings.tolerance)), explained)
    explained |= relations(found, averages, Contents())
    return found


def _compared(
    pairs: Sequence[Pair], values: Sequence[ComparedValues | None], explained: Mapping[int, str]
) -> Sequence[Compared]:
    return Lazy(len(pairs), lambda index: Compared(pairs[index], values[index], explained.get(index)))


#: Two variables whose values are compared.
_Both = tuple[Variable, Variable]


def _values(
    pairs: Sequence[_Both | None], tolerance: Tolerance, progress: Progress | None
) -> Iterator[ComparedValues | None]:
    """Yields the comparison of each pair; None for None."""
    places = array("L", (place for place, pair in enumerate(pairs) if pair is not None))
    values = compare_values(cast("Sequence[_Both]", items_at(pairs, places)), tolerance, progress)
    return (None if pair is None else next(values) for pair in pairs)


def _with_norms(
    found: Sequence[Compared], pairs: Sequence[_Both | None], tolerance: Tolerance
) -> Iterator[ComparedValues | None]:
    """Yields the comparison of each pair, with the norms of equal values in layers that differ."""
    differing = {one.layer for one in found if one.values_differ}
    for one, pair in zip(found, pairs, strict=True):
        values = one.values
        if pair is None or values is None or values.is_computed or one.layer not in differing:
            yield values
        else:
            yield from compare_values([pair], tolerance, with_norms=True)


def _alike(pair: Pair) -> _Both | None:
    """Returns both variables if their values can be compared position by position."""
    both = _whole(pair)
    return both if both is not None and both[0].info.shape == both[1].info.shape else None


def _whole(pair: Pair) -> _Both | None:
    """Returns both variables if both exist and have values that are decoded."""
    if pair.a is None or pair.b is None or is_text(pair.a) or is_text(pair.b):
        return None
    return pair.a, pair.b


def is_text(variable: Variable | None) -> bool:
    """Whether a variable's values are neither numbers nor decoded, so they are not compared."""
    return variable is not None and not variable.has_values and variable.info.dtype in NO_NUMBERS


def _with_scales(chosen: Sequence[Pair], pairs: Sequence[Pair]) -> tuple[dict[int, _Both], set[int]]:
    """Returns the chosen pairs of float and quantized values, as numbers, by index; and the `id` of each scale."""
    alone_a: dict[str, list[Variable]] = defaultdict(list)
    alone_b: dict[str, list[Variable]] = defaultdict(list)
    for pair in pairs:
        if pair.b is None and pair.a is not None:
            alone_a[pair.a.info.layer].append(pair.a)
        elif pair.a is None and pair.b is not None:
            alone_b[pair.b.info.layer].append(pair.b)
    quantized: dict[int, _Both] = {}
    scales: set[int] = set()
    for index, pair in enumerate(chosen):
        both = _whole(pair)
        if both is None:
            continue
        a, b = both
        near = alone_a.get(a.info.layer, ()), alone_b.get(b.info.layer, ())
        found = scaled(a, b, *near) or unpacked(a, b, *near)
        if found is not None:
            quantized[index] = found.a, found.b
            scales.update(map(id, found.scales))
    return quantized, scales
