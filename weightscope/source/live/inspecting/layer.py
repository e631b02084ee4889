"""Inspects one layer: builds it, calls it once on dummies, lists what it made, and says what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from weightscope.errors import LayerError, UsageError
from weightscope.inspection import Inspection, ModelInfo, SourceInfo, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.source.live.construct import construct_layer
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.doctor import examine, worst_first
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, Remake
from weightscope.source.live.doctor.gradients import gradients_of
from weightscope.source.live.dummy_inputs import inputs_for_layer
from weightscope.source.live.forward_pass import Run, run_forward_pass, trace_symbolically, without_values
from weightscope.source.live.framework import keras
from weightscope.source.live.fresh_names import fresh_names
from weightscope.source.live.global_policy import global_dtype_policy
from weightscope.source.live.registry import find_layer
from weightscope.source.live.untracked import Untracked, find_untracked
from weightscope.source.live.variables import LiveValues, keras_variables, list_variables
from weightscope.source.spec import Examination, LayerSpec


def inspect_layer(spec: LayerSpec, how: Examination, layer: Any = None) -> Inspection:
    """Returns what the layer made, with the values that it began with.

    Args:
        spec: The layer, its arguments and its inputs.
        how: How it is built, called and examined.
        layer: A layer that is already there, instead of the one that `spec` names.

    Raises:
        LayerError: It is unknown, refuses its arguments, or made no variable before its forward pass failed.
        UsageError: The inputs make no sense.
    """
    if how.seed is not None:
        keras.utils.set_random_seed(how.seed)
    creation_log, given = CreationLog(), layer is not None

    def remade(arguments: Mapping[str, Any], policy: str | None) -> Any:
        return _constructed(replace(spec, arguments={**spec.arguments, **arguments}), policy, CreationLog())

    with fresh_names() if layer is None else nullcontext(), without_values() if how.symbolic else nullcontext():
        if layer is None:
            layer = _constructed(spec, how.dtype_policy, creation_log)
        run = _run(layer, spec, how, creation_log)
        return _inspected(layer, spec, how, run, None if given else remade)


def _constructed(spec: LayerSpec, policy: str | None, creation_log: CreationLog) -> Any:
    """Returns the layer that `spec` describes, with this dtype policy: as an argument, else as everybody's."""
    if policy is None:
        return construct_layer(spec, creation_log)
    _check_policy(policy)
    parameters = inspect.signature(find_layer(spec.name).python_class.__init__).parameters.values()
    if any(one.kind is one.VAR_KEYWORD or one.name == "dtype" for one in parameters):
        return construct_layer(replace(spec, arguments={**spec.arguments, "dtype": policy}), creation_log)
    with global_dtype_policy(policy):
        return construct_layer(spec, creation_log)


def _check_policy(policy: str) -> None:
    try:
        keras.dtype_policies.get(policy)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"--dtype-policy {policy}", "Keras knows no such policy", "float32, mixed_float16, mixed_bfloat16, ..."
        ) from error


def _run(layer: Any, spec: LayerSpec, how: Examination, creation_log: CreationLog) -> tuple[Any, Run]:
    dtype = _checked_dtype(spec.input_dtype)
    call = inputs_for_layer(layer, spec.inputs, dtype, how.seed or 0, symbolic=how.symbolic)
    if how.symbolic:
        return call, trace_symbolically(layer, call, creation_log)
    return call, run_forward_pass(layer, call, training=how.training, creation_log=creation_log)


def _inspected(
    layer: Any, spec: LayerSpec, how: Examination, called: tuple[Any, Run], remade: Remake | None
) -> Inspection:
    call, run = called
    untracked = tuple(find_untracked(layer, run.creation_log))
    variables = _listed(layer, run, untracked)
    live = (*keras_variables(layer), *(one.variable for one in untracked))
    paths = {id(one): variable.info.path for one, variable in zip(live, variables, strict=True)}
    examined = ExaminedLayer(layer, spec, call, run, untracked, paths, how, remade)
    if examined.forward_error is not None and not variables:
        raise LayerError(spec.name, f"the forward pass failed: {examined.forward_error}", _hint(spec, layer))
    notes = list(examine(examined))
    if (how.gradients or how.doctor) and not how.symbolic and examined.forward_error is None:
        gradients = gradients_of(examined)
        notes += gradients.notes
        variables = tuple(
            replace(variable, gradient=gradients.by_variable.get(id(one)))
            for one, variable in zip(live, variables, strict=True)
        )
    return Inspection(
        source=SourceInfo(spec.name, "layer", keras_version=keras.__version__),
        read_with="keras",
        model=ModelInfo(layer.name, type(layer).__name__),
        variables=variables,
        notes=worst_first(notes),
        forward_pass=run.forward_pass,
        is_examined=how.doctor,
    )


def _listed(layer: Any, run: Run, untracked: tuple[Untracked, ...]) -> tuple[Variable, ...]:
    """Returns Keras' variables in its order, and then those that it does not know of."""
    run.snapshot.take_missing(one.variable for one in untracked if one.has_values)
    tracked = list_variables(layer, run.snapshot, (layer,), run.creation_log.created_in)
    unique = UniquePaths(variable.info.path for variable in tracked)
    rows = []
    for one in untracked:
        owner = "/".join(part.name for part in (layer, *one.chain))
        info = VariableInfo(
            path=unique(f"{owner}/{'/'.join(one.path)}"),
            name=one.path[-1],
            layer=owner,
            layer_class=type((layer, *one.chain)[-1]).__name__,
            role="untracked",
            shape=tuple(int(size) for size in one.variable.shape),
            dtype=keras.backend.standardize_dtype(one.variable.dtype),
            trainable=False,
            created_in=run.creation_log.created_in(one.variable),
        )
        rows.append(Variable(info, LiveValues(one.variable, run.snapshot)))
    return (*tracked, *rows)


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
