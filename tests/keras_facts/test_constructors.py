"""Every row of constructor arguments is what the installed Keras accepts, for every class that it exports."""

from __future__ import annotations

import inspect
import warnings
from functools import cache
from typing import Any

import keras
import pytest
from keras.src import api_export

from tests.conftest import of_the_present_keras
from weightscope.keras_facts.constructors import ARGUMENTS, KERAS_VERSION

pytestmark = of_the_present_keras

#: How Keras words that it does not take an argument.
REFUSALS = (
    "unexpected keyword argument",
    "Unrecognized keyword argument",
    "got multiple values for",
    "Argument(s) not recognized",
    "does not support arguments",
    "takes no arguments",
)

#: Values for arguments that have no default.
REQUIRED: dict[str, Any] = {
    "activation": "relu",
    "axes": 1,
    "call_endpoint": "serve",
    "dims": (1,),
    "equation": "ab,bc->ac",
    "factor": 0.5,
    "height_factor": 0.5,
    "width_factor": 0.5,
    "features": {"a": "float"},
    "function": abs,
    "input_dim": 3,
    "kernel_size": 1,
    "mode": "int8",
    "n": 2,
    "output_shape": 3,
    "output_size": 2,
    "rate": 0.5,
    "stddev": 0.1,
    "target_shape": (2,),
}

#: Options that only some versions of Keras had, beside all that stand in a row.
OTHER_WORDS = """
    batch_input_shape batch_size batch_shape ragged time_major implementation lr jit_compile is_legacy_optimizer
    dynamic consume_less init W_regularizer fused virtual_batch_size rng_type query_shape synchronized fn reduction
"""

WORDS = sorted({word for row in ARGUMENTS.values() for word in row or ()} | set(OTHER_WORDS.split()))

#: Classes that are built only where another framework is installed, or from a model.
NOT_BUILT = {"FlaxLayer", "JaxLayer", "TorchModuleWrapper", "TFSMLayer", "FeatureSpace"}


@cache
def exported() -> dict[tuple[str, str], Any]:
    """Returns the classes that a config may name and that should have a row, by module and name."""
    found = {}
    for symbol, one in api_export.REGISTERED_NAMES_TO_OBJS.items():
        module, _, name = symbol.rpartition(".")
        if inspect.isclass(one) and hasattr(one, "from_config") and module in {module for module, _ in ARGUMENTS}:
            found[module, name] = one
    return found


def required(kind: Any) -> dict[str, Any]:
    """Returns values for the arguments of a class that have no default."""
    signature = inspect.signature(kind.__init__)
    found = {
        one.name: REQUIRED.get(one.name, 2)
        for one in list(signature.parameters.values())[1:]
        if one.default is one.empty and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    }
    lstm = {"cell": keras.layers.LSTMCell(2), "cells": [keras.layers.LSTMCell(2)], "layers": [keras.layers.Dense(2)]}
    found |= {name: value for name, value in lstm.items() if name in found}
    if "layer" in found:
        found["layer"] = keras.layers.LSTM(2) if kind is keras.layers.Bidirectional else keras.layers.Dense(2)
    if kind.__name__ in ("InputLayer", "STFTSpectrogram"):
        found |= {"shape": (2,)} if kind.__name__ == "InputLayer" else {"window": None}
    return found


def takes(kind: Any, word: str, needed: dict[str, Any]) -> bool:
    """Whether the constructor of a class takes an argument, whatever it makes of the value."""
    value = {"name": "n", "dtype": "float32", "trainable": True, "autocast": True}.get(word)
    try:
        kind(**{**needed, word: needed.get(word, value)})
    except Exception as error:  # another complaint is about the value
        return not any(refusal in str(error) for refusal in REFUSALS)
    return True


def test_the_version_is_the_installed_one() -> None:
    assert keras.__version__ == KERAS_VERSION


@pytest.mark.parametrize("module", sorted({module for module, _ in ARGUMENTS} - {"keras"}))
def test_every_exported_class_has_a_row_and_no_other(module: str) -> None:
    rows = {name for of, name in ARGUMENTS if of == module}
    assert rows == {name for of, name in exported() if of == module} - NOT_BUILT | (rows & NOT_BUILT)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, id=".".join(key), marks=[pytest.mark.slow] if place % 4 else [])
        for place, key in enumerate(sorted(ARGUMENTS))
    ],
)
def test_a_row_is_what_the_constructor_takes(key: tuple[str, str]) -> None:
    kind = exported()[key]
    if kind.__name__ in NOT_BUILT:
        pytest.skip("needs another framework")
    needed, row = required(kind), ARGUMENTS[key]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        taken = {word for word in WORDS if takes(kind, word, needed)}
    assert taken == (set(WORDS) if row is None else row)
