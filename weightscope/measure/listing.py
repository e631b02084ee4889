"""Measures the chosen variables of an inspection."""

from __future__ import annotations

from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.measured import LayerSum, Listing, Measured
from weightscope.measure.choice import Choice
from weightscope.measure.preview import preview_variable


def list_measured(inspection: Inspection, choice: Choice) -> Listing:
    """Returns the chosen variables of `inspection`, measured; only those are read."""
    if choice.by_layer:
        return _by_layer(inspection, choice)
    rows = tuple(
        Measured(variable.info, preview_variable(variable, choice.preview))
        for variable in choice.of((*inspection.variables, *(inspection.optimizer or ())))
    )
    return Listing(inspection, rows, choice.only)


def _by_layer(inspection: Inspection, choice: Choice) -> Listing:
    unordered = Choice(filters=choice.filters, only=choice.only)
    infos = [variable.info for variable in unordered.of(inspection.variables)]
    layers: dict[str, list[VariableInfo]] = {}
    for info in infos:
        layers.setdefault(info.layer, []).append(info)
    whole = inspection.totals.bytes
    sums = [_sum(owned, whole) for owned in layers.values()]
    if choice.sort == "path":
        sums.sort(key=lambda one: one.layer)
    elif choice.sort != "model":
        sums.sort(key=lambda one: -one.bytes if choice.sort == "bytes" else -one.parameters)
    return Listing(inspection, (), choice.only, tuple(sums[: choice.top]))


def _sum(owned: list[VariableInfo], whole: int) -> LayerSum:
    size = sum(info.bytes for info in owned)
    return LayerSum(
        layer=owned[0].layer,
        layer_class=owned[0].layer_class,
        variables=len(owned),
        parameters=sum(info.parameters for info in owned),
        trainable_parameters=_trainable(owned),
        bytes=size,
        share=size / whole if whole else 0.0,
    )


def _trainable(owned: list[VariableInfo]) -> int | None:
    if any(info.trainable is None for info in owned):
        return None
    return sum(info.parameters for info in owned if info.trainable)
