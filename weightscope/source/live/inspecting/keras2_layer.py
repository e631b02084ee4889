"""Inspects a layer or a model of `tf_keras` (Keras 2). Names and trainability are those that `tf_keras` reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from weightscope.errors import LayerError, UsageError
from weightscope.inspection import (
    Finding,
    ForwardPass,
    Inspection,
    ModelInfo,
    SourceInfo,
    TensorInfo,
    Variable,
    VariableInfo,
)
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.dummy_inputs import inputs_like
from weightscope.source.live.dummy_tensors import Call, Dummies
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.forward_pass import before_call, tensors_in
from weightscope.source.live.framework import keras2
from weightscope.source.live.keras_internals import all_layers, own_keras2_weights
from weightscope.source.live.layer_inputs import inputs_for_layer, options_for
from weightscope.source.live.signature import parameters_of
from weightscope.source.live.snapshot import Snapshot
from weightscope.source.live.variables import LiveValues
from weightscope.source.spec import LayerSpec


def is_keras2(layer: Any) -> bool:
    """Whether a layer is a layer of `tf_keras`."""
    return keras2() is not None and isinstance(layer, keras2().layers.Layer)


def inspect_keras2_layer(layer: Any, spec: LayerSpec, how: LayerSettings, notes: Sequence[Finding]) -> Inspection:
    """Returns the variables of a layer of `tf_keras`, with their initial values.

    Raises:
        LayerError: The forward pass failed before the layer created a variable.
        UsageError: The inputs do not fit, or an option requires Keras 3.
    """
    _check_asked_for(spec, how)
    call = _inputs(layer, spec, how)
    snapshot, outputs, error = _called(layer, call, training=how.training)
    variables = _listed(layer, snapshot)
    if error is not None and not variables:
        hint = "try another --input-shape or --input-dtype, or --arg"
        raise LayerError(spec.name, f"the forward pass failed: {error}", hint)
    return Inspection(
        source=SourceInfo(spec.name, "layer", keras_version=keras2().__version__),
        read_with="keras",
        model=ModelInfo(layer.name, type(layer).__name__),
        variables=variables,
        notes=tuple(notes),
        forward_pass=ForwardPass(call.inputs, outputs, error),
    )


def _check_asked_for(spec: LayerSpec, how: LayerSettings) -> None:
    asked = {
        "--doctor": how.doctor,
        "--gradients": how.gradients,
        "--symbolic": how.symbolic,
        "--dtype-policy": how.dtype_policy is not None,
    }
    for option, is_asked in asked.items():
        if is_asked:
            what = f"this option requires Keras 3, and {spec.name} is a layer of tf_keras (Keras 2)"
            raise UsageError(option, what, f"without {option}: {spec.command()}")


def _inputs(layer: Any, spec: LayerSpec, how: LayerSettings) -> Call:
    dummies = Dummies(spec.input_dtype, how.seed or 0)
    command = replace(spec, inputs=()).command()
    known = getattr(layer, "input", None) if isinstance(layer, keras2().Model) and layer.inputs else None
    if known is not None:
        return inputs_like(known, spec.inputs, dummies)
    if not spec.inputs:
        options = " ".join(options_for(layer))
        raise UsageError(spec.name, "the shape of its input is not known", f"{command} {options} (the batch first)")
    return inputs_for_layer(layer, spec.inputs, dummies, command)


def _called(layer: Any, call: Call, *, training: bool) -> tuple[Snapshot, tuple[TensorInfo, ...], str | None]:
    """Calls the layer. Returns the values from before the call, the outputs, and the error of a failed call."""
    snapshot = Snapshot(layer.variables)
    mode = {"training": training} if "training" in parameters_of(layer.call) else {}
    outputs: tuple[TensorInfo, ...] = ()
    failure: str | None = None
    try:
        with before_call(layer, lambda: snapshot.take_missing(layer.variables)):
            outputs = tensors_in(layer(*call.positional, **call.named, **mode))
    except (Exception, SystemExit) as error:
        failure = describe_error(error)
    snapshot.take_missing(layer.variables)
    snapshot.restore()
    return snapshot, outputs, failure


def _listed(layer: Any, snapshot: Snapshot) -> tuple[Variable, ...]:
    """Returns the layer's variables in the order and under the names of `tf_keras`, without a model's own name."""
    root = f"{layer.name}/" if isinstance(layer, keras2().Model) else ""
    trainable = {id(one) for one in layer.trainable_variables}
    owners = {id(one): owner for owner in all_layers(layer) for one in own_keras2_weights(owner)}
    unique = UniquePaths()
    names = [one.name.partition(":")[0].removeprefix(root) for one in layer.variables]
    return tuple(
        Variable(
            VariableInfo(
                path=unique(name),
                name=name.rpartition("/")[2],
                layer=name.rpartition("/")[0],
                layer_class=type(owners.get(id(one), layer)).__name__,
                role="weight",
                shape=tuple(int(size) for size in one.shape),
                dtype=one.dtype.name,
                trainable=id(one) in trainable,
            ),
            LiveValues(one, snapshot),
        )
        for name, one in zip(names, layer.variables, strict=True)
    )
