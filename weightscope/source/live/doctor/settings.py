"""Compares the settings of layers: the attributes of a layer and of its sub-layers that have comparable values."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np

from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import sublayers

#: Types whose values are compared with `==`.
_PLAIN = (bool, int, float, str, type(None))

#: What the names of attributes begin with that TensorFlow adds to an object when it tracks it.
_OF_TENSORFLOW = "_self_"


def settings_of(layer: Any) -> dict[str, Any]:
    """Returns the comparable attributes of a layer and of its sub-layers, by path.

    Attributes of Keras itself, such as generated names, and values that cannot be compared are not included.
    """
    known = vars(keras.layers.Layer())
    found: dict[str, Any] = {}
    for name, value in vars(layer).items():
        if name not in known and not name.startswith(_OF_TENSORFLOW) and (setting := _setting(value)) is not None:
            found[name] = setting[0]
    for place, sublayer in enumerate(sublayers(layer)):
        found |= {f"{place}.{name}": value for name, value in settings_of(sublayer).items()}
    return found


def _setting(value: Any) -> tuple[Any] | None:
    """Returns a 1-tuple with a comparable form of a value; None if there is none."""
    if is_plain(value):
        return (value,)
    if isinstance(value, FunctionType):
        return (f"{value.__module__}.{value.__qualname__}",)
    if isinstance(value, np.ndarray):
        return ((value.shape, value.tobytes()),)
    if hasattr(value, "get_config") and not isinstance(value, keras.layers.Layer):
        config = value.get_config()
        return ((type(value).__qualname__, repr(config)),)
    return None


def is_plain(value: Any) -> bool:
    """Whether a value is a number, a text, None, or a list or tuple of such values."""
    return all(map(is_plain, value)) if isinstance(value, (list, tuple)) else isinstance(value, _PLAIN)


def are_different(one: Any, other: Any) -> bool:
    """Whether two settings certainly differ. A list and a tuple with the same items are the same setting."""
    if not (is_plain(one) and is_plain(other)):
        return False
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) != len(other) or any(map(are_different, one, other))
    return bool(one != other) and not (one != one and other != other)  # NaN is the same setting as NaN


def another(value: Any) -> Any:
    """Returns another value of the same type, or the value itself if there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 0.5 + 0.05
    if isinstance(value, (list, tuple)):
        return type(value)(map(another, value))
    return value
