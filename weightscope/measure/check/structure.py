"""Rules on what the config and the file say of each other, and on what loading would do."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.measure.check.shapes import findings_of_shapes
from weightscope.measure.check.values import finding

#: Classes that are told by name; a config may hold a hundred thousand.
_MOST_NAMES = 20


def findings_of_structure(inspection: Inspection) -> Iterator[Finding]:
    """Yields what is told without reading values."""
    for layer in inspection.layers:
        yield from _count(layer)
    yield from _misplaced(inspection)
    yield from findings_of_shapes(inspection)
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


def _misplaced(inspection: Inspection) -> Iterator[Finding]:
    """Yields the outermost layers whose variables are in another group than the one where Keras 3 looks."""
    writer = inspection.source.keras_version
    outer: set[str] = set()
    for layer in inspection.layers:
        if layer.path.rpartition("/")[0] in outer:
            outer.add(layer.path)
        elif layer.group != layer.sought:
            outer.add(layer.path)
            message = f"the file holds its variables in {layer.group}, and Keras 3 looks for them in {layer.sought}"
            yield finding("misplaced-weights", f"{message}; Keras {writer} wrote it", layer.path)


def _code(inspection: Inspection) -> Iterator[Finding]:
    needed = inspection.model.custom_objects
    if needed:
        more = f" and {len(needed) - _MOST_NAMES:,} more" if len(needed) > _MOST_NAMES else ""
        message = f"loading it needs {', '.join(needed[:_MOST_NAMES])}{more}"
        yield finding("needs-custom-objects", message, count=len(needed))
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
