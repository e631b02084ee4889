"""Constructs a layer from its class and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weightscope.errors import LayerError
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.registry import LayerClass, find_layer
from weightscope.source.shapes import MEMORY_BOUND
from weightscope.source.spec import LayerSpec

_LONGEST_VALUE = 60


def construct_layer(spec: LayerSpec, creation_log: CreationLog | None = None) -> Any:
    """Returns the Keras layer that `spec` describes, not built yet.

    Args:
        spec: The layer and its arguments.
        creation_log: What remembers the variables that the constructor creates.

    Raises:
        LayerError: The name is unknown, or the constructor refuses the arguments.
    """
    layer_class = find_layer(spec.name)
    arguments = {**layer_class.defaults, **spec.arguments}
    with plain_errors(), (creation_log or CreationLog()).watching(MEMORY_BOUND):
        try:
            if spec.serialized:
                layer = layer_class.python_class.from_config(arguments)
            else:
                given = {name: _deserialized(value) for name, value in arguments.items()}
                layer = layer_class.python_class(**given)
        except (Exception, SystemExit) as error:
            raise _refused(spec, layer_class, arguments, error) from error
    if not hasattr(layer, "trainable"):
        raise LayerError(
            spec.name,
            "its constructor leaves it without the state of a Keras layer",
            f"call super().__init__(**kwargs) first in {layer_class.python_class.__name__}.__init__",
        )
    return layer


def _refused(
    spec: LayerSpec, layer_class: LayerClass, arguments: Mapping[str, Any], error: BaseException
) -> LayerError:
    # from_config wraps the constructor's exception in one that repeats the whole config
    cause = error.__context__ if spec.serialized and isinstance(error.__context__, Exception) else error
    given = ", ".join(f"{name}={_short(value)}" for name, value in arguments.items())
    if spec.serialized and layer_class.name == "Lambda":
        return LayerError(
            spec.name,
            "refused: the spec holds Python bytecode, which would run",
            "define the layer in a Python file, and name it: weightscope layer FILE.py:ClassName",
        )
    return LayerError(
        spec.name,
        f"the constructor refused {given or 'to do without arguments'}: {describe_error(cause)}",
        f"{layer_class.signature}; give arguments with --arg name=value",
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def _deserialized(value: Any) -> Any:
    """Returns the layer (or initialiser, ...) that a value such as `{"class_name": "Dense", "config": {...}}` means."""
    if isinstance(value, dict) and isinstance(value.get("class_name"), str):
        if "module" in value or "registered_name" in value:
            return keras.saving.deserialize_keras_object(value, safe_mode=True)
        return construct_layer(LayerSpec(value["class_name"], value.get("config") or {}))
    return [_deserialized(part) for part in value] if isinstance(value, list) else value
