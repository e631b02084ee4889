"""The rules that compare how many variables a layer has with how many the file holds for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.keras_facts.layers import current_name, owned_weights
from weightscope.measure.check import fixes
from weightscope.measure.check.rules import finding

#: The most variables that a message names.
_MOST_NAMES = 10

#: The most levels of objects inside a layer's config.
_DEPTH = 20

#: The most layers whose surplus variables are named.
_MOST_LAYERS = 100


def findings_of_counts(inspection: Inspection) -> Iterator[Finding]:
    """Yields the layers for which the file holds fewer or more variables than Keras makes."""
    is_legacy = inspection.source.format.startswith("legacy")
    usual_fix = fixes.SKIP_MISMATCH_BY_NAME if is_legacy else fixes.SKIP_MISMATCH
    whole = {_name(one): one for one in reversed(inspection.layers) if one.stored and one.stored == one.expected}
    named = 0
    for layer in inspection.layers:
        if layer.expected is None or layer.stored is None or layer.stored == layer.expected:
            continue
        message = f"Layer '{_name(layer)[1]}' expected {layer.expected} variables, but received {layer.stored}"
        if layer.stored > layer.expected:
            named += 1
            extra = _too_many(inspection, layer) if named <= _MOST_LAYERS else []
            message += f"; too many: {', '.join(extra)}" if extra else ""
            path, count = layer.path or None, layer.stored - layer.expected
            if _is_quantized(inspection, layer):
                message += "; the file holds quantized weights, and the config does not quantize the layer"
            yield finding("unexpected-weights", message, path, count, _fix_of_surplus(inspection, layer) or usual_fix)
            continue
        holder, fix = whole.get(_name(layer)), usual_fix
        # Keras writes a layer that a model shares with a nested model once, and creates two layers on loading
        if holder is not None and not layer.stored and _without_ids(holder.config) == _without_ids(layer.config):
            message += f"; it is shared with {holder.path}, and the file holds it there alone"
            fix = fixes.SHARED_WITH_NESTED
        yield finding("missing-weights", message, layer.path or None, layer.expected - layer.stored, fix)


def _fix_of_surplus(inspection: Inspection, layer: LayerConfig) -> str | None:
    """Returns what loads surplus variables of a known kind."""
    if inspection.source.format.startswith("legacy"):
        return fixes.LOOKUP if not layer.expected and "idf_weights" in layer.config else None
    return fixes.QUANTIZE if _is_quantized(inspection, layer) else None


def _is_quantized(inspection: Inspection, layer: LayerConfig) -> bool:
    """Whether the file holds an integer kernel for a layer that has a float one."""
    own = [one.info for one in inspection.variables if one.info.layer == layer.path]
    return bool(layer.expected) and any(len(info.shape) > 1 and info.dtype == "int8" for info in own)


def _without_ids(value: Any, depth: int = 0) -> Any:
    """Returns a config without the ids that Keras numbers objects with; below the deepest level nothing is removed."""
    if isinstance(value, Mapping) and depth < _DEPTH:
        return {key: _without_ids(one, depth + 1) for key, one in value.items() if key != "shared_object_id"}
    return value


def _name(layer: LayerConfig) -> tuple[str, str]:
    """Returns the class and the name of a layer."""
    return layer.class_name, layer.path.rpartition("/")[2] or layer.class_name


def _too_many(inspection: Inspection, layer: LayerConfig) -> list[str]:
    """Returns the stored variables that the layer does not have, by their names in the file; empty if unknown."""
    assert layer.stored is not None
    assert layer.expected is not None
    owned = {
        (one.path, weight.name)
        for one in inspection.layers
        if _is_inside(one.path, layer.path)
        for weight in owned_weights(one.class_name, dict(one.config)) or ()
    }
    classes = {one.path: one.class_name for one in inspection.layers}
    stored = [one.info for one in inspection.variables if _is_inside(one.info.layer, layer.path)]
    if not layer.expected:
        extra = stored
    elif all(info.name.isdecimal() for info in stored):
        extra = [info for info in stored if info.layer == layer.path][layer.expected :]
    else:
        extra = [
            info for info in stored if (info.layer, current_name(classes.get(info.layer, ""), info.name)) not in owned
        ]
    if len(extra) != layer.stored - layer.expected:
        return []
    more = [f"and {len(extra) - _MOST_NAMES:,} more"] if len(extra) > _MOST_NAMES else []
    return [f"{info.name} {info.shape} ({info.stored_at})" for info in extra[:_MOST_NAMES]] + more


def _is_inside(path: str, layer: str) -> bool:
    return not layer or path == layer or path.startswith(f"{layer}/")
