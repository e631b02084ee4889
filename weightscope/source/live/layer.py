"""Inspects one layer: builds it, calls it once on dummies, lists what it made."""

from __future__ import annotations

import inspect
from typing import Any

from weightscope.errors import LayerError, UsageError
from weightscope.inspection import Inspection, ModelInfo, SourceInfo
from weightscope.source.live.construct import construct_layer
from weightscope.source.live.dummy_inputs import inputs_for_layer
from weightscope.source.live.forward_pass import run_forward_pass
from weightscope.source.live.framework import keras
from weightscope.source.live.fresh_names import fresh_names
from weightscope.source.live.notes import changed_by_pass
from weightscope.source.live.variables import list_variables
from weightscope.source.spec import LayerSpec


def inspect_layer(spec: LayerSpec, *, seed: int | None, training: bool, layer: Any = None) -> Inspection:
    """Returns what the layer made, with the values that it began with.

    Args:
        spec: The layer, its arguments and its inputs.
        seed: Of the initial values and the dummy inputs; None leaves Keras' generators as they are.
        training: Call it in training mode.
        layer: A layer that is already there, instead of the one that `spec` names.

    Raises:
        LayerError: It is unknown, refuses its arguments, or made no variable before its forward pass failed.
        UsageError: The inputs make no sense.
    """
    if seed is not None:
        keras.utils.set_random_seed(seed)
    if layer is None:
        with fresh_names():
            return _inspect(construct_layer(spec), spec, seed or 0, training)
    return _inspect(layer, spec, seed or 0, training)


def _inspect(layer: Any, spec: LayerSpec, seed: int, training: bool) -> Inspection:
    dtype = _checked_dtype(spec.input_dtype)
    run = run_forward_pass(layer, inputs_for_layer(layer, spec.inputs, dtype, seed), training=training)
    variables = list_variables(layer, run.snapshot, prefix=(layer,))
    error = run.forward_pass.error if run.forward_pass else None
    if error is not None and not variables:
        raise LayerError(spec.name, f"the forward pass failed: {error}", _hint(spec, layer))
    return Inspection(
        source=SourceInfo(spec.name, "layer", keras_version=keras.__version__),
        read_with="keras",
        model=ModelInfo(layer.name, type(layer).__name__),
        variables=variables,
        notes=changed_by_pass(layer, run, (layer,)),
        forward_pass=run.forward_pass,
    )


def _hint(spec: LayerSpec, layer: Any) -> str:
    ranks = [getattr(one, "ndim", None) or getattr(one, "min_ndim", None) for one in _input_specs(layer)]
    if any(ranks) and len(spec.inputs) == 1 and len(spec.inputs[0].shape) != ranks[0]:
        return f"{type(layer).__name__} takes inputs of {ranks[0]} dimensions, the batch first"
    parameters = [
        name for name in inspect.signature(layer.call).parameters if name not in ("training", "mask", "kwargs")
    ]
    return f"try another --input-shape or --input-dtype, or --arg; it is called with ({', '.join(parameters)})"


def _input_specs(layer: Any) -> list[Any]:
    return [one for one in keras.tree.flatten(layer.input_spec) if one is not None]


def _checked_dtype(dtype: str) -> str:
    try:
        return str(keras.backend.standardize_dtype(dtype))
    except ValueError as error:
        raise UsageError(
            f"--input-dtype {dtype}", "Keras knows no such dtype", "float32, int32, bool, string, ..."
        ) from error
