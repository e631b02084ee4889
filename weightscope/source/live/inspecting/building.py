"""Makes the layer that a spec describes, and the inputs of its call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from weightscope.errors import UsageError, did_you_mean
from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.construct import construct_layer
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.dummy_inputs import inputs_as_built, inputs_for_model
from weightscope.source.live.dummy_tensors import Call, Dummies
from weightscope.source.live.framework import keras
from weightscope.source.live.global_settings import global_dtype_policy
from weightscope.source.live.layer_inputs import inputs_for_layer, options_for
from weightscope.source.live.signature import parameters_of
from weightscope.source.live.targets import Target
from weightscope.source.spec import LayerSpec


def construct(spec: LayerSpec, target: Target, policy: str | None, creation_log: CreationLog) -> Any:
    """Returns the layer that `spec` describes, with this dtype policy.

    The policy is passed as the argument `dtype` if the constructor takes it; otherwise it is Keras' global policy while
    the layer is constructed.

    Raises:
        LayerError: The constructor refuses the arguments, or the result is not a layer.
        UsageError: Keras does not have the policy, or the layer is an existing object.
    """
    if policy is None:
        return construct_layer(spec, target, creation_log)
    _check_policy(policy)
    if target.is_made:
        raise UsageError(
            "--dtype-policy", f"{spec.name} is an existing layer", "name its class, or the function that makes it"
        )
    parameters = parameters_of(target.thing)
    takes_dtype = isinstance(target.thing, type) and any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    if takes_dtype or "dtype" in parameters:
        return construct_layer(replace(spec, arguments={**spec.arguments, "dtype": policy}), target, creation_log)
    with global_dtype_policy(policy):
        return construct_layer(spec, target, creation_log)


def inputs_of(layer: Any, spec: LayerSpec, how: LayerSettings) -> Call:
    """Returns the arguments of the dummy call, with the user's shapes or those that the layer itself defines.

    Raises:
        UsageError: No shape is known, or the user's shapes do not fit.
    """
    dummies = Dummies(_checked_dtype(spec.input_dtype), how.seed or 0, how.symbolic)
    command = replace(spec, inputs=()).command()
    call: Call | None
    if isinstance(layer, keras.Model):
        call = inputs_for_model(layer, spec.inputs, dummies, command)
    elif spec.inputs:
        call = inputs_for_layer(layer, spec.inputs, dummies, command)
    else:
        call = inputs_as_built(layer, dummies) if layer.built else None
    if call is None:
        options = " ".join(options_for(layer))
        raise UsageError(spec.name, "the shape of its input is not known", f"{command} {options} (the batch first)")
    return call


#: Dtypes of Keras that inputs have, to name the nearest to a mistyped one.
_DTYPES = ("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool", "string")

#: Dtype policies of Keras, to name the nearest to a mistyped one.
_POLICIES = ("float32", "mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64")


def _check_policy(policy: str) -> None:
    try:
        keras.dtype_policies.get(policy)
    except (ValueError, TypeError) as error:
        hint = did_you_mean(policy, _POLICIES, f"{', '.join(_POLICIES[:3])}, ...")
        raise UsageError(f"--dtype-policy {policy}", "not a dtype policy of Keras", hint) from error


def _checked_dtype(dtype: str) -> str:
    try:
        return str(keras.backend.standardize_dtype(dtype))
    except ValueError as error:
        hint = did_you_mean(dtype, _DTYPES, "float32, int32, bool, string, ...")
        raise UsageError(f"--input-dtype {dtype}", "not a dtype of Keras", hint) from error
