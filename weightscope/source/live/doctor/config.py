"""Examines whether the layer can be made again from what is saved of it: its class's name and its config."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from weightscope.inspection import Note
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.fresh_names import fresh_names

#: Types whose values tell by `==` whether they are the same setting.
_PLAIN = (bool, int, float, str, type(None))


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
    """Yields a note for each constructor argument that `get_config` does not return, or changes."""
    path, layer = examined.layer.name, examined.layer
    try:
        config = layer.get_config()
    except (Exception, SystemExit) as error:
        fix = "def get_config(self): return {**super().get_config(), ...}, with each argument of the constructor"
        yield Note("config-incomplete", "warning", f"get_config raises {describe_error(error)}", path, fix)
        return
    missing = [name for name in _arguments(layer) if name not in config and _is_expected(name, examined)]
    for name in missing:
        yield Note(
            "config-incomplete",
            "warning",
            f"get_config does not return the constructor's {name!r}: a loaded layer "
            + ("cannot be made without it" if _arguments(layer)[name] else "gets its default"),
            path,
            f'in get_config(): "{name}": self.{name}',
        )
    if not any(_arguments(layer)[name] for name in missing):
        yield from _changed(examined, config, missing)


def _changed(examined: ExaminedLayer, config: dict[str, Any], missing: list[str]) -> Iterator[Note]:
    """Yields a note for each argument that is another one in a layer made from the config."""
    layer = examined.layer
    try:
        with fresh_names(), plain_errors():
            twin = type(layer).from_config(dict(config))
            again = twin.get_config()
    except (Exception, SystemExit):
        return  # the round trip tells
    for name in _arguments(layer):
        if name in missing:
            continue
        before, after = getattr(layer, name, None), getattr(twin, name, None)
        if not _differ(before, after):
            before, after = config.get(name), again.get(name)
        if _differ(before, after):
            yield Note(
                "config-incomplete",
                "warning",
                f"get_config changes {name!r}: {before!r} is {after!r} after from_config(get_config())",
                layer.name,
                f'in get_config(): "{name}": what the constructor was given',
            )


def _arguments(layer: Any) -> dict[str, bool]:
    """Returns the constructor's arguments by name, and whether it cannot do without; those of every layer left out."""
    own = inspect.signature(keras.layers.Layer.__init__).parameters
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter.default is parameter.empty
        for name, parameter in list(inspect.signature(type(layer).__init__).parameters.items())[1:]
        if parameter.kind in kinds and name not in own
    }


def _is_expected(name: str, examined: ExaminedLayer) -> bool:
    """Tells whether an argument must be in the config: of Keras' own layers only one that was given.

    Keras leaves out what is of use once only, such as Bidirectional's `weights`.
    """
    return not is_keras_own(examined.layer) or name in examined.spec.arguments


def _differ(one: Any, other: Any) -> bool:
    """Tells whether two settings are certainly not the same."""
    if not (_is_plain(one) and _is_plain(other)):
        return False
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) != len(other) or any(map(_differ, one, other))
    return bool(one != other) and not (one != one and other != other)  # NaN is the same setting as NaN


def _is_plain(value: Any) -> bool:
    return all(map(_is_plain, value)) if isinstance(value, (list, tuple)) else isinstance(value, _PLAIN)
