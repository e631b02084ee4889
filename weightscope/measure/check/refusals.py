"""The rules that find classes and arguments in the config that Keras 3 refuses: load_model raises an error.

The config inside a custom class is not checked: its own `from_config` may do anything with it.

Source: `keras/src/saving/serialization_lib.py`, `keras/src/legacy/saving/saving_utils.py`, Keras 3.15.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.keras_facts.classes import is_keras_module
from weightscope.keras_facts.constructors import (
    ARGUMENTS,
    KERAS_VERSION,
    LEGACY_LAYERS,
    MODELS,
    POLICIES,
    is_in_keras_3,
)
from weightscope.keras_facts.functions import EARLIER_LAYERS, EARLIER_OPTIONS, TAKEN_FOR_FUNCTIONS
from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.serialized import Config, is_object, items, part, text
from weightscope.measure.check import fixes
from weightscope.measure.check.compilation import findings_of_compilation
from weightscope.measure.check.connections import layer_given_a_list, unconnected_layers
from weightscope.measure.check.rules import finding

#: The arguments that Keras 3 removes from a Lambda's config without a `module` before it builds the layer.
_FORGIVEN_OF_LAMBDA: Final = frozenset({"module", "function_type", "output_shape_type", "output_shape_module"})

#: The options that hold the layers of a wrapper: one layer or a list.
_WRAPPED: Final = ("layer", "backward_layer", "cell", "cells")

#: The module of an option's objects, by the end of the option's name. Keras 3 looks them up by name alone.
_MODULES: Final = {
    "_initializer": "keras.initializers",
    "_regularizer": "keras.regularizers",
    "_constraint": "keras.constraints",
}

_MOST_ARGUMENTS: Final = 10

#: The layers of any version of Keras that a config without modules may name.
_OF_KERAS: Final = LAYERS.keys() | LEGACY_LAYERS | EARLIER_LAYERS


@dataclass(frozen=True, slots=True)
class _Layer:
    """A serialized layer or model.

    Attributes:
        item: As Keras serialized it.
        path: Its path in the model.
        is_wrapped: Whether it is in an option of another layer. Keras 3 then looks it up only by its module.
    """

    item: Config
    path: str
    is_wrapped: bool = False

    @property
    def class_name(self) -> str:
        return str(self.item["class_name"])

    @property
    def has_module(self) -> bool:
        return "module" in self.item

    @property
    def is_custom(self) -> bool:
        if self.has_module:
            return not is_keras_module(self.item["module"])
        return self.class_name not in _OF_KERAS

    @property
    def exists(self) -> bool:
        if self.has_module:
            return is_in_keras_3(str(self.item["module"]), self.class_name)
        return self.class_name in LEGACY_LAYERS and not self.is_wrapped


def findings_of_refusals(inspection: Inspection) -> Iterator[Finding]:
    """Yields the arguments and classes in the config that Keras 3 refuses."""
    config = inspection.config
    if config is None or not is_object(config):
        return
    is_legacy = inspection.source.format.startswith("legacy")
    stack = [_Layer(config, "")]
    while stack:
        layer = stack.pop()
        if layer.is_custom:
            continue
        yield from _of_class(layer)
        if layer.exists:
            yield from _of_arguments(layer, is_legacy=is_legacy)
            yield from _of_options(layer, is_legacy=is_legacy)
            if is_legacy and not (layer.is_wrapped or layer.has_module):
                yield from _of_values(layer)
                yield from _of_connections(layer)
            if is_legacy:
                yield from _of_sequential(layer)
        stack.extend(reversed(list(_inside(layer))))
    yield from findings_of_compilation(config, is_legacy=is_legacy)


def _of_class(layer: _Layer) -> Iterator[Finding]:
    if layer.exists:
        return
    name = f"{layer.item['module']}.{layer.class_name}" if layer.has_module else layer.class_name
    what = f"Keras {KERAS_VERSION} has no {name}"
    if not layer.has_module and layer.class_name in LEGACY_LAYERS:
        what = f"Keras {KERAS_VERSION} does not find {name}, since the config of a wrapper does not name its module"
    fix = fixes.BUILD_IN_CODE if layer.has_module else fixes.CLASS_OF_THIS_NAME
    yield finding("unknown-class", what, layer.path or None, fix=fix)


def _of_arguments(layer: _Layer, *, is_legacy: bool) -> Iterator[Finding]:
    own = layer.item["config"]
    module = str(layer.item["module"]) if layer.has_module else "keras.layers"
    taken = ARGUMENTS.get((module, layer.class_name))
    if taken is None or not isinstance(own, dict):
        return
    if not layer.has_module and not layer.is_wrapped:
        # Keras 3 hands on batch_input_shape as input_shape
        taken = taken | ({"batch_input_shape"} if "input_shape" in taken else set())
        taken = taken | (_FORGIVEN_OF_LAMBDA if layer.class_name == "Lambda" else set())
    refused = [name for name in own if name not in taken]
    if refused:
        fix = fixes.BUILD_IN_CODE if layer.has_module or not is_legacy else fixes.DROP_ARGUMENT
        yield finding("unknown-argument", _not_taken(layer.class_name, refused), layer.path or None, len(refused), fix)


def _of_options(layer: _Layer, *, is_legacy: bool) -> Iterator[Finding]:
    """Yields what Keras refuses in a layer's initializers, regularizers, constraints and dtype policy."""
    own = layer.item["config"]
    for option, value in own.items() if isinstance(own, dict) else ():
        if not is_object(value) or not is_keras_module(value.get("module", "keras")):
            continue
        name, module = value["class_name"], next((_MODULES[end] for end in _MODULES if option.endswith(end)), None)
        fix = fixes.CLASS_OF_THIS_NAME if is_legacy else fixes.BUILD_IN_CODE
        if option == "dtype" and name not in POLICIES:
            yield finding("unknown-class", f"Keras {KERAS_VERSION} has no dtype policy {name}", layer.path, fix=fix)
        if (module, name) in EARLIER_OPTIONS:
            message = f"{option}: Keras {KERAS_VERSION} has no {module}.{name}"
            yield finding("unknown-class", message, layer.path, fix=fixes.BUILD_IN_CODE)
        taken = ARGUMENTS.get((module or "", name))
        refused = [one for one in value["config"] if taken is not None and one not in taken]
        if refused:
            message = f"{option}: {_not_taken(name, refused)}"
            yield finding("unknown-argument", message, layer.path, len(refused), fixes.BUILD_IN_CODE)


def _of_values(layer: _Layer) -> Iterator[Finding]:
    """Yields the options of a layer in a legacy file that Keras takes for a function of this name."""
    own = layer.item["config"]
    for option, value in own.items() if isinstance(own, dict) else ():
        if option != "name" and isinstance(value, str) and value in TAKEN_FOR_FUNCTIONS:
            message = f"{option}={value!r}: Keras {KERAS_VERSION} takes it for the function keras.layers.{value}"
            yield finding("refused-value", message, layer.path or None)


def _of_sequential(layer: _Layer) -> Iterator[Finding]:
    """Yields a Sequential of Keras up to 2.3 that Keras 3 misreads: a list as its config, or no InputLayer."""
    own = layer.item["config"]
    if layer.class_name in MODELS and isinstance(own, list):
        message = (
            f"{layer.class_name}: the config is a list of layers, as Keras up to 2.2.2 wrote it;"
            f" Keras {KERAS_VERSION} expects a dict"
        )
        yield finding("refused-value", message, layer.path or None, fix=fixes.EXPORT_OR_BUILD)
    first = next(iter(items(own, "layers")), None)
    shape = part(first, "config").get("batch_input_shape")
    if layer.class_name == "Sequential" and text(first, "class_name") != "InputLayer" and isinstance(shape, list):
        message = (
            f"there is no InputLayer, and Keras {KERAS_VERSION} takes batch_input_shape={shape} of the first layer for"
            " the shape without the batch: load_model or a call raises an error, or the output has another shape"
        )
        yield finding("misread-input-shape", message, layer.path or None)


def _of_connections(layer: _Layer) -> Iterator[Finding]:
    """Yields the layers of a model in a legacy file that Keras 3 cannot connect again."""
    if layer.class_name not in MODELS or not isinstance(layer.item["config"], dict):
        return
    taker = layer_given_a_list(layer.item) if layer.class_name == "Sequential" else None
    if taker is not None:
        message = (
            f"Keras {KERAS_VERSION} gives it a list with the output of the model before it, which the config writes as"
            " a list: load_model raises an error, or the loaded model computes something else"
        )
        yield finding("refused-value", message, f"{layer.path}/{taker}".strip("/") or None, fix=fixes.EXPORT_OR_BUILD)
    for name in unconnected_layers(layer.item):
        message = f"Keras {KERAS_VERSION} counts its calls from 0, and the config counts them from 1"
        yield finding("refused-value", message, f"{layer.path}/{name}".lstrip("/"), fix=fixes.EXPORT_OR_BUILD)


def _not_taken(class_name: str, arguments: list[str]) -> str:
    more = f" and {len(arguments) - _MOST_ARGUMENTS:,} more" if len(arguments) > _MOST_ARGUMENTS else ""
    return f"{class_name} of Keras {KERAS_VERSION} does not take {', '.join(arguments[:_MOST_ARGUMENTS])}{more}"


def _inside(layer: _Layer) -> Iterator[_Layer]:
    """Yields the layers that a model or a wrapper of Keras holds."""
    own = layer.item["config"]
    held: list[tuple[Any, bool]] = []
    if layer.class_name in MODELS:
        held = [(one, False) for one in (own if isinstance(own, list) else items(own, "layers"))]
    elif isinstance(own, dict):
        for option in _WRAPPED:
            value = own.get(option)
            held += [(one, True) for one in (value if isinstance(value, list) else [value])]
    for one, is_wrapped in held:
        if is_object(one):
            name = text(part(one, "config"), "name") or text(one, "name") or ""
            yield _Layer(one, f"{layer.path}/{name}" if layer.path and name else layer.path or name, is_wrapped)
