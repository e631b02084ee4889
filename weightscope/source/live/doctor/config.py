"""Examines whether the layer can be made again from what is saved of it: its class's name and its config."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weightscope.inspection import Note
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.settings import another, are_different, settings_of
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.fresh_names import fresh_names

#: The default of an argument that has none.
_REQUIRED = inspect.Parameter.empty


def is_keras_own(layer: Any) -> bool:
    """Tells whether the layer's class is one of Keras itself."""
    return str(type(layer).__module__).partition(".")[0] == "keras"


def not_registered(examined: ExaminedLayer) -> Iterator[Note]:
    """Yields a note for each class of the layer and its sub-layers that Keras would not find when it loads a model."""
    told = set()
    for path, _, layer in examined.layers():
        kind = type(layer)
        is_registered = keras.saving.get_registered_name(kind) != kind.__name__
        if kind in told or is_registered or is_keras_own(layer):
            continue
        told.add(kind)
        yield Note(
            "not-registered",
            "warning",
            f"Keras does not know the class {kind.__name__}: load_model needs "
            f'custom_objects={{"{kind.__name__}": {kind.__name__}}} to load a model that holds it',
            path,
            '@keras.saving.register_keras_serializable(package="my_package") above the class',
        )


def incomplete_config(examined: ExaminedLayer) -> Iterator[Note]:
    """Yields a note for each constructor argument that a layer made from `get_config` does not have, or has changed."""
    path, layer = examined.layer.name, examined.layer
    try:
        config = layer.get_config()
    except (Exception, SystemExit) as error:
        fix = "def get_config(self): return {**super().get_config(), ...}, with each argument of the constructor"
        yield Note("config-incomplete", "warning", f"get_config raises {describe_error(error)}", path, fix)
        return
    with fresh_names(), plain_errors(), examined.known_classes():
        twin = _made_from(layer, config)
        arguments = _arguments(layer)
        missing = [one for one in arguments if one not in config and _is_expected(one, examined)]
        missing = [one for one in missing if not _comes_back(one, examined, twin)]
    for name in missing:
        yield Note(
            "config-incomplete",
            "warning",
            f"get_config does not return the constructor's {name!r}: a loaded layer "
            + ("cannot be made without it" if arguments[name] is _REQUIRED and twin is None else "gets its default"),
            path,
            f'in get_config(): "{name}": self.{name}',
        )
    if twin is not None:
        yield from _changed(layer, twin, [one for one in arguments if one in config])


def _made_from(layer: Any, config: Mapping[str, Any]) -> Any:
    """Returns a layer made from a config; None if that fails, which the round trip reports."""
    try:
        return type(layer).from_config(dict(config))
    except (Exception, SystemExit):
        return None


def _comes_back(argument: str, examined: ExaminedLayer, twin: Any) -> bool:
    """Whether a layer made from its config has an argument that the config has under no name, or under another.

    A layer with another value of the argument is made, and made again from its config. Where there is no other value
    to try, a `from_config` of the class's own is trusted if the layer that it made has the same settings.
    """
    layer, value = examined.layer, _value(argument, examined)
    if examined.remade is not None and value is not _REQUIRED and are_different(value, another(value)):
        try:
            one = examined.remade({argument: another(value)})
            back = type(one).from_config(one.get_config())
        except (Exception, SystemExit):
            return False
        settings = settings_of(one)
        return settings != settings_of(layer) and settings == settings_of(back)
    has_own = type(layer).from_config.__func__ is not keras.layers.Layer.from_config.__func__
    return has_own and twin is not None and settings_of(twin) == settings_of(layer)


def _value(argument: str, examined: ExaminedLayer) -> Any:
    return examined.spec.arguments.get(argument, _arguments(examined.layer)[argument])


def _changed(layer: Any, twin: Any, names: Sequence[str]) -> Iterator[Note]:
    """Yields a note for each of these arguments that is another one in the layer made from the config."""
    config, again = layer.get_config(), twin.get_config()
    for name in names:
        before, after = getattr(layer, name, None), getattr(twin, name, None)
        if not are_different(before, after):
            before, after = config.get(name), again.get(name)
        if are_different(before, after):
            yield Note(
                "config-incomplete",
                "warning",
                f"get_config changes {name!r}: {before!r} is {after!r} after from_config(get_config())",
                layer.name,
                f'in get_config(): "{name}": what the constructor was given',
            )


def _arguments(layer: Any) -> dict[str, Any]:
    """Returns the constructor's arguments with their defaults (`_REQUIRED`: none); those of every layer left out."""
    own = inspect.signature(keras.layers.Layer.__init__).parameters
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter.default
        for name, parameter in list(inspect.signature(type(layer).__init__).parameters.items())[1:]
        if parameter.kind in kinds and name not in own
    }


def _is_expected(name: str, examined: ExaminedLayer) -> bool:
    """Tells whether an argument must be in the config: of Keras' own layers only one that was given.

    Keras leaves out what is of use once only, such as Bidirectional's `weights`.
    """
    return not is_keras_own(examined.layer) or name in examined.spec.arguments
