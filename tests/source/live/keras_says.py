"""What Keras itself says of a model: the oracle that listings are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weightscope.inspection import Array


@dataclass(frozen=True)
class KerasVariable:
    """A variable as Keras reports it; the path is made of the names of the layers that lead to it."""

    path: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool
    layer_class: str
    values: Array


def what_keras_says(model: Any, prefix: str = "") -> list[KerasVariable]:
    """Returns the variables of `model` (or of a layer) in the order of `model.variables`."""
    import keras

    owners: dict[int, tuple[str, Any]] = {}
    for path, layer in _layers(model, prefix):
        for variable in _own(layer):
            owners.setdefault(id(variable), (path, layer))
    trainable = {id(variable) for variable in model.trainable_variables}
    return [
        KerasVariable(
            path="/".join(part for part in (owners[id(one)][0], one.name) if part),
            shape=tuple(one.shape),
            dtype=keras.backend.standardize_dtype(one.dtype),
            trainable=id(one) in trainable,
            layer_class=type(owners[id(one)][1]).__name__,
            values=one.value.numpy(),
        )
        for one in model.variables
    ]


def _layers(layer: Any, path: str) -> Iterator[tuple[str, Any]]:
    # breadth first would name a shared layer by another place; Keras' own traversal is depth first
    yield path, layer
    for inner in layer._layers:
        yield from _layers(inner, f"{path}/{inner.name}" if path else inner.name)


def _own(layer: Any) -> list[Any]:
    inner = {id(variable) for one in layer._layers for variable in one.variables}
    return [variable for variable in layer.variables if id(variable) not in inner]
