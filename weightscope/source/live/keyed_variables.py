"""Variables that a layer of Keras stores under a key of its own, and that Keras does not count among its variables.

The tf-idf weights of look-ups are such variables: `tf.Variable`s that `save_own_variables` writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weightscope.inspection import Variable, VariableInfo
from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.other_layers import STORED_AGAIN
from weightscope.keras_facts.records import Weight
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import own_variables
from weightscope.source.live.snapshot import Snapshot
from weightscope.source.live.variables import Chain, LiveValues, walk_layers


def with_keyed(
    variables: Sequence[Variable], model: Any, live: Sequence[Any], stored: Mapping[str, str]
) -> tuple[Variable, ...]:
    """Returns the variables of a loaded model with those that were loaded from keys, each after its layer's others.

    Args:
        variables: The variables that Keras counts.
        model: The model.
        live: The Keras variable of each.
        stored: The places of what was loaded, by path.
    """
    listed = list(variables)
    added = 0
    for place, chain, weight, variable in _keyed(model, live):
        layer = "/".join(one.name for one in chain)
        path = f"{layer}/{weight.name}" if layer else weight.name
        if path not in stored:
            continue
        info = VariableInfo(
            path=path,
            name=weight.name,
            layer=layer,
            layer_class=type(chain[-1] if chain else model).__name__,
            role="weight",
            shape=tuple(variable.shape),
            dtype=keras.backend.standardize_dtype(variable.dtype),
            trainable=False,
            stored_at=stored[path],
        )
        listed.insert(place + added, Variable(info, LiveValues(variable, Snapshot([variable]))))
        added += 1
    return tuple(listed)


def _keyed(model: Any, live: Sequence[Any]) -> Iterator[tuple[int, Chain, Weight, Any]]:
    """Yields each variable with a key: how many of `live` come before it, its layers, its facts, and itself."""
    places = {id(one): place for place, one in enumerate(live)}
    seen: set[int] = set()
    place = 0
    for chain, layer in walk_layers(model, ()):
        place = max([place, *(places[id(one)] + 1 for one in own_variables(layer) if id(one) in places)])
        facts = LAYERS.get(type(layer).__name__)
        for weight in facts.weights if facts is not None else ():
            variable = _held(layer, weight.key) if weight.key else None
            if variable is not None and id(variable) not in seen:
                seen.add(id(variable))
                yield place, chain, weight, variable


def _held(layer: Any, key: str) -> Any:
    """Returns the variable that a layer, or the one inside it that stores it too, has as this attribute."""
    holders = (layer, *(getattr(layer, name, None) for name in STORED_AGAIN))
    found = (getattr(one, key, None) for one in holders)
    return next((one for one in found if isinstance(one, tensorflow.Variable)), None)
