"""The rule that compares the shapes in a file with those that the config implies.

Source: `build` of the layers in `keras/src/layers`, Keras 3.15.1. A shape that the config does not determine for
certain is not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.keras_facts.layers import LAYERS, weights_named
from weightscope.keras_facts.records import ANY, IN, PerSpatialAxis, Product, Size, Weight
from weightscope.measure.check.rules import finding

#: Sizes of axes; None for an unknown size.
Sizes = tuple[int | None, ...]

#: A bound on sizes: no layer is larger, and a config may hold any number.
_LARGEST = 1 << 48


def findings_of_shapes(inspection: Inspection) -> Iterator[Finding]:
    """Yields the variables whose shape differs from what their layer's config, or its other variables, imply."""
    configs = {layer.path: layer for layer in inspection.layers}
    normalizations: dict[str, list[VariableInfo]] = {}
    for info in (variable.info for variable in inspection.variables):
        layer = configs.get(info.layer)
        expected = expected_shape(info, layer) if layer is not None else None
        if expected is not None:
            yield from _compared(info, expected, "the config implies")
        elif _is_per_channel(info.layer_class or ""):
            normalizations.setdefault(info.layer, []).append(info)
    for infos in normalizations.values():
        yield from _consistent(infos)


def expected_shape(info: VariableInfo, layer: LayerConfig) -> Sizes | None:
    """Returns the shape that a layer's config implies for one of its variables; None if not certain."""
    if "float" not in info.dtype:  # integers are quantized, and may be packed
        return None
    forms = weights_named(layer.class_name, info.name)
    if len(forms) > 1:
        forms = tuple(one for one in forms if _is_certainly_owned(one, layer))
    shape = forms[0].shape if forms else None
    if shape is None:
        return None
    expected: list[int | None] = []
    for size in shape:
        sizes = _sizes(size, layer)
        if sizes is None:
            return None
        expected += sizes
    return None if expected == [None] else tuple(expected)


def _is_certainly_owned(weight: Weight, layer: LayerConfig) -> bool:
    """Whether this form of a weight applies: every option it depends on must be a boolean in the layer's config."""
    options = weight.when.options if weight.when is not None else ()
    return all(type(layer.config.get(option)) is bool for option in options) and weight.is_owned(layer.config)


def _compared(info: VariableInfo, expected: Sizes, source: str) -> Iterator[Finding]:
    fits = len(expected) == len(info.shape) and all(
        want in (None, size) for want, size in zip(expected, info.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in expected)
        comma = "," * (len(expected) == 1)
        yield finding("shape-mismatch", f"{source} ({wanted}{comma}), the file holds {info.shape}", info.path)


@cache
def _is_per_channel(class_name: str) -> bool:
    """Whether each variable of a layer has one value for each channel, as those of a batch normalisation have."""
    facts = LAYERS.get(class_name)
    return facts is not None and {weight.shape for weight in facts.weights} == {(IN,)}


def _consistent(infos: Sequence[VariableInfo]) -> Iterator[Finding]:
    """Yields the variables of a normalization that are not as long as most of its variables."""
    usual = Counter(info.shape for info in infos).most_common(1)[0][0]
    for info in infos:
        yield from _compared(info, usual, "the layer's other variables imply")


def _sizes(size: Size, layer: LayerConfig) -> Sequence[int | None] | None:
    """Returns the sizes of the axes that a size in the facts stands for; None if their number is unknown."""
    if isinstance(size, PerSpatialAxis):
        kernel = _kernel_size(layer)
        return kernel if kernel is None or size.size is None else [size.size] * len(kernel)
    if not isinstance(size, Product):
        return [_size(size, layer)]
    product: int | None = 1
    for factor in size.factors:
        known = _size(factor, layer)
        product = None if product is None or known is None else product * known
    return [product]


def _size(size: str | int, layer: LayerConfig) -> int | None:
    if isinstance(size, int):
        return size
    if size == ANY:
        return None
    return _channels(layer) if size == IN else _whole(layer.config.get(size))


def _channels(layer: LayerConfig) -> int | None:
    """Returns the number of input channels, of one group if there are several groups."""
    shape, config = layer.input_shape, layer.config
    if not shape:
        return None
    axis: object = 1 if config.get("data_format") == "channels_first" else -1
    if _is_per_channel(layer.class_name):
        axes = config.get("axis", -1)
        axis = axes[0] if isinstance(axes, list) and len(axes) == 1 else axes
    if not isinstance(axis, int) or isinstance(axis, bool) or not -len(shape) <= axis < len(shape):
        return None
    groups = _whole(config.get("groups", 1))
    channels = _whole(shape[axis])
    return channels // groups if channels is not None and groups else None


def _kernel_size(layer: LayerConfig) -> list[int | None] | None:
    found = layer.config.get("kernel_size")
    rank = next((int(digit) for digit in "123" if f"{digit}D" in layer.class_name), None)
    if isinstance(found, (list, tuple)):
        return [_whole(size) for size in found] if rank in (None, len(found)) else None
    return None if rank is None or _whole(found) is None else [_whole(found)] * rank


def _whole(found: object) -> int | None:
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 <= found <= _LARGEST else None
