"""Examines whether `call()` creates layers. The weights of such layers are neither trained nor saved."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import all_layers
from weightscope.source.live.variables import keras_variables


def layers_made_in_call(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each layer with untracked variables that the call created."""
    known = {id(variable) for variable in keras_variables(examined.layer)}
    made = [
        layer
        for layer in examined.run.creation_log.layers_made_in_call()
        if any(id(variable) not in known for variable in layer.variables)
    ]
    inner = {id(layer) for one in made for layer in all_layers(one, include_self=False)}
    reported: set[int] = set()
    for layer in made:
        variables = {id(variable) for variable in layer.variables}
        if id(layer) in inner or variables <= reported:  # a Sequential makes a Functional of its own
            continue
        reported |= variables
        count = len(layer.variables)
        yield Finding(
            "layer-in-call",
            "error",
            f"each call() creates a new {type(layer).__name__} with {count} variable{'s' if count > 1 else ''}: its "
            "weights are not listed, trained or saved, and fit fails or does not train them",
            f"{examined.layer.name}/{layer.name}",
            fix=f"in __init__(): self.{layer.name} = {_constructor_call(layer)}, and self.{layer.name}(...) in call()",
        )


def _constructor_call(layer: Any) -> str:
    """Returns code that constructs such a layer with the required arguments."""
    if isinstance(layer, keras.Model) and is_keras_own(layer):
        return f"keras.{'Sequential' if isinstance(layer, keras.Sequential) else 'Model'}(...)"
    config = layer.get_config() if is_keras_own(layer) else {}
    parameters = list(inspect.signature(type(layer).__init__).parameters.values())[1:]
    required = [one.name for one in parameters if one.default is one.empty and one.name in config]
    prefix = "keras.layers." if is_keras_own(layer) else ""
    return f"{prefix}{type(layer).__name__}({', '.join(f'{name}={config[name]!r}' for name in required)})"
