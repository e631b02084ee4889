"""Rules that compare the config with the file, and rules on the effects of loading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.keras_facts.layers import LAYERS
from weightscope.measure.check import fixes
from weightscope.measure.check.counts import findings_of_counts
from weightscope.measure.check.file_name import findings_of_name
from weightscope.measure.check.lambda_code import names_called
from weightscope.measure.check.optimizer import findings_of_slots
from weightscope.measure.check.refusals import findings_of_refusals
from weightscope.measure.check.rules import finding
from weightscope.measure.check.shapes import findings_of_shapes

#: The most classes that a message names; a config may hold a hundred thousand.
_MOST_NAMES = 20


def findings_of_structure(inspection: Inspection) -> Iterator[Finding]:
    """Yields the findings that need no values."""
    yield from findings_of_name(inspection.source)
    yield from findings_of_counts(inspection)
    yield from _misplaced(inspection)
    yield from findings_of_shapes(inspection)
    yield from findings_of_refusals(inspection)
    yield from _code(inspection)
    yield from _lora(inspection)
    yield from _lost_freezes(inspection)
    yield from findings_of_slots(inspection)
    yield from _optimizer(inspection)


def _misplaced(inspection: Inspection) -> Iterator[Finding]:
    """Yields the outermost layers whose variables are not in the group in which Keras 3 looks."""
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
    for layer in inspection.layers:
        names = names_called(layer.config.get("function")) if layer.class_name == "Lambda" else ()
        if names:
            message = (
                f"its code calls {', '.join(names)}, defined outside of it: if that is a layer, its weights are neither"
                " trained nor in the file"
            )
            yield finding("lambda-weights", message, layer.path or None, len(names))


def _optimizer(inspection: Inspection) -> Iterator[Finding]:
    size = inspection.optimizer_bytes
    if not size:
        return
    fix = fixes.NO_OPTIMIZER if inspection.config is not None else ""
    if inspection.source.format in ("weights-h5", "sharded-weights"):
        fix = fixes.NO_OPTIMIZER_IN_WEIGHTS
    elif inspection.source.format in ("keras", "keras-folder"):
        fix = fixes.NO_OPTIMIZER_IN_KERAS
    message = f"the optimizer's variables take {size:,} bytes of the file"
    yield finding("optimizer-in-file", message, count=size, fix=fix)


def _lora(inspection: Inspection) -> Iterator[Finding]:
    """Yields the layers with LoRA for which the file stores only the merged weight."""
    with_factors = {one.info.layer for one in inspection.variables if one.info.name.startswith("lora_")}
    for layer in inspection.layers:
        facts = LAYERS.get(layer.class_name)
        lora = facts.lora if facts is not None else None
        if lora is None or not layer.config.get("lora_rank") or not layer.stored or layer.path in with_factors:
            continue
        factors = " and ".join(one.name for one in lora.factors)
        message = f"LoRA is merged into it: after load_model {factors} are both zeros and never get a gradient"
        place = f"{layer.path}/{lora.of}" if layer.path else lora.of
        fix = fixes.NEW_FACTORS_OF_EMBEDDING if lora.of == "embeddings" else fixes.NEW_FACTORS
        yield finding("lora-not-in-file", message, place, fix=fix)


def _lost_freezes(inspection: Inspection) -> Iterator[Finding]:
    """Yields the outermost layers that the config freezes and whose variables are trainable after loading."""
    frozen: dict[int, set[str]] = defaultdict(set)  # the paths of frozen layers, by their length
    for layer in inspection.layers:
        if layer.config.get("trainable") is False:
            frozen[len(layer.path)].add(layer.path)
    inside: dict[str, list[str]] = defaultdict(list)  # the trainable variables inside each of these layers
    for one in inspection.variables:
        if one.info.trainable:
            for path in _around(one.info.layer, frozen):
                inside[path].append(one.info.path)
    reported: set[str] = set()
    for layer in inspection.layers:
        if layer.config.get("trainable") is not False or not reported.isdisjoint(_around(layer.path, frozen)):
            continue
        trainable = inside.get(layer.path)
        if trainable:
            reported.add(layer.path)
            message = (
                f"the config declares this {layer.class_name} as not trainable, but Keras loads"
                f" {len(trainable):,} of its variables as trainable: {trainable[0]}"
                + (f" and {len(trainable) - 1:,} more" if len(trainable) > 1 else "")
            )
            yield finding("freeze-lost-on-load", message, layer.path or None, len(trainable))


def _around(path: str, layers: Mapping[int, Collection[str]]) -> list[str]:
    """Returns those of `layers` that a layer is inside of, or is itself; the empty path is the model.

    Args:
        path: Of the layer.
        layers: Paths by their length: models have few lengths, while a path may have thousands of components.
    """
    ends = (length for length in layers if not length or path[length : length + 1] in ("", "/"))
    return [path[:length] for length in ends if path[:length] in layers[length]]
