"""Finds the custom classes and functions that a config needs, and the Python bytecode in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from weightscope.keras_facts.classes import is_keras_module
from weightscope.keras_facts.constructors import ARGUMENTS
from weightscope.keras_facts.functions import ACTIVATIONS, EARLIER_LAYERS, LOSSES_AND_METRICS, OTHER_NAMES
from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.serialized import Config, objects_inside, part, text, texts_in

#: Options that mark the value of another option as code: `"function_type": "lambda"`. Written by Keras 1 and 2.
_TYPED_OPTIONS: Final = ("function_type", "output_shape_type", "mask_type")

#: Classes of Keras that are named without their module; Keras 2.13 and later registers its own optimizers too.
_KNOWN: Final = (
    LAYERS.keys()
    | {name for _, name in ARGUMENTS}
    | {name.lower() for _, name in ARGUMENTS}
    | {f"Custom>{name}" for module, name in ARGUMENTS if module == "keras.optimizers"}
    | OTHER_NAMES
    | EARLIER_LAYERS
)


@dataclass(frozen=True, slots=True)
class CustomCode:
    """The custom code of a config.

    Attributes:
        names: Classes and functions that loading the model needs, each once.
        bytecode: The places of objects that hold Python bytecode, as `objects_inside` yields them.
    """

    names: tuple[str, ...]
    bytecode: tuple[str, ...]


def custom_code(config: Config) -> CustomCode:
    """Returns what a config needs besides Keras.

    Args:
        config: The config of a whole model with its compilation, in the notation of any version of Keras.
    """
    names: dict[str, None] = {}
    bytecode: dict[str, None] = {}
    for place, item in objects_inside(config):
        if holds_bytecode(item):
            bytecode.setdefault(place)
        names.update(dict.fromkeys(_custom_names(item)))
    for compiled in (part(config, "training_config"), part(config, "compile_config")):
        for kind in ("loss", "metrics", "weighted_metrics"):
            names.update((name, None) for name in texts_in(compiled.get(kind)) if not _is_loss_or_metric(name))
    return CustomCode(tuple(names), tuple(bytecode))


def holds_bytecode(item: Config) -> bool:
    """Whether a serialized object is Python bytecode, or a Lambda layer (or a subclass of it) that holds some.

    Keras 3 writes an object `__lambda__`. Keras 1 and 2 write a list of code, defaults and closure, which Keras 3 takes
    for code with any declared type.
    """
    own = item["config"]
    if item["class_name"] == "__lambda__":
        return True
    if not isinstance(own, dict):
        return False
    is_code = item["class_name"] == "Lambda" and isinstance(own.get("function"), list)
    return is_code or any(own.get(option) == "lambda" for option in _TYPED_OPTIONS)


def _custom_names(item: Config) -> Iterator[str]:
    class_name, own = item["class_name"], item["config"]
    if class_name.startswith("__"):
        return
    if class_name == "function":
        if not _is_keras_function(str(own), item.get("module")):
            yield str(own)
    elif "module" in item:
        if not is_keras_module(item["module"]) and item["module"] != "builtins":
            yield text(item, "registered_name") or class_name
    else:
        if class_name not in _KNOWN:
            yield class_name
        yield from _custom_activations(own)


def _is_keras_function(name: str, module: object) -> bool:
    return is_keras_module(module) or (module == "builtins" and (name in ACTIVATIONS or _is_loss_or_metric(name)))


def _is_loss_or_metric(name: str) -> bool:
    return name.lower() in LOSSES_AND_METRICS or name in _KNOWN


def _custom_activations(own: object) -> Iterator[str]:
    """Yields the functions that a layer of Keras 1 or 2 names as its activations."""
    for option in ("activation", "recurrent_activation"):
        name = text(own, option)
        if name is not None and name not in ACTIVATIONS and name not in LAYERS:
            yield name
