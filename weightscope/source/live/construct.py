"""Constructs a layer or a model from its class or function and its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weightscope.errors import LayerError
from weightscope.source.arguments import MadeBy
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.foreign_code import plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.refusals import refused, refused_part
from weightscope.source.live.registry import find_layer
from weightscope.source.live.targets import Target, find_target, is_layer, is_layer_class
from weightscope.source.shapes import MEMORY_BOUND
from weightscope.source.spec import LayerSpec

#: Where an argument such as `RandomNormal(stddev=0.1)` is looked for, after the module and the layers.
_OTHER_CLASSES = (keras.initializers, keras.regularizers, keras.constraints, keras.dtype_policies, keras.models)


def construct_layer(spec: LayerSpec, target: Target, creation_log: CreationLog | None = None) -> Any:
    """Returns the layer or model that `spec` describes, not built yet.

    Args:
        spec: The layer and its arguments.
        target: What the layer's name stands for.
        creation_log: What remembers the variables that the constructor creates.

    Raises:
        LayerError: The constructor refuses the arguments, or a function returns no layer.
    """
    if target.is_made:
        if spec.arguments:
            raise LayerError(spec.name, "the module has made it: it takes no --arg", f"weightscope layer {spec.name}")
        return target.thing
    arguments = {**target.defaults, **spec.arguments}
    with plain_errors(), (creation_log or CreationLog()).watching(MEMORY_BOUND):
        try:
            if spec.serialized and is_layer_class(target.thing):
                layer = target.thing.from_config(arguments)
            else:
                layer = target.thing(**{name: _made(value, target.names) for name, value in arguments.items()})
        except LayerError:  # an argument that is a layer itself
            raise
        except (Exception, SystemExit) as error:
            raise refused(spec, target, arguments, error) from error
    if not is_layer(layer):
        what = type(layer).__name__
        raise LayerError(spec.name, f"it returned a {what}, no layer and no model", "name a function that returns one")
    if not hasattr(layer, "trainable"):
        raise LayerError(
            spec.name,
            "its constructor leaves it without the state of a Keras layer",
            f"call super().__init__(**kwargs) first in {type(layer).__name__}.__init__",
        )
    return layer


def _made(value: Any, names: Mapping[str, Any]) -> Any:
    """Returns the layer (or initializer, ...) that a value means: a call, `{"class_name": ..., "config": {...}}`."""
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
