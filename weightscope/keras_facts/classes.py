"""Distinguishes Keras' own classes from classes that must be imported to load a model."""

from __future__ import annotations

from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.serialized import Config, text

_KERAS_PACKAGES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")


def is_keras_class(layer: Config) -> bool:
    """Whether a serialized object is of a class of Keras itself."""
    if "module" in layer:
        return is_keras_module(layer["module"])
    return text(layer, "class_name") in LAYERS


def is_layer(item: object) -> bool:
    """Whether an item of a model's `layers` is a layer: the list may hold operations of `keras.ops` too."""
    if not isinstance(item, dict) or not isinstance(item.get("class_name"), str):
        return False
    module = item.get("module")
    return not (isinstance(module, str) and is_keras_module(module) and ".ops" in module)


def is_keras_module(module: object) -> bool:
    """Whether a module is part of Keras, under any name that Keras has used."""
    return isinstance(module, str) and any(
        module == package or module.startswith(f"{package}.") for package in _KERAS_PACKAGES
    )
