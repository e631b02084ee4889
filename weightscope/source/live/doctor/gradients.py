"""Computes which variables a loss on the outputs would train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weightscope.inspection import Finding
from weightscope.inspection.variable import Gradient
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.trials import undone
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import own_losses, tensor_of
from weightscope.source.live.output_tensors import output_tensors


@dataclass(frozen=True, slots=True)
class Gradients:
    """The gradients of a layer's trainable variables.

    Attributes:
        by_variable: The gradient of each variable by its `id`.
        notes: The findings on the gradients.
    """

    by_variable: Mapping[int, Gradient]
    notes: tuple[Finding, ...] = ()


def gradients_of(examined: ExaminedLayer) -> Gradients:
    """Returns the gradient of each trainable variable, and findings on missing gradients.

    The loss is the sum of the `add_loss` losses and of all outputs, each multiplied by a random number. Without random
    factors, the gradient is zero for outputs with a constant sum, such as a softmax. The result is the largest norm
    over both modes and over inputs of both signs, because batch normalization or a rectifier may have a zero gradient
    in one of these cases. Values that the calls change are restored.
    """
    variables = list(examined.layer.trainable_variables)
    best: dict[int, Gradient] = {id(variable): Gradient(None) for variable in variables}
    errors: list[BaseException] = []
    for training in (examined.how.training, not examined.how.training):
        for shifted in (False, True):
            try:
                with undone(examined):
                    norms = _norms(examined, variables, training, shifted)
            except (Exception, SystemExit) as error:  # it may fail in the other mode, or for negative inputs
                errors.append(error)
                continue
            for variable, norm in zip(variables, norms, strict=True):
                known = best[id(variable)].norm
                if norm is not None and (known is None or norm > known):
                    best[id(variable)] = Gradient(norm)
            if all(gradient.norm for gradient in best.values()):
                return Gradients(best)
    if not errors and examined.run.forward_pass and not examined.run.forward_pass.outputs:
        return Gradients(best)  # another examination reports the missing output
    if not errors:
        return Gradients(best, tuple(_without_gradient(examined, best)))
    if len(errors) < _TRIES:
        return Gradients(best)  # a missing gradient may exist in the mode that fails
    message = f"gradients could not be computed: {describe_error(errors[0])}"
    return Gradients({}, (Finding("not-examined", "warning", message, examined.layer.name, fix="--debug shows where"),))


#: The largest number of calls in `gradients_of`: two modes with two kinds of inputs.
_TRIES = 4


def _norms(examined: ExaminedLayer, variables: Sequence[Any], training: bool, shifted: bool) -> list[float | None]:
    positional, named = examined.call.positional, examined.call.named
    if shifted:
        positional, named = keras.tree.map_structure(_centred, (positional, named))
    tensors = [tensor_of(variable) for variable in variables]
    generator = tensorflow.random.Generator.from_seed(examined.seed)
    with tensorflow.GradientTape() as tape:
        outputs = examined.layer(*positional, **named, training=training)
        terms = [
            tensorflow.reduce_sum(tensorflow.cast(one, "float32") * generator.normal(tensorflow.shape(one)))
            for one in output_tensors(outputs)
            if one.dtype.is_floating
        ]
        terms += [tensorflow.cast(tensorflow.reduce_sum(one), "float32") for one in _added_losses(examined)]
        loss = tensorflow.add_n(terms) if terms else tensorflow.constant(0.0)
    gradients = tape.gradient(loss, tensors)
    return [None if one is None else float(tensorflow.norm(tensorflow.cast(one, "float32"))) for one in gradients]


def _added_losses(examined: ExaminedLayer) -> list[Any]:
    """Returns the losses that the last call added with `add_loss`, without those of regularizers."""
    return [loss for _, _, layer in examined.layers() for loss in own_losses(layer)]


def _centred(tensor: Any) -> Any:
    """Returns inputs rescaled from [0, 1) to [-1, 1). Integers are indices, and stay unchanged."""
    return tensor * 2 - 1 if tensor.dtype.is_floating else tensor


def _without_gradient(examined: ExaminedLayer, gradients: Mapping[int, Gradient]) -> Iterator[Finding]:
    """Yields a finding for each trainable variable whose gradient is missing or zero."""
    for identity, gradient in gradients.items():
        if gradient.norm is None:
            yield Finding(
                "no-gradient",
                "warning",
                "no gradient reaches it from the outputs or from add_loss, at inference or in training: "
                + (
                    "only its regularizer changes it"
                    if examined.is_regularized(identity)
                    else "it keeps its initial value"
                ),
                examined.paths[identity],
                fix="use it in call() in differentiable operations, or create it with trainable=False",
            )
        elif gradient.norm == 0.0:
            yield Finding(
                "zero-gradient",
                "note",
                "its gradient is zero everywhere for the dummy inputs, at inference and in training",
                examined.paths[identity],
                fix="check whether the outputs depend on it for your own inputs",
            )
