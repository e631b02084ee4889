"""Whose class a serialized object is: Keras' own, or one that must be imported to load the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.serialized import Config, is_object, text

_KERAS_PACKAGES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")


def is_keras_class(layer: Config) -> bool:
    """Whether a serialized object is of a class of Keras itself."""
    if "module" in layer:
        return _is_keras_module(layer["module"])
    return text(layer, "class_name") in LAYERS


def is_layer(item: object) -> bool:
    """Whether an item of a model's `layers` is a layer: operations of `keras.ops` stand there too."""
    if not isinstance(item, dict) or not isinstance(item.get("class_name"), str):
        return False
    module = item.get("module")
    return not (isinstance(module, str) and _is_keras_module(module) and ".ops" in module)


def custom_objects(config: Config) -> tuple[list[str], bool]:
    """Returns the classes and functions that are not Keras' own, and whether there is Python bytecode.

    Args:
        config: A whole model's, as Keras serialized it.
    """
    names: dict[str, None] = {}
    bytecode = False
    for item in _objects(config):
        class_name = item["class_name"]
        if class_name == "__lambda__":
            bytecode = True
        elif class_name == "function":
            names.setdefault(str(item["config"]))
        elif class_name.startswith("__"):
            continue
        elif "module" not in item:
            own = item["config"]
            bytecode |= class_name == "Lambda" and isinstance(own, dict) and own.get("function_type") == "lambda"
            if is_layer(item) and "inbound_nodes" in item and not is_keras_class(item):
                names.setdefault(class_name)
        elif not _is_keras_module(item["module"]) and item["module"] != "builtins":
            names.setdefault(text(item, "registered_name") or class_name)
    return list(names), bytecode


def _objects(config: Config) -> Iterator[dict[str, Any]]:
    """Yields every serialized object, outer ones first, by its own stack: strangers nest as they like."""
    stack: list[Any] = [config]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if is_object(item) or (item.get("class_name") == "function" and isinstance(item.get("config"), str)):
                yield item
            stack.extend(value for value in reversed(item.values()) if isinstance(value, dict | list))
        else:
            stack.extend(value for value in reversed(item) if isinstance(value, dict | list))


def _is_keras_module(module: object) -> bool:
    return isinstance(module, str) and any(
        module == package or module.startswith(f"{package}.") for package in _KERAS_PACKAGES
    )
