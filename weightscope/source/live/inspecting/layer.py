"""Inspects one layer: builds it, calls it once on dummy inputs, and reports its variables and its problems."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from weightscope.errors import LayerError
from weightscope.inspection import Inspection, ModelInfo, SourceInfo, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.source.advice import advice_for
from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.doctor import examine, worst_first
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, Remake
from weightscope.source.live.doctor.gradients import gradients_of
from weightscope.source.live.forward_pass import PassResult, run_forward_pass, trace_symbolically, without_values
from weightscope.source.live.framework import keras
from weightscope.source.live.global_settings import fresh_names
from weightscope.source.live.inspecting.building import construct, inputs_of
from weightscope.source.live.inspecting.keras2_layer import inspect_keras2_layer, is_keras2
from weightscope.source.live.targets import find_target
from weightscope.source.live.untracked import Untracked, find_untracked
from weightscope.source.live.variables import LiveValues, keras_variables, list_variables
from weightscope.source.live.weight_layout import live_layout
from weightscope.source.spec import LayerSpec


def inspect_layer(spec: LayerSpec, how: LayerSettings, layer: Any = None) -> Inspection:
    """Returns the variables of a layer, with their initial values.

    Args:
        spec: The layer, its arguments and its inputs.
        how: How the layer is built, called and examined.
        layer: An existing layer, which replaces the layer that `spec` names.

    Raises:
        LayerError: The layer is unknown, its constructor failed, or it created no variable before its call failed.
        UsageError: The inputs do not fit the layer.
    """
    _seed(how)
    if layer is not None:
        return _inspected(layer, spec, how, CreationLog(), None)
    target = find_target(spec.name)
    _seed(how)  # the module may have used the random generators

    def remade(arguments: Mapping[str, Any], policy: str | None) -> Any:
        changed = replace(spec, arguments={**spec.arguments, **arguments})
        return construct(changed, target, policy, CreationLog())

    with fresh_names(), without_values() if how.symbolic else nullcontext():
        creation_log = CreationLog()
        made = construct(spec, target, how.dtype_policy, creation_log)
        if is_keras2(made):
            return inspect_keras2_layer(made, spec, how, target.notes)
        inspection = _inspected(made, spec, how, creation_log, None if target.is_made else remade)
    return replace(inspection, notes=(*inspection.notes, *target.notes))


def _seed(how: LayerSettings) -> None:
    if how.seed is not None:
        keras.utils.set_random_seed(how.seed)


def _inspected(
    layer: Any, spec: LayerSpec, how: LayerSettings, creation_log: CreationLog, remade: Remake | None
) -> Inspection:
    call = inputs_of(layer, spec, how)
    run = (
        trace_symbolically(layer, call, creation_log)
        if how.symbolic
        else run_forward_pass(layer, call, training=how.training, creation_log=creation_log)
    )
    untracked = tuple(find_untracked(layer, run.creation_log))
    variables = _listed(layer, run, untracked)
    live = (*keras_variables(layer), *(one.variable for one in untracked))
    paths = {id(one): variable.info.path for one, variable in zip(live, variables, strict=True)}
    examined = ExaminedLayer(layer, spec, call, run, untracked, paths, how, remade)
    if examined.forward_error is not None and not variables:
        hint = advice_for(examined.forward_error) or _hint(spec, layer)
        raise LayerError(spec.name, f"the forward pass failed: {examined.forward_error}", hint)
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
        layout=live_layout(layer, _weights(layer, paths)) if how.layout and isinstance(layer, keras.Model) else None,
    )


def _weights(layer: Any, paths: Mapping[int, str]) -> Mapping[int, str]:
    """Returns the paths of the variables that files store."""
    return {id(one): paths[id(one)] for one in layer.weights if id(one) in paths}


def _listed(layer: Any, run: PassResult, untracked: tuple[Untracked, ...]) -> tuple[Variable, ...]:
    """Returns the variables that Keras tracks, in the order of Keras, followed by the untracked variables."""
    run.snapshot.take_missing(one.variable for one in untracked if one.has_values)
    root = () if isinstance(layer, keras.Model) else (layer,)  # the root model's own name is left out of paths
    tracked = list_variables(layer, run.snapshot, root, run.creation_log.created_in)
    unique = UniquePaths(variable.info.path for variable in tracked)
    rows = []
    for one in untracked:
        owner = "/".join(part.name for part in (*root, *one.chain))
        info = VariableInfo(
            path=unique("/".join([*([owner] if owner else []), *one.path])),
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
    if ranks and ranks[0] and len(spec.inputs) == 1 and len(spec.inputs[0].shape) != ranks[0]:
        given = spec.inputs[0]
        right = f"{type(layer).__name__} takes inputs of {ranks[0]} dimensions, the batch first"
        if len(given.shape) != ranks[0] - 1:
            return right
        return f"{right}: {replace(spec, inputs=(replace(given, shape=(1, *given.shape)),)).command()}"
    parameters = [
        name for name in inspect.signature(layer.call).parameters if name not in ("training", "mask", "args", "kwargs")
    ]
    called = f"; it is called with ({', '.join(parameters)})" if parameters else ""
    return f"try another --input-shape or --input-dtype, or --arg{called}"


def _input_specs(layer: Any) -> list[Any]:
    return [one for one in keras.tree.flatten(layer.input_spec) if one is not None]
