"""Lists the variables of a layer or model in memory; their paths consist of layer names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from weightscope.inspection import Array, Role, Selection, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.inspection.variable import CreatedIn
from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import own_metrics, own_variables, seed_generators, sublayers
from weightscope.source.live.snapshot import Snapshot

#: The layers from below the root to the owner of a variable; empty if the root itself owns the variable.
Chain = tuple[Any, ...]


def keras_variables(root: Any) -> list[Any]:
    """Returns the Keras variables of `root` and of its metrics, each once, in the order of `root.variables`.

    The optimizer's variables of a compiled model are not included, because they do not belong to the model.
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
    """Returns the variables of `root` in the order of `root.variables`, with the values in `snapshot`.

    Args:
        root: A Keras layer or model.
        snapshot: The values of at least `keras_variables(root)`.
        prefix: The layers at the beginning of each path: `()` for a model, `(root,)` for a single layer.
        created_in: Returns the phase in which a Keras variable was created, or None if that is unknown.
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
        """None: the values are not stored in chunks."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - not copied
        """Returns the selected values; see `Snapshot.read`."""
        return self._snapshot.read(self._variable, selection)


def _owners(root: Any) -> dict[int, tuple[Chain, Role]]:
    """Returns the chain of the owner and the role of each variable, by the `id` of the variable.

    If a layer is reached twice, the first chain counts. A variable that a layer shares with one of its own sub-layers
    (SpectralNormalization adds its wrapped layer's kernel to its own weights) belongs to the sub-layer, which created
    it.
    """
    owners: dict[int, tuple[Chain, Role]] = {}
    for chain, variable, role in _walk(root):
        known = owners.get(id(variable))
        if known is None or (len(chain) > len(known[0]) and _begins_with(chain, known[0])):
            owners[id(variable)] = (chain, role)
    for metric in getattr(root, "metrics", ()):  # no list of a layer contains the metrics of a compiled model
        for variable in metric.variables:
            owners.setdefault(id(variable), ((metric,), "metric"))
    return owners


def walk_layers(layer: Any, chain: Chain) -> Iterator[tuple[Chain, Any]]:
    """Yields `layer` and all its sub-layers, each with its chain, which ends with that layer.

    A layer with several paths is yielded several times. Keras has no public access to a layer's own sub-layers and
    variables. `Layer.variables` itself uses `_layers` and similar lists (keras 3.15, layers/layer.py); tests compare
    the results.
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
