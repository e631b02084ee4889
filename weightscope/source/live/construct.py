"""Constructs a layer or a model from its class or function and its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weightscope.errors import LayerError
from weightscope.source.arguments import MadeBy
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.foreign_code import plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import safe_mode_scope
from weightscope.source.live.refusals import refused, refused_part
from weightscope.source.live.registry import find_layer
from weightscope.source.live.targets import Target, find_target, is_layer, is_layer_class
from weightscope.source.shapes import MEMORY_BOUND
from weightscope.source.spec import LayerSpec

#: Modules to search for an argument such as `RandomNormal(stddev=0.1)`, after the user's module and the layers.
_OTHER_CLASSES = (keras.initializers, keras.regularizers, keras.constraints, keras.dtype_policies, keras.models)


def construct_layer(spec: LayerSpec, target: Target, creation_log: CreationLog | None = None) -> Any:
    """Returns the layer or model that `spec` describes, not built yet.

    Args:
        spec: The layer and its arguments.
        target: The class or function to call, or the existing layer.
        creation_log: Records the variables that the constructor creates.

    Raises:
        LayerError: The constructor refuses the arguments, or the result is not a layer.
    """
    if target.is_made and spec.arguments:
        what = "the module creates this layer itself, so it takes no --arg"
        raise LayerError(spec.name, what, f"weightscope layer {spec.name}")
    if target.is_made:
        return target.thing
    arguments = {**target.defaults, **spec.arguments}
    with plain_errors(), (creation_log or CreationLog()).watching(MEMORY_BOUND):
        try:
            if spec.serialized and is_layer_class(target.thing):
                with safe_mode_scope(True):
                    layer = target.thing.from_config(arguments)
            else:
                layer = target.thing(**{name: _made(value, target.names) for name, value in arguments.items()})
        except LayerError:  # raised for an argument that is a layer
            raise
        except (Exception, SystemExit) as error:
            raise refused(spec, target, arguments, error) from error
    if not is_layer(layer):
        what = f"it returned a {type(layer).__name__}, which is neither a layer nor a model"
        raise LayerError(spec.name, what, "name a function that returns a layer or a model")
    if not hasattr(layer, "trainable"):
        raise LayerError(
            spec.name,
            "its constructor does not initialize the Keras layer",
            f"call super().__init__(**kwargs) first in {type(layer).__name__}.__init__",
        )
    return layer


def _made(value: Any, names: Mapping[str, Any]) -> Any:
    """Returns the object (layer, initializer, ...) for a call or a `{"class_name": ..., "config": {...}}`.

    Other values are returned unchanged; lists and tuples are converted item by item.
    """
    if isinstance(value, MadeBy):
        return _called(value, names)
    if isinstance(value, dict) and isinstance(value.get("class_name"), str):
        if "module" in value or "registered_name" in value:
            return keras.saving.deserialize_keras_object(value, safe_mode=True)
        name = value["class_name"]
        return construct_layer(LayerSpec(name, value.get("config") or {}), find_target(name))
    if isinstance(value, (list, tuple)):
        return type(value)(_made(part, names) for part in value)
    return value


def _called(made: MadeBy, names: Mapping[str, Any]) -> Any:
    others = (getattr(module, made.name, None) for module in _OTHER_CLASSES)
    thing = names.get(made.name) or next((one for one in others if isinstance(one, type)), None)
    if not callable(thing):
        found = find_layer(made.name)
        target = Target(made.name, found.python_class, found.defaults)
        thing = found.python_class
    else:
        target = Target(made.name, thing, names=names)
    arguments = {**target.defaults, **{name: _made(value, names) for name, value in made.named.items()}}
    try:
        return thing(*(_made(value, names) for value in made.positional), **arguments)
    except LayerError:
        raise
    except (Exception, SystemExit) as error:
        raise refused_part(made, target, error) from error
