"""Finds weights that `load_weights` loads into the wrong variables, because two legacy files order them differently.

A legacy file is loaded by order: by top-level layers, and within each of them trainable weights first. Trainability
at the time of saving and of loading counts: a nested model that was saved with some of its layers frozen has another
order than the same model unfrozen.
Source: `_legacy_weights` and `load_weights_from_hdf5_group` in `keras/src/legacy/saving/legacy_h5_format.py`, Keras
3.15; Keras 2 does the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.measure.check.comparison_rules import FREEZE_ALIKE, REORDER, STORED_ORDER
from weightscope.measure.compare.matching import Pair


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A variable in both files, or the first one of a layer, with its rank in each file.

    Attributes:
        path: The path in A.
        a: The rank in A.
        b: The rank in B.
        shapes: The shapes in A and in B: of the variable, or of each variable in the layer.
    """

    path: str
    a: int
    b: int
    shapes: tuple[object, object]


def stored_order(a: Inspection, b: Inspection, pairs: Sequence[Pair]) -> Iterator[Finding]:
    """Yields a finding if top-level layers, or the weights of one of them, have another order in B than in A.

    Args:
        a: One model.
        b: The other model; only two legacy files can yield findings.
        pairs: The pairs of their variables.
    """
    ranks_a, ranks_b = ({place: rank for rank, place in enumerate(one.stored_order)} for one in (a, b))
    layers: dict[str, list[_Ranked]] = defaultdict(list)
    for pair in pairs:
        if pair.a is None or pair.b is None:
            continue
        one, other = pair.a.info, pair.b.info
        if one.stored_at in ranks_a and other.stored_at in ranks_b:
            ranked = _Ranked(one.path, ranks_a[one.stored_at], ranks_b[other.stored_at], (one.shape, other.shape))
            layers[_top_level(one)].append(ranked)
    for layer, owned in layers.items():
        yield from _moved(layer, "weights", owned, FREEZE_ALIKE)
    yield from _moved(None, "layers", [_whole(layer, owned) for layer, owned in layers.items() if layer], REORDER)


def _top_level(info: VariableInfo) -> str:
    return info.layer.partition("/")[0]


def _whole(layer: str, owned: Sequence[_Ranked]) -> _Ranked:
    shapes_a = tuple(one.shapes[0] for one in sorted(owned, key=lambda one: one.a))
    shapes_b = tuple(one.shapes[1] for one in sorted(owned, key=lambda one: one.b))
    return _Ranked(layer, min(one.a for one in owned), min(one.b for one in owned), (shapes_a, shapes_b))


def _moved(layer: str | None, what: str, owned: Sequence[_Ranked], fix: str) -> Iterator[Finding]:
    in_a, in_b = sorted(owned, key=lambda one: one.a), sorted(owned, key=lambda one: one.b)
    moved = [place for place, (one, other) in enumerate(zip(in_a, in_b, strict=True)) if one is not other]
    if not moved:
        return
    first = in_a[moved[0]]
    is_silent = all(in_a[place].shapes[0] == in_b[place].shapes[1] for place in moved)
    outcome = "go into the wrong variables of A's model without an error" if is_silent else "do not load into A's model"
    message = (
        f"{len(moved)} of its {what} have another order in B: {first.path} is number {moved[0] + 1} in A and "
        f"{in_b.index(first) + 1} in B; load_weights goes by order, so B's weights {outcome}"
    )
    yield STORED_ORDER.found(message, layer or first.path, len(moved), fix)
