"""The layers that can be built by name: registered ones, those of installed packages, and Keras' own.

There is one registry, Keras' own for serialisation; weightscope adds default arguments and where a layer comes from.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import Any, TypeVar

from weightscope.errors import LayerError
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras
from weightscope.source.live.modules import import_module

ENTRY_POINT_GROUP = "weightscope.layers"

LayerType = TypeVar("LayerType", bound=type)

_defaults: dict[type, Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class LayerClass:
    """A layer class that a name stands for, and the arguments that registration brings."""

    name: str
    python_class: Any
    origin: str
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """The constructor as Python writes it: `Dense(units, activation=None, ...)`."""
        return f"{self.python_class.__name__}{_constructor(self.python_class)}"


def register_layer(
    layer_class: LayerType | None = None,
    *,
    package: str = "Custom",
    name: str | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Any:
    """Registers a Keras layer, for saving and loading and for `weightscope layer NAME`; a class decorator.

    Use it bare, `@register_layer`, or with options: `@register_layer(defaults={"units": 8})`.

    Args:
        layer_class: The class, when used bare.
        package: The namespace in Keras' registry: the class is saved as `package>name`.
        name: The name to register under; the class's own by default.
        defaults: Constructor arguments that make an input shape enough to build the layer.

    Raises:
        TypeError: What is decorated is no Keras layer.
    """

    def register(decorated: LayerType) -> LayerType:
        if not _is_layer(decorated):
            raise TypeError(f"register_layer takes a subclass of keras.layers.Layer, not {decorated!r}")
        registered: LayerType = keras.saving.register_keras_serializable(package, name)(decorated)
        _defaults[registered] = dict(defaults or {})
        return registered

    return register if layer_class is None else register(layer_class)


def layer_entries() -> tuple[LayerEntry, ...]:
    """Returns all layers that can be built by name: registered ones first, then Keras', each in order of name."""
    found = [*sorted(_registered(), key=lambda one: one.name), *_keras_layers().values()]
    return tuple(
        LayerEntry(
            name=one.name,
            module=one.python_class.__module__,
            origin=one.origin,
            signature=_constructor(one.python_class),
            defaults=one.defaults,
            summary=next(iter((inspect.getdoc(one.python_class) or "").splitlines()), ""),
        )
        for one in found
    )


def find_layer(name: str) -> LayerClass:
    """Returns the class that `NAME`, `package>NAME`, `package.module:Class` or `path/to/file.py:Class` stands for.

    Raises:
        LayerError: Nothing goes by that name, or more than one thing does, or it is no layer.
        UsageError: The file or module cannot be imported.
    """
    place, colon, class_name = name.rpartition(":")
    if colon:
        return _find_in_module(name, import_module(place), class_name)
    if name.endswith(".py"):
        module = import_module(name)
        classes = [key for key, value in vars(module).items() if _is_defined_layer(value, module)]
        raise LayerError(
            name,
            "a file; which of its layers?",
            f"weightscope layer {name}:{classes[0] if classes else 'MyLayer'}",
        )
    registered = _registered()
    matching = [one for one in registered if name in (one.name, _registered_name(one.python_class))]
    if len(matching) > 1:
        names = [_registered_name(one.python_class) for one in matching]
        raise LayerError(name, f"more than one layer is registered as this: {', '.join(names)}", f"type {names[0]!r}")
    if matching:
        return matching[0]
    if name in _keras_layers():
        return _keras_layers()[name]
    raise LayerError(
        name, "no layer of this name is known", _did_you_mean(name, [*registered, *_keras_layers().values()])
    )


def _did_you_mean(name: str, known: list[LayerClass]) -> str:
    by_lower_case = {one.name.lower(): one.name for one in known}
    close = difflib.get_close_matches(name.lower(), by_lower_case, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(by_lower_case[match] for match in close)}?"
    return "weightscope layers lists all; your own: path/to/file.py:ClassName"


def _find_in_module(name: str, module: ModuleType, class_name: str) -> LayerClass:
    found = getattr(module, class_name, None)
    place = name.rpartition(":")[0]
    if found is None:
        layers = [key for key, value in vars(module).items() if _is_layer(value)]
        close = difflib.get_close_matches(class_name, layers, n=1) or layers[:1]
        hint = f"did you mean {place}:{close[0]}?" if close else "no Keras layer is defined there"
        raise LayerError(name, f"{place} has no {class_name!r}", hint)
    if not _is_layer(found):
        raise LayerError(name, f"{class_name} is no Keras layer", "name a subclass of keras.layers.Layer")
    return LayerClass(class_name, found, place, _defaults.get(found, {}))


def load_plugins() -> tuple[str, ...]:
    """Imports the layers that installed packages announce; returns what went wrong, a line for each broken one."""
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


def _registered_name(python_class: Any) -> str:
    return str(keras.saving.get_registered_name(python_class))


def _constructor(python_class: Any) -> str:
    parameters = list(inspect.signature(python_class.__init__).parameters.values())[1:]
    return str(inspect.Signature([one.replace(annotation=one.empty) for one in parameters]))


def _is_layer(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, keras.layers.Layer)


def _is_defined_layer(thing: Any, module: ModuleType) -> bool:
    return _is_layer(thing) and thing.__module__ == module.__name__
