"""Examines whether the layer can be recreated from its class name and its config, which Keras saves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.doctor.settings import another, are_different, settings_of
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.global_settings import fresh_names

#: Marks an argument without a default.
_REQUIRED = inspect.Parameter.empty


def not_registered(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each class of the layer and its sub-layers that is not registered in Keras."""
    reported = set()
    for path, _, layer in examined.layers():
        kind = type(layer)
        is_registered = keras.saving.get_registered_name(kind) != kind.__name__
        if kind in reported or is_registered or is_keras_own(layer):
            continue
        reported.add(kind)
        yield Finding(
            "not-registered",
            "warning",
            f"Keras does not know the class {kind.__name__}: load_model needs "
            f'custom_objects={{"{kind.__name__}": {kind.__name__}}} to load a model with it',
            path,
            fix='@keras.saving.register_keras_serializable(package="my_package") above the class',
        )


def functions_in_config(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each lambda or unregistered function in the config, which load_model cannot find."""
    try:
        config = examined.layer.get_config()
    except (Exception, SystemExit):
        return  # incomplete_config reports it
    for name, value in _functions(config):
        is_lambda = value.__name__ == "<lambda>"
        if not is_lambda and (_is_of_a_library(value) or keras.saving.get_registered_name(value) != value.__name__):
            continue
        named = f"def {name.rpartition('.')[2]}(...)" if is_lambda else f"def {value.__name__}"
        yield Finding(
            "function-in-config",
            "error",
            f"the config holds {'a lambda' if is_lambda else f'the function {value.__name__}'} as {name!r}: "
            + (
                "it is saved as bytecode, which load_model refuses"
                if is_lambda
                else "load_model cannot find it, even if the class is registered"
            ),
            examined.layer.name,
            fix=f'@keras.saving.register_keras_serializable(package="my_package") above {named}'
            + (", in place of the lambda" if is_lambda else "")
            + f", and self.{name} = keras.activations.get({name}) in __init__()",
        )


def _functions(config: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yields each function in a config with its path of keys."""
    if isinstance(config, FunctionType):
        yield path, config
    elif isinstance(config, dict):
        for key, value in config.items():
            yield from _functions(value, f"{path}.{key}".lstrip("."))
    elif isinstance(config, (list, tuple)):
        for place, value in enumerate(config):
            yield from _functions(value, f"{path}.{place}")


def _is_of_a_library(function: Any) -> bool:
    return str(function.__module__).partition(".")[0] in ("keras", "tensorflow", "numpy", "builtins")


def incomplete_config(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each constructor argument that `from_config(get_config())` loses or changes."""
    path, layer = examined.layer.name, examined.layer
    try:
        config = layer.get_config()
    except (Exception, SystemExit) as error:
        fix = "def get_config(self): return {**super().get_config(), ...}, with each argument of the constructor"
        yield Finding("config-incomplete", "warning", f"get_config raises {describe_error(error)}", path, fix=fix)
        return
    if not isinstance(config, dict):
        return  # the round trip reports it
    with fresh_names(), plain_errors(), examined.known_classes():
        twin = _made_from(layer, config)
        arguments = _arguments(layer)
        missing = [one for one in arguments if one not in config and _is_expected(one, examined)]
        missing = [one for one in missing if not _comes_back(one, examined, twin)]
    for name in missing:
        yield Finding(
            "config-incomplete",
            "warning",
            f"get_config does not return the constructor's {name!r}: a loaded layer "
            + ("cannot be made without it" if arguments[name] is _REQUIRED and twin is None else "gets its default"),
            path,
            fix=f'in get_config(): "{name}": self.{name}',
        )
    if twin is not None:
        yield from _changed(examined, twin, [one for one in arguments if one in config])


def _made_from(layer: Any, config: Mapping[str, Any]) -> Any:
    """Returns a layer made from a config; None if `from_config` fails, which the round trip reports."""
    try:
        return type(layer).from_config(dict(config))
    except (Exception, SystemExit):
        return None


def _comes_back(argument: str, examined: ExaminedLayer, twin: Any) -> bool:
    """Whether `from_config` restores an argument that is not in the config under its own name.

    To test this, a layer with another value of the argument is made, and a second layer from its config. If there is no
    other value to try, a class's own `from_config` is trusted if the layer that it made has the same settings.
    """
    layer, value = examined.layer, _value(argument, examined)
    if examined.remade is not None and value is not _REQUIRED and are_different(value, another(value)):
        try:
            one = examined.remade({argument: another(value)}, examined.how.dtype_policy)
            back = type(one).from_config(one.get_config())
        except (Exception, SystemExit):
            return False
        settings = settings_of(one)
        return settings != settings_of(layer) and settings == settings_of(back)
    has_own = type(layer).from_config.__func__ is not keras.layers.Layer.from_config.__func__
    unbuilt = layer if examined.remade is None else examined.made_again()  # build() may add attributes
    return has_own and twin is not None and settings_of(twin) == settings_of(unbuilt)


def _value(argument: str, examined: ExaminedLayer) -> Any:
    return examined.spec.arguments.get(argument, _arguments(examined.layer)[argument])


def _changed(examined: ExaminedLayer, twin: Any, names: Sequence[str]) -> Iterator[Finding]:
    """Yields a finding for each of these arguments whose value differs in the layer made from the config.

    The attributes of unbuilt layers are compared, because `build()` may change attributes.
    """
    layer = examined.layer
    config, again = layer.get_config(), twin.get_config()
    unbuilt = None if examined.remade is None else examined.made_again()
    back = None if unbuilt is None else _made_from(unbuilt, unbuilt.get_config())
    for name in names:
        before, after = getattr(unbuilt, name, None), getattr(back, name, None)
        if back is None or not are_different(before, after):
            before, after = config.get(name), again.get(name)
        if are_different(before, after):
            yield Finding(
                "config-incomplete",
                "warning",
                f"get_config changes {name!r}: {before!r} becomes {after!r} after from_config(get_config())",
                layer.name,
                fix=f'in get_config(): "{name}": the value that the constructor received',
            )


def _arguments(layer: Any) -> dict[str, Any]:
    """Returns the constructor's arguments with their defaults or `_REQUIRED`, without the arguments of every layer."""
    own = inspect.signature(keras.layers.Layer.__init__).parameters
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter.default
        for name, parameter in list(inspect.signature(type(layer).__init__).parameters.items())[1:]
        if parameter.kind in kinds and name not in own
    }


def _is_expected(name: str, examined: ExaminedLayer) -> bool:
    """Whether an argument must be in the config. For a constructor of Keras itself, only given arguments must.

    Keras omits arguments that are used only once, such as Bidirectional's `weights`.
    """
    owner = next(kind for kind in type(examined.layer).__mro__ if "__init__" in vars(kind))
    return str(owner.__module__).partition(".")[0] != "keras" or name in examined.spec.arguments
