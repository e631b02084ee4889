"""Rules on what the config and the file say of each other, and on what loading would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.measure.check.values import finding

#: A shape, of which some sizes are not known.
Expected = tuple[int | None, ...]


def findings_of_structure(inspection: Inspection) -> Iterator[Finding]:
    """Yields what is told without reading values."""
    for layer in inspection.layers:
        yield from _count(layer)
    configs = {layer.path: layer for layer in inspection.layers}
    for variable in inspection.variables:
        yield from _shape(variable.info, configs.get(variable.info.layer))
    yield from _code(inspection)
    yield from _lost_freezes(inspection)
    if inspection.optimizer_bytes:
        size = inspection.optimizer_bytes
        yield finding("optimizer-in-file", f"the optimizer's variables take {size:,} bytes of the file", count=size)


def _count(layer: LayerConfig) -> Iterator[Finding]:
    if layer.expected is None or layer.stored is None or layer.stored == layer.expected:
        return
    name = layer.path.rpartition("/")[2] or layer.class_name
    rule = "missing-weights" if layer.stored < layer.expected else "unexpected-weights"
    message = f"Layer '{name}' expected {layer.expected} variables, but received {layer.stored}"
    yield finding(rule, message, layer.path or None, abs(layer.expected - layer.stored))


def _shape(info: VariableInfo, layer: LayerConfig | None) -> Iterator[Finding]:
    expected = expected_shape(info, layer.config) if layer is not None else None
    if expected is None:
        return
    fits = len(expected) == len(info.shape) and all(
        want in (None, size) for want, size in zip(expected, info.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in expected)
        end = "," if len(expected) == 1 else ""
        yield finding("shape-mismatch", f"the config implies ({wanted}{end}), the file holds {info.shape}", info.path)


def expected_shape(info: VariableInfo, config: Mapping[str, Any]) -> Expected | None:
    """Returns the shape that a layer's config implies for one of its variables; None where that is not certain."""
    if info.layer_class is None or "float" not in info.dtype:  # whole numbers are quantized, and may be packed
        return None
    shapes = _SHAPES.get(_family(info.layer_class))
    option = shapes.get(info.name) if shapes else None
    if option is None:
        return None
    expected: list[int | None] = []
    for part in option.split():
        sizes = _sizes(part, config, info.layer_class)
        if sizes is None:
            return None
        expected += sizes
    return tuple(expected)


#: What each size is: an option of the config, a multiple of one, or `any`. A class stands for all of its ranks.
_SHAPES = {
    "Dense": {"kernel": "any units", "bias": "units"},
    "Embedding": {"embeddings": "input_dim output_dim"},
    "Conv": {"kernel": "kernel_size any filters", "bias": "filters"},
    "ConvTranspose": {"kernel": "kernel_size filters any", "bias": "filters"},
    "DepthwiseConv": {"kernel": "kernel_size any depth_multiplier"},
    "LSTMCell": {"kernel": "any 4*units", "recurrent_kernel": "units 4*units", "bias": "4*units"},
    "GRUCell": {"kernel": "any 3*units", "recurrent_kernel": "units 3*units"},
    "SimpleRNNCell": {"kernel": "any units", "recurrent_kernel": "units units", "bias": "units"},
}


def _family(class_name: str) -> str:
    for rank in ("1D", "2D", "3D"):
        class_name = class_name.replace(rank, "")
    return class_name


def _sizes(part: str, config: Mapping[str, Any], class_name: str) -> list[int | None] | None:
    if part == "any":
        return [None]
    times, _, option = part.rpartition("*")
    found = config.get(option)
    if isinstance(found, int) and not isinstance(found, bool):
        rank = next((int(digit) for digit in "123" if f"{digit}D" in class_name), 1)
        return [found * int(times or 1)] * (rank if option == "kernel_size" else 1)
    if isinstance(found, (list, tuple)) and all(isinstance(size, int) for size in found):
        return list(found)
    return None


def _code(inspection: Inspection) -> Iterator[Finding]:
    needed = inspection.model.custom_objects
    if needed:
        yield finding("needs-custom-objects", f"loading it needs {', '.join(needed)}", count=len(needed))
    for note in inspection.notes:
        if note.code == "lambda-bytecode":
            yield finding("runs-code-on-load", note.message, note.variable)


def _lost_freezes(inspection: Inspection) -> Iterator[Finding]:
    """Yields the outermost layers that the config freezes and whose variables are trainable after loading."""
    told: list[str] = []
    for layer in inspection.layers:
        if layer.config.get("trainable") is not False or any(_is_inside(layer.path, outer) for outer in told):
            continue
        trainable = [
            one.info.path
            for one in inspection.variables
            if one.info.trainable and _is_inside(one.info.layer, layer.path)
        ]
        if trainable:
            told.append(layer.path)
            message = (
                f"the config says that this {layer.class_name} is not trainable, and Keras loads"
                f" {len(trainable):,} of its variables as trainable: {trainable[0]}"
                + (f" and {len(trainable) - 1:,} more" if len(trainable) > 1 else "")
            )
            yield finding("freeze-lost-on-load", message, layer.path or None, len(trainable))


def _is_inside(path: str, layer: str) -> bool:
    return not layer or path == layer or path.startswith(f"{layer}/")
