"""The rules that compare how many variables a layer has with how many the file holds for it."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.keras_facts.layers import current_name, owned_weights
from weightscope.keras_facts.serialized import Config, is_object, items, part, text, without_ids
from weightscope.measure.check import fixes
from weightscope.measure.check.rules import finding

#: The most variables that a message names.
_MOST_NAMES = 10

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
        if holder is not None and not layer.stored and without_ids(holder.config) == without_ids(layer.config):
            message += f"; it is shared with {holder.path}, and the file holds it there alone"
            fix = fixes.SHARED_WITH_NESTED
        yield finding("missing-weights", message, layer.path or None, layer.expected - layer.stored, fix)
    if (inspection.source.keras_version or "").startswith("2.") and not is_legacy:
        yield from _shared_with_nested(inspection)


def _shared_with_nested(inspection: Inspection) -> Iterator[Finding]:
    """Yields the layers that Keras 2 shares with a nested model before: of its places, the second alone has an id."""
    places: dict[int, list[Config]] = {}
    stack = [inspection.config or {}]
    while stack:
        model = stack.pop()
        for layer in filter(is_object, items(part(model, "config"), "layers")):
            stack.append(layer)
            if isinstance(shared := layer.get("shared_object_id"), int):
                places.setdefault(shared, []).append(layer)
    for layer in (found[0] for found in places.values() if len(found) == 1):
        name, own = text(part(layer, "config"), "name"), owned_weights(layer["class_name"], part(layer, "config"))
        holder = next((one for one in inspection.layers if _name(one) == (layer["class_name"], name)), None)
        if own and holder is not None:
            message = f"Layer '{name}' expected {len(own)} variables, but received 0; it is shared with {holder.path}"
            message += ", and the file holds it there alone"
            yield finding("missing-weights", message, name, len(own), fixes.SHARED_WITH_NESTED)


def _fix_of_surplus(inspection: Inspection, layer: LayerConfig) -> str | None:
    """Returns what loads surplus variables of a known kind."""
    if inspection.source.format.startswith("legacy"):
        return fixes.LOOKUP if not layer.expected and "idf_weights" in layer.config else None
    return fixes.QUANTIZE if _is_quantized(inspection, layer) else None


def _is_quantized(inspection: Inspection, layer: LayerConfig) -> bool:
    """Whether the file holds an integer kernel for a layer that has a float one."""
    own = [one.info for one in inspection.variables if one.info.layer == layer.path]
    return bool(layer.expected) and any(len(info.shape) > 1 and info.dtype == "int8" for info in own)


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
