"""Findings about two models: frozen weights that changed, trainable weights that did not, swapped layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from weightscope.inspection import Inspection, Variable, VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.measure.check.comparison_rules import FROZEN_MOVED, SWAPPED_LAYERS, TRAINABLE_UNMOVED
from weightscope.measure.check.kinds import is_moved_by_call
from weightscope.measure.compare.compared import QUANTIZED, Compared
from weightscope.measure.compare.layers import is_automatic


def frozen_findings(compared: Sequence[Compared], b: Inspection) -> tuple[Finding, ...]:
    """Returns the changes from A to B that contradict the trainability in B; empty if B does not store it.

    B is the trained model: layers are often frozen or unfrozen after A was saved.
    """
    merged = _merged(b)
    layers: dict[str, list[VariableInfo]] = defaultdict(list)
    for one in compared:
        if one.pair.b is not None:
            layers[one.pair.b.info.layer].append(one.pair.b.info)
    return tuple(one for one in _judged(compared, layers) if one.variable not in merged)


def _judged(compared: Sequence[Compared], layers: dict[str, list[VariableInfo]]) -> Iterator[Finding]:
    for one in compared:
        if one.values is None or one.pair.b is None or one.pair.b.info.role != "weight" or one.explained == QUANTIZED:
            continue
        info = one.pair.b.info
        if info.trainable is False and one.values_differ:
            if not is_moved_by_call(info):
                message = f"it is not trainable, and {_moved(one)}"
                yield FROZEN_MOVED.found(message, info.path, one.values.sums.changed)
            elif _is_frozen(layers[info.layer]):
                message = "the layer is frozen but its moving statistics moved: it was called in training mode"
                yield FROZEN_MOVED.found(message, info.path, one.values.sums.changed)
        elif info.trainable and not one.values_differ and info.parameters:
            message = "it is trainable, and did not move"
            yield TRAINABLE_UNMOVED.found(message, info.path, info.parameters)


def _merged(b: Inspection) -> set[str | None]:
    """Returns the paths of weights that LoRA's factors are merged into on saving: they change although frozen."""
    noted = {note.variable for note in b.notes if note.code == "lora-not-in-file"}
    lost = (one.info for one in b.variables if one.info.role == "unloaded" and one.info.name.startswith("lora_"))
    return noted | {f"{info.layer}/{info.name.removeprefix('lora_').rpartition('_')[0]}".lstrip("/") for info in lost}


def _is_frozen(owned: Sequence[VariableInfo]) -> bool:
    """Whether a layer with moving statistics is frozen: all its other variables are frozen too, if it has any."""
    weights = [info for info in owned if not is_moved_by_call(info)]
    return bool(weights) and all(info.trainable is False for info in weights)


def _moved(one: Compared) -> str:
    assert one.values is not None
    sums = one.values.sums
    return f"{sums.changed:,} of its {sums.elements:,} values moved"


def swapped_layers(a: Sequence[Variable], b: Sequence[Variable]) -> tuple[Finding, ...]:
    """Returns a finding for each layer of A whose group in the file belongs to another layer of A in B.

    Keras loads `.weights.h5` files by class and creation order, never by name. Such weights go into the wrong layer,
    and Keras raises no error if the shapes are equal.
    Source: `_load_container_state` in `keras/src/saving/saving_lib.py`, Keras 3.3 to 3.15.
    """
    of_a, of_b = _places(a), _places(b)
    shapes = {infos[0].layer: _shapes(infos) for infos in of_a.values()}
    return tuple(
        _swapped(place, infos[0].layer, of_b[place][0].layer, len(infos))
        for place, infos in of_a.items()
        if place in of_b and _is_swapped(place, infos, of_b[place], shapes)
    )


Shapes = list[tuple[int, ...]]


def _is_swapped(
    place: str, ones: Sequence[VariableInfo], others: Sequence[VariableInfo], shapes: dict[str, Shapes]
) -> bool:
    mine, its = ones[0].layer, others[0].layer
    if mine == its or is_automatic(mine, place) or is_automatic(its, place):
        return False
    return _shapes(ones) == _shapes(others) == shapes.get(its)


def _swapped(place: str, mine: str, its: str, count: int) -> Finding:
    message = f"{place} holds {mine} in A and {its} in B: load_weights goes by place, and swaps them without an error"
    return SWAPPED_LAYERS.found(message, mine, count)


def _places(variables: Sequence[Variable]) -> dict[str, list[VariableInfo]]:
    """Returns the variables of each group of the file that holds the variables of one layer."""
    places: dict[str, list[VariableInfo]] = defaultdict(list)
    for variable in variables:
        group, vars_, index = (variable.info.stored_at or "").rpartition("/vars/")
        if vars_ and index and variable.info.role == "weight":
            places[group].append(variable.info)
    return places


def _shapes(infos: Sequence[VariableInfo]) -> Shapes:
    return [info.shape for info in infos]
