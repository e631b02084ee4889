"""Lists the variables of a live layer or model under the names that its layers give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from weightscope.inspection import Array, Role, Selection, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.inspection.variable import CreatedIn
from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import own_metrics, own_variables, seed_generators, sublayers
from weightscope.source.live.snapshot import Snapshot

#: The layers that lead to a variable, from below the root to its owner; empty when the root itself owns it.
Chain = tuple[Any, ...]


def keras_variables(root: Any) -> list[Any]:
    """Returns the Keras variables of `root` and of its metrics, each once, in the order of `root.variables`.

    Those of the optimizer of a compiled model are left out: they are none of the model's.
    """
    unique = {id(variable): variable for variable in (*root.variables, *root.metrics_variables)}
    optimizer = getattr(root, "optimizer", None)
    for variable in getattr(optimizer, "variables", ()):
        unique.pop(id(variable), None)
    return list(unique.values())


def list_variables(
    root: Any,
    snapshot: Snapshot,
    prefix: Chain = (),
    created_in: Callable[[Any], CreatedIn | None] = lambda _: None,
) -> tuple[Variable, ...]:
    """Returns the variables of `root` in the order of `root.variables`, with the values that `snapshot` holds.

    Args:
        root: A Keras layer or model.
        snapshot: Of at least `keras_variables(root)`.
        prefix: What paths begin with: nothing for a model, whose own name is left out; a layer by itself, `(root,)`.
        created_in: Tells when a Keras variable was created, where that is known.
    """
    owners = _owners(root)
    trainable = {id(variable) for variable in root.trainable_variables}
    unique = UniquePaths()
    listed = []
    for variable in keras_variables(root):
        chain, role = owners.get(id(variable), ((), "weight"))
        layer = "/".join(owner.name for owner in prefix + chain)
        path = f"{layer}/{variable.name}" if layer else variable.name
        info = VariableInfo(
            path=unique(path),
            name=variable.name,
            layer=layer,
            layer_class=type(chain[-1] if chain else root).__name__,
            role=role,
            shape=tuple(int(size) for size in variable.shape),
            dtype=keras.backend.standardize_dtype(variable.dtype),
            trainable=id(variable) in trainable,
            created_in=created_in(variable),
        )
        listed.append(Variable(info, LiveValues(variable, snapshot)))
    return tuple(listed)


class LiveValues:
    """Reads one variable's values from a snapshot."""

    def __init__(self, variable: Any, snapshot: Snapshot) -> None:
        self._variable = variable
        self._snapshot = snapshot

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - not copied
        """Returns the selected values; see `Snapshot.read`."""
        return self._snapshot.read(self._variable, selection)


def _owners(root: Any) -> dict[int, tuple[Chain, Role]]:
    """Maps the `id` of each variable to the chain of its owner and its role.

    A layer reached twice is known by the first chain. A variable that a layer shares with one of its own sub-layers
    (SpectralNormalization takes its wrapped layer's kernel as its own) belongs to the sub-layer, which made it.
    """
    owners: dict[int, tuple[Chain, Role]] = {}
    for chain, variable, role in _walk(root):
        known = owners.get(id(variable))
        if known is None or (len(chain) > len(known[0]) and _begins_with(chain, known[0])):
            owners[id(variable)] = (chain, role)
    for metric in getattr(root, "metrics", ()):  # those of a compiled model are in no list of a layer
        for variable in metric.variables:
            owners.setdefault(id(variable), ((metric,), "metric"))
    return owners


def walk_layers(layer: Any, chain: Chain) -> Iterator[tuple[Chain, Any]]:
    """Yields `layer` and all its sub-layers, each with the chain that leads to it and ends with it.

    A layer that is reached on several ways comes several times. Keras has no public way to a layer's own sub-layers
    and variables; `_layers` and the like are what `Layer.variables` itself is made of (keras 3.15, layers/layer.py),
    and tests compare the two.
    """
    yield chain, layer
    for sublayer in sublayers(layer):
        if not any(sublayer is ancestor for ancestor in chain):
            yield from walk_layers(sublayer, (*chain, sublayer))


def _walk(root: Any) -> Iterator[tuple[Chain, Any, Role]]:
    for chain, layer in walk_layers(root, ()):
        for variable in own_variables(layer):
            yield chain, variable, "weight"
        for generator in seed_generators(layer):
            yield chain, generator.state, "seed"
        for metric in own_metrics(layer):
            for variable in metric.variables:
                yield (*chain, metric), variable, "metric"


def _begins_with(chain: Chain, start: Chain) -> bool:
    return all(one is other for one, other in zip(chain, start, strict=False))
