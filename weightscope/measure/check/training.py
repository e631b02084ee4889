"""Finds weights that were never trained or restored, and models of which that is true as a whole."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence

from weightscope.inspection import VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.inspection.statistics import Statistics
from weightscope.keras_facts.core import FROM_EQUATION
from weightscope.keras_facts.einsum import einsum_axes
from weightscope.keras_facts.initializers import Distribution, distribution_of
from weightscope.keras_facts.layers import weights_named
from weightscope.measure.check.kinds import is_kernel
from weightscope.measure.check.rules import finding

#: A variable and the statistics of its values.
InfoAndStatistics = tuple[VariableInfo, Statistics]

#: The fewest values that are evidence.
_LEAST_VALUES = 100

#: The fewest values that are evidence in a layer without a bias, such as an Embedding.
_LEAST_VALUES_WITHOUT_BIAS = 250

#: The most standard errors between a mean or standard deviation and the initializer's.
_ERRORS = 4.0

#: How far rounding may raise values above a limit, as a share of the limit.
_ROUNDING = {"float16": 2.0**-10, "bfloat16": 2.0**-7}


def untrained_weights(measured: Sequence[InfoAndStatistics], layers: Sequence[LayerConfig]) -> Iterator[Finding]:
    """Yields the kernels that still have the values of the initializer in their layer's config."""
    configs = {layer.path: layer for layer in layers}
    places = {info.path: place for place, (info, _) in enumerate(measured)} if configs else {}
    for info, statistics in measured:
        layer = configs.get(info.layer)
        if layer is None or not is_kernel(info) or statistics.elements < _LEAST_VALUES:
            continue
        made = next((one for one in _perhaps_made(info, layer) if _is_as_made(info, statistics, one)), None)
        if made is None:
            continue
        place = places.get(f"{info.layer}/bias" if info.layer else "bias")
        bias = "" if place is None else _bias_as_made(layer, measured[place][1])
        if bias is None or (not bias and not _is_enough_alone(statistics, made)):
            continue
        frozen = "; it is frozen, so training would not change it" if info.trainable is False else ""
        yield finding("untrained-weights", _evidence(statistics, made) + bias + frozen, info.path)


def is_untrained(
    measured: Sequence[InfoAndStatistics], layers: Sequence[LayerConfig], untrained: Container[str]
) -> bool:
    """Returns whether a model was never trained: most of it is as initialized, and nothing in it contradicts.

    Args:
        measured: All variables of the model.
        layers: Its layers.
        untrained: The paths of the kernels that `untrained_weights` found.
    """
    configs = {layer.path: layer for layer in layers}
    parameters, as_made = 0, 0
    for info, _ in measured:
        parameters += info.parameters * (info.role == "weight")
        as_made += info.parameters * (info.role == "weight" and info.path in untrained)
    return 2 * as_made > parameters and not any(
        _has_changed(info, statistics, configs.get(info.layer))
        for info, statistics in measured
        if info.role == "weight" and info.path not in untrained
    )


def _has_changed(info: VariableInfo, statistics: Statistics, layer: LayerConfig | None) -> bool:
    """Whether the values are none that an initializer makes; False where the initializer is unknown."""
    if statistics.finite < statistics.elements:
        return True
    if is_kernel(info):
        made = list(_perhaps_made(info, layer)) if layer is not None else []
        return bool(made) and not any(_is_as_made(info, statistics, one) for one in made)
    if layer is not None and _is_forget_bias(layer, statistics):
        return False
    return statistics.elements > 0 and not statistics.minimum == statistics.maximum in (0, 1)


def _perhaps_made(info: VariableInfo, layer: LayerConfig) -> Iterator[Distribution]:
    """Yields the distributions of a kernel's initializer; those of an `EinsumDense` differ by the version of Keras."""
    facts = next(iter(weights_named(layer.class_name, info.name)), None)
    option = facts.made_by if facts is not None else None
    initializer = layer.config.get(option or f"{info.name}_initializer")
    is_einsum = facts is not None and facts.axes == FROM_EQUATION
    declared = einsum_axes(layer.config.get("equation"), len(info.shape)) if is_einsum else None
    for axes in dict.fromkeys((declared, None)):
        made = distribution_of(initializer, info.shape, axes)
        if made is not None:
            yield made


def _is_enough_alone(statistics: Statistics, made: Distribution) -> bool:
    """Whether a kernel is evidence without a bias: it has many values, and none exceeds the initializer's limit."""
    return math.isfinite(made.limit) and statistics.elements >= _LEAST_VALUES_WITHOUT_BIAS


def _is_as_made(info: VariableInfo, statistics: Statistics, made: Distribution) -> bool:
    if statistics.mean is None or statistics.standard_deviation is None or statistics.finite < statistics.elements:
        return False
    root = math.sqrt(statistics.elements)
    # the error of the standard deviation of a uniform distribution is 0.45 / root, of a normal one 0.71 / root
    error = (0.45 if made.is_uniform else 0.71) / root
    if abs(statistics.standard_deviation / made.deviation - 1) > _ERRORS * error:
        return False
    if abs(statistics.mean - made.mean) > _ERRORS * made.deviation / root:
        return False
    reach = _reach(statistics, made)
    if reach > made.limit * (1 + _ROUNDING.get(info.dtype, 1e-5)):
        return False
    return not made.is_uniform or reach > made.limit * (1 - 20 / statistics.elements)


def _reach(statistics: Statistics, made: Distribution) -> float:
    assert statistics.minimum is not None
    assert statistics.maximum is not None
    return max(statistics.maximum - made.mean, made.mean - statistics.minimum)


def _bias_as_made(layer: LayerConfig, bias: Statistics) -> str | None:
    """Returns the evidence of the layer's bias; None if the bias has changed."""
    if bias.minimum == bias.maximum == 0:
        return ", and the bias is all 0"
    if _is_forget_bias(layer, bias):
        return ", and the bias is 0, and 1 for the forget gate"
    return None


def _is_forget_bias(layer: LayerConfig, bias: Statistics) -> bool:
    """Whether a bias is that of a new LSTM: 1 for the forget gate, 0 for the others."""
    forget = layer.config.get("unit_forget_bias") is True and bias.minimum == 0 and bias.maximum == 1
    return forget and bias.mean == 0.25 and bias.zeros * 4 == bias.elements * 3


def _evidence(statistics: Statistics, made: Distribution) -> str:
    limit = f"within {made.limit:.4g} of" if math.isfinite(made.limit) else "around"
    return (
        f"its values are {made.name}'s: standard deviation {statistics.standard_deviation:.4g}"
        f" (the initializer's {made.deviation:.4g}), mean {statistics.mean:.2g},"
        f" all {limit} {made.mean:.4g} (as far as {_reach(statistics, made):.4g})"
    )
