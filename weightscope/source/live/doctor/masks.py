"""Examines whether masks are passed on: the mask of an input, and masks that sub-layers create."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.doctor.mask_flow import unmasked_calls, watched_masks
from weightscope.source.live.doctor.trials import called, flat_inputs, undone
from weightscope.source.live.dummy_tensors import Call
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import internal
from weightscope.source.live.output_tensors import output_tensors

#: The warning of Keras (3.15, `Layer.__call__`) for a layer that does not pass its mask on.
_DESTROYED = re.compile(r"Layer '([^']*)' \(of type (\w+)\) was passed an input with a mask")

_FIX = "self.supports_masking = True in __init__(), and def compute_mask(self, inputs, mask=None) if the shape changes"


def dropped_masks(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding if a mask is lost, does not fit the outputs, or makes the call fail."""
    layer, call = examined.layer, examined.call
    if examined.forward_error is not None or is_keras_own(layer):
        return
    inside, _ = _call_with(examined, call)
    if not inside:
        yield from _lost_between_layers(examined)
    for name, kind in inside:
        message = f"the {kind} {name!r} drops the mask of a layer before it: later layers process the padding"
        yield Finding("mask-dropped", "warning", message, layer.name, fix=f"in {kind}: {_FIX}")
    first = flat_inputs(call)[0] if flat_inputs(call) else None
    if first is None or first.shape.rank != 3 or inside:
        return
    dropped, problem = _call_with(examined, call, masked=True)
    if problem is not None:
        yield Finding("mask-dropped", "warning", problem, layer.name, fix="let call() and compute_mask() take a mask")
        return
    if any(name == layer.name for name, _ in dropped) and _keeps_time(examined):
        message = "it does not pass a mask on: later layers process the padding of its input"
        yield Finding("mask-dropped", "note", message, layer.name, fix=_FIX)


def _lost_between_layers(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each sub-layer that takes a mask and does not get the mask of an earlier layer."""
    with undone(examined), watched_masks() as calls:
        called(examined.layer, examined.call, training=False)
    for layer in dict.fromkeys(unmasked_calls(calls)):
        if layer is not examined.layer:
            message = f"{type(layer).__name__} {layer.name!r} gets no mask, though a layer before it made one: "
            message += "operations on tensors between layers lose it"
            fix = "pass it on: mask=layer.compute_mask(inputs) of the layer that made it"
            yield Finding("mask-dropped", "warning", message, examined.layer.name, fix=fix)


def _keeps_time(examined: ExaminedLayer) -> bool:
    """Whether the first output has the same batch size and time steps as the first input, so that a mask fits it."""
    outputs = examined.run.forward_pass.outputs if examined.run.forward_pass else ()
    shape = tuple(flat_inputs(examined.call)[0].shape)
    return bool(outputs) and tuple(outputs[0].shape or ())[:2] == shape[:2]


def _call_with(
    examined: ExaminedLayer, call: Call, *, masked: bool = False
) -> tuple[list[tuple[str, str]], str | None]:
    """Returns name and class of each layer that dropped a mask, by Keras' warnings, and another problem or None."""
    problem = None
    with undone(examined), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            positional, named = keras.tree.map_structure(
                lambda one: _masked(one) if masked else one, (call.positional, call.named)
            )
            outputs = called(examined.layer, Call(call.inputs, positional, named), training=False)
            problem = _unfitting(outputs)
        except (Exception, SystemExit) as error:
            problem = f"call() raises if its input has a mask: {describe_error(error)}" if masked else None
    found = dict.fromkeys(match.groups() for one in caught if (match := _DESTROYED.search(str(one.message))))
    return [(str(name), str(kind)) for name, kind in found], problem if masked else None


def _masked(tensor: Any) -> Any:
    if tensor.shape.rank != 3:
        return tensor
    copy = tensorflow.identity(tensor)
    internal("backend.set_keras_mask")(copy, tensorflow.ones(tensor.shape[:2], "bool"))
    return copy


def _unfitting(outputs: Any) -> str | None:
    for one in output_tensors(outputs):
        mask = internal("backend.get_keras_mask")(one)
        if mask is not None and tuple(mask.shape) != tuple(one.shape)[: len(mask.shape)]:
            shapes = f"{tuple(mask.shape)} with outputs of shape {tuple(one.shape)}"
            return f"compute_mask() returns a mask of shape {shapes}: later layers fail or process the padding"
    return None
