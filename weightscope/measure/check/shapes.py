"""The rule that compares the shapes in a file with those that the config implies.

Source: `build` of the layers in `keras/src/layers`, Keras 3.15.1. What a config does not tell for certain is not held
against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.measure.check.values import finding

#: Sizes of which some are not known.
Sizes = tuple[int | None, ...]

#: By class, for all its ranks, and variable: a word for each axis. A word is an option of the config, a product of
#: several and of numbers, `in` for the channels that come in, or `any`.
_SHAPES = {
    "Dense": {"kernel": "in units", "bias": "units"},
    "Embedding": {"embeddings": "input_dim output_dim"},
    "Conv": {"kernel": "kernel_size in filters", "bias": "filters"},
    "ConvTranspose": {"kernel": "kernel_size filters in", "bias": "filters"},
    "DepthwiseConv": {"kernel": "kernel_size in depth_multiplier", "bias": "in*depth_multiplier"},
    "SeparableConv": {
        "depthwise_kernel": "kernel_size in depth_multiplier",
        "pointwise_kernel": "ones in*depth_multiplier filters",
        "bias": "filters",
    },
    "BatchNormalization": dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), "in"),
    "LSTMCell": {"kernel": "any 4*units", "recurrent_kernel": "units 4*units", "bias": "4*units"},
    "GRUCell": {"kernel": "any 3*units", "recurrent_kernel": "units 3*units", "bias": "reset_after 3*units"},
    "SimpleRNNCell": {"kernel": "any units", "recurrent_kernel": "units units", "bias": "units"},
    "ConvLSTMCell": {
        "kernel": "kernel_size any 4*filters",
        "recurrent_kernel": "kernel_size filters 4*filters",
        "bias": "4*filters",
    },
}

#: No layer is larger; a config may say anything.
_LARGEST = 1 << 48


def findings_of_shapes(inspection: Inspection) -> Iterator[Finding]:
    """Yields the variables of another shape than the config of their layer, or their layer's others, imply."""
    configs = {layer.path: layer for layer in inspection.layers}
    normalizations: dict[str, list[VariableInfo]] = {}
    for info in (variable.info for variable in inspection.variables):
        layer = configs.get(info.layer)
        expected = expected_shape(info, layer) if layer is not None else None
        if expected is not None:
            yield from _compared(info, expected, "the config implies")
        elif info.layer_class in ("BatchNormalization", "SyncBatchNormalization"):
            normalizations.setdefault(info.layer, []).append(info)
    for infos in normalizations.values():
        yield from _consistent(infos)


def expected_shape(info: VariableInfo, layer: LayerConfig) -> Sizes | None:
    """Returns the shape that a layer's config implies for one of its variables; None where that is not certain."""
    if "float" not in info.dtype:  # whole numbers are quantized, and may be packed
        return None
    words = _SHAPES.get(_family(layer.class_name), {}).get(info.name)
    if words is None:
        return None
    expected: list[int | None] = []
    for word in words.split():
        sizes = _sizes(word, layer)
        if sizes is None:
            return None
        expected += sizes
    return None if expected == [None] else tuple(expected)


def _compared(info: VariableInfo, expected: Sizes, source: str) -> Iterator[Finding]:
    fits = len(expected) == len(info.shape) and all(
        want in (None, size) for want, size in zip(expected, info.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in expected)
        comma = "," * (len(expected) == 1)
        yield finding("shape-mismatch", f"{source} ({wanted}{comma}), the file holds {info.shape}", info.path)


def _consistent(infos: Sequence[VariableInfo]) -> Iterator[Finding]:
    """Yields the variables of a normalisation that are not as long as most of them."""
    usual = Counter(info.shape for info in infos).most_common(1)[0][0]
    for info in infos:
        yield from _compared(info, usual, "the layer's other variables imply")


def _family(class_name: str) -> str:
    for rank in ("1D", "2D", "3D"):
        class_name = class_name.replace(rank, "")
    return class_name


def _sizes(word: str, layer: LayerConfig) -> Sequence[int | None] | None:
    """Returns the sizes that a word stands for; None where nobody knows how many these are."""
    if word in ("kernel_size", "ones"):
        kernel = _kernel_size(layer)
        return kernel if kernel is None or word == "kernel_size" else [1] * len(kernel)
    if word == "reset_after":  # a bias for what comes in, and one for the state
        resets_after = layer.config.get("reset_after")
        return ([2] if resets_after else []) if isinstance(resets_after, bool) else None
    product: int | None = 1
    for factor in word.split("*"):
        size = int(factor) if factor.isdecimal() else _size(factor, layer)
        product = None if product is None or size is None else product * size
    return [product]


def _size(word: str, layer: LayerConfig) -> int | None:
    if word == "any":
        return None
    if word == "in":
        return _channels(layer)
    return _whole(layer.config.get(word))


def _channels(layer: LayerConfig) -> int | None:
    """Returns how many channels come in, of one group if there are several."""
    shape, config = layer.input_shape, layer.config
    if not shape:
        return None
    axis: object = 1 if config.get("data_format") == "channels_first" else -1
    if "Normalization" in layer.class_name:
        told = config.get("axis", -1)
        axis = told[0] if isinstance(told, list) and len(told) == 1 else told
    if not isinstance(axis, int) or isinstance(axis, bool) or not -len(shape) <= axis < len(shape):
        return None
    groups = _whole(config.get("groups", 1)) if "Conv" in layer.class_name else 1
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
