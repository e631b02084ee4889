"""Finds the target of `weightscope layer NAME`: a layer class, a function that returns a layer, or a layer object."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

from weightscope.errors import LayerError
from weightscope.inspection import Finding
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.keras_facts.examples import EXAMPLES
from weightscope.source.layer_names import split_name
from weightscope.source.live.code_blocks import Stop
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras, keras2
from weightscope.source.live.modules import Imported, import_failure, import_partly
from weightscope.source.live.registry import defaults_of, find_layer
from weightscope.source.live.signature import signature_text


@dataclass(frozen=True, slots=True)
class Target:
    """A layer or a model, or a class or function that makes it.

    Attributes:
        name: The name as the user typed it.
        thing: A layer class, a function, or a layer.
        defaults: The default arguments from the registration of the class.
        names: All objects of its module, by name.
        notes: Notes about the module.
    """

    name: str
    thing: Any
    defaults: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()

    @property
    def is_made(self) -> bool:
        """Whether the target is a layer object, which needs no construction."""
        return is_layer(self.thing)

    @property
    def signature(self) -> str:
        """The name and parameters of the class or function: `Dense(units, activation=None)`."""
        return f"{getattr(self.thing, '__name__', self.name)}{signature_text(self.thing)}"


def find_target(name: str) -> Target:
    """Finds `NAME`, `package>NAME`, `package.module:NAME`, `file.py:NAME` or `file.ipynb:NAME`.

    Raises:
        LayerError: The name is unknown, or is not a layer, a layer class or a function.
        UsageError: The file or module cannot be imported.
    """
    place, own = split_name(name)
    if not place:
        found = find_layer(name)
        return Target(name, found.python_class, found.defaults)
    if own is None:
        raise LayerError(name, "this is a file; name one of the layers in it", f"weightscope layer {name} lists them")
    imported = import_partly(place, own)
    names = vars(imported.module)
    outer, *inner = own.split(".")
    thing: Any = names.get(outer)
    for part in inner:
        thing = getattr(thing, part, None)
    if thing is None:
        raise _unknown(name, place, own, imported) from (imported.stop.error if imported.stop else None)
    if not (is_layer_class(thing) or is_layer(thing) or (callable(thing) and not isinstance(thing, type))):
        hint = "name a subclass of keras.layers.Layer, a layer, a model, or a function that returns a layer or a model"
        raise LayerError(name, f"{own} is not a Keras layer", hint)
    notes = () if imported.stop is None else (_stopped(place, own, imported.stop),)
    return Target(name, thing, defaults_of(thing), names, notes)


def offered_by(place: str) -> tuple[LayerEntry, ...]:
    """Returns the layers and models of a file, and the functions that may return a layer or a model.

    Raises:
        LayerError: The file defines none of these.
        UsageError: The file cannot be imported.
    """
    imported = import_partly(place)
    offers = [
        LayerEntry(
            name=f"{place}:{name}",
            module=imported.module.__name__,
            origin=_kind(thing),
            signature="" if is_layer(thing) else signature_text(thing),
            defaults=defaults_of(thing),
            summary=next(iter((inspect.getdoc(thing) or "").splitlines()), "") if not is_layer(thing) else "",
        )
        for name, thing in _offers(imported.module)
    ]
    if not offers and imported.stop is not None:
        raise import_failure(place, imported.stop.error) from imported.stop.error
    if not offers:
        raise LayerError(place, "it defines no layer and no model", "name a file that does, or weightscope layers")
    return tuple(offers)


def is_layer_class(thing: Any) -> bool:
    """Whether an object is a layer class or a model class of Keras 3 or of `tf_keras`."""
    return isinstance(thing, type) and issubclass(thing, _layer_classes())


def is_layer(thing: Any) -> bool:
    """Whether an object is a layer or a model of Keras 3 or of `tf_keras`."""
    return isinstance(thing, _layer_classes())


def _layer_classes() -> tuple[Any, ...]:
    old = keras2()
    return (keras.layers.Layer,) if old is None else (keras.layers.Layer, old.layers.Layer)


def _unknown(name: str, place: str, own: str, imported: Imported) -> Exception:
    if imported.stop is not None:
        return import_failure(place, imported.stop.error)
    offers = [offered for offered, _ in _offers(imported.module)]
    close = difflib.get_close_matches(own, offers, n=1) or offers[:1]
    hint = f"did you mean {place}:{close[0]}?" if close else "no Keras layer is defined there"
    return LayerError(name, f"{place} has no {own!r}", hint)


def _stopped(place: str, own: str, stop: Stop) -> Finding:
    return Finding(
        "module-stopped",
        "note",
        f"{place} stopped in line {stop.line}: {describe_error(stop.error)}; {own} was defined anyway",
        None,
        fix='put example code under: if __name__ == "__main__":',
    )


def _offers(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, thing in vars(module).items():
        if name.startswith("_"):
            continue
        is_own = getattr(thing, "__module__", None) == module.__name__
        is_builder = isinstance(thing, FunctionType) and _may_build(thing.__code__, module)
        if is_layer(thing) or (is_own and (is_layer_class(thing) or is_builder)):
            yield name, thing


def _may_build(code: CodeType, module: ModuleType) -> bool:
    """Whether a function's code names a class that makes layers or models."""
    named = {*code.co_names, *(name for one in code.co_consts if isinstance(one, CodeType) for name in one.co_names)}
    builders = {"Model", "Sequential", "Input", *EXAMPLES}
    return any(name in builders or is_layer_class(getattr(module, name, None)) for name in named)


def _kind(thing: Any) -> str:
    if isinstance(thing, FunctionType):
        return "function"
    classes = (keras.Model,) if keras2() is None else (keras.Model, keras2().Model)
    what = (
        "model" if (issubclass(thing, classes) if isinstance(thing, type) else isinstance(thing, classes)) else "layer"
    )
    return f"{what} class" if isinstance(thing, type) else what
