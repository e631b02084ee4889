"""Finds layers by name: registered layers, layers of installed packages, and Keras' own layers.

Registered layers are in Keras' registry for serialization. weightscope adds default arguments and the layer's origin.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any, TypeVar

from weightscope.errors import LayerError
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.source.layer_names import closest_name
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras
from weightscope.source.live.signature import signature_text

ENTRY_POINT_GROUP = "weightscope.layers"

LayerType = TypeVar("LayerType", bound=type)

_defaults: dict[type, Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class LayerClass:
    """A layer class with its name, its origin, and the default arguments from its registration."""

    name: str
    python_class: Any
    origin: str
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """The constructor as Python writes it: `Dense(units, activation=None, ...)`."""
        return f"{self.python_class.__name__}{signature_text(self.python_class)}"


def register_layer(
    layer_class: LayerType | None = None,
    *,
    package: str = "Custom",
    name: str | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Any:
    """Registers a Keras layer class for saving, loading, and `weightscope layer NAME`.

    Use it as a class decorator, without arguments (`@register_layer`) or with options
    (`@register_layer(defaults={"units": 8})`).

    Args:
        layer_class: The class, if the decorator has no arguments.
        package: The namespace in Keras' registry. The class is saved as `package>name`.
        name: The name to register; the name of the class by default.
        defaults: Default constructor arguments, so that an input shape is enough to build the layer.

    Raises:
        TypeError: The decorated object is not a Keras layer class.
    """

    def register(decorated: LayerType) -> LayerType:
        if not _is_layer(decorated):
            raise TypeError(f"register_layer takes a subclass of keras.layers.Layer, not {decorated!r}")
        registered: LayerType = keras.saving.register_keras_serializable(package, name)(decorated)
        _defaults[registered] = dict(defaults or {})
        return registered

    return register if layer_class is None else register(layer_class)


def layer_entries() -> tuple[LayerEntry, ...]:
    """Returns all layers that can be built by name: registered layers, then Keras' layers, each sorted by name."""
    found = [*sorted(_registered(), key=lambda one: one.name), *_keras_layers().values()]
    return tuple(
        LayerEntry(
            name=one.name,
            module=one.python_class.__module__,
            origin=one.origin,
            signature=signature_text(one.python_class),
            defaults=one.defaults,
            summary=next(iter((inspect.getdoc(one.python_class) or "").splitlines()), ""),
        )
        for one in found
    )


def find_layer(name: str) -> LayerClass:
    """Returns the registered layer or the layer of Keras with the name `NAME` or `package>NAME`.

    Case and underscores are ignored if only one layer then matches: `conv2d` is `Conv2D`.

    Raises:
        LayerError: No layer has this name, or several layers have it.
    """
    registered = _registered()
    matching = [one for one in registered if name in (one.name, _registered_name(one.python_class))]
    if len(matching) > 1:
        names = [_registered_name(one.python_class) for one in matching]
        raise LayerError(name, f"more than one layer is registered as this: {', '.join(names)}", f"type {names[0]!r}")
    known = {one.name: one for one in (*_keras_layers().values(), *registered)}
    if matching or name in known:
        return matching[0] if matching else known[name]
    return known[closest_name(name, known)]


def load_plugins() -> tuple[str, ...]:
    """Imports the layers that installed packages provide. Returns a one-line error for each layer that fails."""
    return _plugins()[1]


@cache
def _plugins() -> tuple[dict[Any, str], tuple[str, ...]]:
    origins: dict[Any, str] = {}
    failures = []
    for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        origin = f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else entry_point.value
        try:
            origins[entry_point.load()] = origin
        except Exception as error:
            failures.append(f"{origin}: its layer {entry_point.name} cannot be loaded: {describe_error(error)}")
    return origins, tuple(failures)


def _registered() -> list[LayerClass]:
    origins, _ = _plugins()
    names = {origin: origin.__name__ for origin in origins if _is_layer(origin)}
    known = keras.saving.get_custom_objects().items()
    names.update({value: name.rpartition(">")[2] for name, value in known if _is_layer(value)})
    return [
        LayerClass(name, one, origins.get(one, one.__module__), _defaults.get(one, {})) for one, name in names.items()
    ]


@cache
def _keras_layers() -> dict[str, LayerClass]:
    layers = {name: value for name, value in sorted(vars(keras.layers).items()) if _is_layer(value)}
    return {name: LayerClass(name, value, f"keras {keras.__version__}") for name, value in layers.items()}


def defaults_of(thing: Any) -> Mapping[str, Any]:
    """Returns the default arguments of a registered layer class; an empty mapping for other objects."""
    return _defaults.get(thing, {}) if isinstance(thing, type) else {}


def _registered_name(python_class: Any) -> str:
    return str(keras.saving.get_registered_name(python_class))


def _is_layer(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, keras.layers.Layer)
