"""Finds the Python state of a layer: state outside of layers and variables.

State may be in attributes of the layer and its sub-layers, in lists, dicts and user-defined objects in them, in class
attributes of the user's classes, and in globals that `call()` uses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.untracked import is_of_the_user, own_attributes

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)

#: The value of an empty place.
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a value.

    Attributes:
        path: The expression for the place in the layer's own code: `self.steps`, `self.cache[0]`.
        holder: The dict (or `__dict__` of an object or module), list, deque or class that contains the value.
        key: The attribute, key or index in `holder`.
    """

    path: str
    holder: Any
    key: Any

    def read(self) -> Any:
        """Returns the current value, or `ABSENT`."""
        if isinstance(self.holder, type):
            return vars(self.holder).get(self.key, ABSENT)
        if isinstance(self.holder, dict):
            return dict.get(self.holder, self.key, ABSENT)
        return self.holder[self.key] if self.key < len(self.holder) else ABSENT

    def write(self, value: Any) -> None:
        """Sets the value without Keras' `__setattr__`."""
        if isinstance(self.holder, type):
            type.__setattr__(self.holder, self.key, value)
        elif isinstance(self.holder, dict):
            dict.__setitem__(self.holder, self.key, value)
        elif isinstance(self.holder, list):
            list.__setitem__(self.holder, self.key, value)
        else:
            self.holder[self.key] = value


@dataclass(frozen=True, slots=True)
class Container:
    """A list, a dict, a deque, or the attributes of an object. Its size may change.

    Attributes:
        path: The expression for the container in the layer's own code.
        items: The dict, list or deque.
        is_object: Whether it is the `__dict__` of an object.
    """

    path: str
    items: Any
    is_object: bool = False

    def contents(self) -> dict[Any, Any]:
        """Returns the current items by attribute, key or index, without the attributes of Keras itself."""
        if not isinstance(self.items, dict):
            return dict(enumerate(self.items))
        own = own_attributes() if self.is_object else frozenset[str]()
        return {key: value for key, value in self.items.items() if key not in own}

    def place(self, key: Any) -> Place:
        """Returns the place of an attribute, key or index."""
        return Place(f"{self.path}.{key}" if self.is_object else f"{self.path}[{key!r}]", self.items, key)

    def refill(self, before: dict[Any, Any]) -> None:
        """Restores items that `contents` returned earlier."""
        if isinstance(self.items, dict):
            for key in self.contents().keys() - before.keys():
                dict.__delitem__(self.items, key)
            dict.update(self.items, before)
        elif isinstance(self.items, list):
            list.__setitem__(self.items, slice(None), list(before.values()))
        else:
            self.items.clear()
            self.items.extend(before.values())


def containers(examined: ExaminedLayer) -> Iterator[Container]:
    """Yields the containers of state in the layer and in sub-layers of user-defined classes."""
    for _, chain, layer in examined.layers():
        if not is_keras_own(layer):
            yield from containers_in(layer, ".".join(("self", *(one.name for one in chain))))


def containers_in(layer: Any, path: str = "self") -> Iterator[Container]:
    """Yields the attributes of a layer, and the containers and user-defined objects in them, each once."""
    waiting = deque([Container(path, vars(layer), is_object=True)])
    seen: set[int] = set()
    while waiting:
        container = waiting.popleft()
        if id(container.items) in seen:
            continue
        seen.add(id(container.items))
        yield container
        for key, value in container.contents().items():
            below = container.place(key).path
            if isinstance(value, (dict, list, deque)):
                waiting.append(Container(below, value))
            elif not isinstance(value, (keras.layers.Layer, keras.Variable)) and is_of_the_user(value):
                waiting.append(Container(below, getattr(value, "__dict__", {}), is_object=True))


def shared_places(examined: ExaminedLayer) -> Iterator[Place]:
    """Yields class attributes of the user's classes and globals used in `call()` that are numbers, texts or arrays."""
    for _, _, layer in examined.layers():
        if is_keras_own(layer):
            continue
        for kind in type(layer).__mro__:
            if str(kind.__module__).partition(".")[0] not in ("keras", "tensorflow", "builtins"):
                for name, value in list(vars(kind).items()):
                    if is_state(value) and not name.startswith("__"):
                        yield Place(f"{kind.__name__}.{name}", kind, name)
        code, names = (getattr(type(layer).call, one, None) for one in ("__code__", "__globals__"))
        for name in code.co_names if code else ():
            if names is not None and is_state(names.get(name)):
                yield Place(name, names, name)


def is_state(value: Any) -> bool:
    """Whether a value is a number, a text, an array or a plain tensor."""
    return isinstance(value, (*_NUMBERS, str, np.ndarray)) or is_plain_tensor(value)


def is_plain_tensor(value: Any) -> bool:
    """Whether a value is a tensor with values, and not a variable."""
    is_variable = isinstance(value, (keras.Variable, tensorflow.Variable))
    return not is_variable and tensorflow.is_tensor(value) and hasattr(value, "numpy")


def is_float_array(value: Any) -> bool:
    """Whether a value is a floating-point numpy array or plain tensor that is not empty."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "f" and value.size > 0
    return is_plain_tensor(value) and bool(value.dtype.is_floating) and bool(value.shape.num_elements())
