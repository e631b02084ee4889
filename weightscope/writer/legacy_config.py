"""The config of a legacy `.h5` model as `config.json` and `metadata.json` of a `.keras` file."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, replace

from weightscope.errors import UsageError
from weightscope.inspection import Inspection
from weightscope.inspection.stored_tree import StoredBytes
from weightscope.keras_facts.constructors import ARGUMENTS, KERAS_VERSION, LEGACY_LAYERS, MODELS
from weightscope.keras_facts.dropped_arguments import can_be_dropped
from weightscope.keras_facts.serialized import Config, items, objects_inside, part, references, text
from weightscope.measure.check.connections import is_list_of_one
from weightscope.measure.check.refusals import findings_of_refusals
from weightscope.source.escape import escape

#: The options that hold the layers of a wrapper. Keras 3 looks these up by their module alone.
_WRAPPED = ("layer", "backward_layer", "cell", "cells")

_HINT = "-o OUT.weights.h5, build the model in code, and call load_weights"


@dataclass(frozen=True, slots=True)
class BytesInMemory:
    """The content of a small file."""

    data: bytes

    @property
    def length(self) -> int:
        """Number of bytes."""
        return len(self.data)

    def read(self, offset: int, count: int) -> bytes:
        """Returns `count` bytes from `offset` on."""
        return self.data[offset : offset + count]


def legacy_files(inspection: Inspection) -> dict[str, StoredBytes]:
    """Returns the files that describe the model, without its optimizer and loss.

    Raises:
        UsageError: Keras 3 would not load the config; the error says why.
    """
    config = deepcopy({key: value for key, value in (inspection.config or {}).items() if key != "training_config"})
    objects = [item for _, item in objects_inside(config)]
    for item in objects:
        _translate(item)
    is_of_keras_2 = (inspection.source.keras_version or "").startswith("2.")
    calls = [_translate_calls(item) for item in objects if is_of_keras_2 and item["class_name"] in MODELS]
    refused = next(findings_of_refusals(replace(inspection, config=config)), None)
    reason = None if refused is None else ": ".join(filter(None, (refused.variable, refused.message)))
    reason = reason or next(filter(None, calls), None)
    if reason is not None:
        what = f"Keras 3 does not load this config: {escape(reason)}"
        raise UsageError(inspection.source.location, what, _HINT)
    is_sequential = config["class_name"] == "Sequential"
    config["module"] = "keras" if is_sequential else "keras.src.models.functional"
    config["registered_name"] = config["class_name"]
    metadata = {"keras_version": KERAS_VERSION, "date_saved": None}
    return {"metadata.json": _json(metadata), "config.json": _json(config)}


def _translate(item: Config) -> None:
    """Changes a serialized object of Keras 2 into what Keras 3 takes, where both mean the same."""
    if item["class_name"] == "Model":
        item["class_name"] = "Functional"
    if item["class_name"] in MODELS and isinstance(item["config"], list):  # Keras up to 2.2.2
        item["config"] = {"name": text(item, "name") or "sequential", "layers": item["config"]}
    own = item["config"]
    if not isinstance(own, dict):
        return
    if item["class_name"] == "Sequential":
        _add_input(own)
    taken = ARGUMENTS.get((str(item.get("module", "keras.layers")), item["class_name"]))
    for name in [name for name in own if taken is not None and name not in taken]:
        if can_be_dropped(item["class_name"], name, own[name]):
            del own[name]
    for option in _WRAPPED:
        held = own.get(option)
        for one in held if isinstance(held, list) else [held]:
            if isinstance(one, dict) and "module" not in one and one.get("class_name") in LEGACY_LAYERS:
                one.update(module="keras.layers", registered_name=None)


def _add_input(own: Config) -> None:
    """Puts an InputLayer before the first layer of a Sequential, if that layer's config has the shape of the input.

    Keras 3 would take the batch size in it for an axis of the input.
    """
    first = next(iter(items(own, "layers")), None)
    config = part(first, "config")
    if not isinstance(config, dict) or text(first, "class_name") == "InputLayer" or "batch_input_shape" not in config:
        return
    shape = config.pop("batch_input_shape")
    name = f"{text(config, 'name') or 'first'}_input"
    described = {"batch_input_shape": shape, "dtype": config.get("dtype"), "sparse": False, "name": name}
    own["layers"] = [{"class_name": "InputLayer", "config": described}, *own["layers"]]


def _translate_calls(item: Config) -> str | None:
    """Changes the references of a Functional model to the calls of its layers into what Keras 3 takes.

    Keras 2 writes one output as a list, and counts the creation of a model inside another one as its call 0. Keras 3
    counts it only for a Functional model, and only where the outputs refer to it. Source: `_should_skip_first_node` of
    `tf_keras/src/engine/functional.py`, `functional_from_config` of `keras/src/models/functional.py`.

    Returns:
        What Keras 3 does not take; None if it takes all.
    """
    layers = {text(one, "name"): one for one in items(item["config"], "layers") if isinstance(one, dict)}
    inner = list(references([items(one, "inbound_nodes") for one in layers.values()]))
    for reference in inner:
        for value in reference[3].values() if len(reference) > 3 and isinstance(reference[3], dict) else ():
            if next(references([value]), None) is not None:
                return f"a call on the output of {reference[0]} has tensors as keyword arguments"
    outputs = list(references(items(item["config"], "output_layers")))
    counted_from_0 = {one[0] for one in (*inner, *outputs) if one[1] == 0}
    for reference in inner:
        if _is_model(layers.get(reference[0])) and reference[0] not in counted_from_0:
            reference[1] -= 1
    for reference in outputs:
        if text(layers.get(reference[0]), "class_name") == "Sequential" and reference[0] not in counted_from_0:
            reference[1] -= 1
    if item["class_name"] == "Functional" and is_list_of_one(item["config"].get("output_layers")):
        (item["config"]["output_layers"],) = item["config"]["output_layers"]
    return None


def _is_model(layer: object) -> bool:
    return text(layer, "class_name") in MODELS


def _json(found: Config) -> BytesInMemory:
    return BytesInMemory(json.dumps(found).encode())
