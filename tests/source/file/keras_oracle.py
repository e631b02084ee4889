"""What Keras itself says of a saved model: the oracle that the file reader is held against."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras as keras
import numpy as np

from weightscope.inspection import Array, Variable


@dataclass(frozen=True)
class Listed:
    """What is compared of a variable."""

    path: str
    layer_class: str | None
    shape: tuple[int, ...]
    dtype: str
    trainable: bool | None


def walk(layer: Any, chain: tuple[Any, ...] = (), seen: set[int] | None = None) -> Iterator[tuple[Any, Any]]:
    """Yields the chain of layers and each variable that files hold, in the order of `model.variables`."""
    seen = set() if seen is None else seen
    for variable in layer._trainable_variables + layer._non_trainable_variables:
        if id(variable) not in seen:
            seen.add(id(variable))
            yield (*chain, *_owner_below(layer, variable)), variable
    for sublayer in layer._layers:
        yield from walk(sublayer, (*chain, sublayer), seen)


def _owner_below(layer: Any, variable: Any) -> tuple[Any, ...]:
    """A variable that a layer and its sub-layer both hold is named after the sub-layer."""
    for sublayer in layer._layers:
        if any(variable is own for own in sublayer._trainable_variables + sublayer._non_trainable_variables):
            return (sublayer,)
    return ()


def _name(variable: Any, owner: Any) -> str:
    """Returns a variable's name; its index where Keras made one up that differs from session to session."""
    if not re.fullmatch(r"variable(_\d+)?", variable.name):
        return str(variable.name)
    own = owner._trainable_variables + owner._non_trainable_variables
    return str([id(one) for one in own].index(id(variable)))


def listed_by_keras(path: Path) -> tuple[list[Listed], list[Array]]:
    """Loads a model with Keras; returns its variables and their values, without what files do not hold."""
    model = keras.saving.load_model(path, compile=False)
    trainable = {id(variable) for variable in model.trainable_variables}
    listed: list[Listed] = []
    values = []
    taken: dict[str, int] = {}
    for chain, variable in walk(model):
        if variable.name.startswith("lora_") and path.suffix == ".keras":
            continue
        name = "/".join([layer.name for layer in chain] + [_name(variable, (chain or (model,))[-1])])
        taken[name] = taken.get(name, 0) + 1
        listed.append(
            Listed(
                path=name if taken[name] == 1 else f"{name}#{taken[name]}",
                layer_class=type((chain or (model,))[-1]).__name__,
                shape=tuple(variable.shape),
                dtype=variable.dtype,
                trainable=id(variable) in trainable,
            )
        )
        value = keras.ops.convert_to_numpy(variable.value)
        values.append(value.astype(np.float32) if variable.dtype == "bfloat16" else value)
    return listed, values


def listed_by_us(variables: tuple[Variable, ...]) -> tuple[list[Listed], list[Array]]:
    """Returns the same of an inspection."""
    return [
        Listed(info.path, info.layer_class, info.shape, info.dtype, info.trainable)
        for info in (variable.info for variable in variables)
    ], [variable.read() for variable in variables]
