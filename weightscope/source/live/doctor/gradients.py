"""Examines which variables a loss on the outputs would train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weightscope.inspection import Note
from weightscope.inspection.variable import Gradient
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras, tensorflow


def gradients_of(examined: ExaminedLayer) -> dict[int, Gradient]:
    """Returns the gradient of each trainable variable, by its `id`.

    The loss is the sum of all outputs, each times a random number: a plain sum tells nothing about a layer whose
    outputs add up to one. Both modes and inputs of both signs are tried, and the largest norm is taken: that of a batch
    normalisation in training, or of a rectifier, may be 0 for the one and not for the other. Values that the calls
    change are put back.

    Raises:
        Exception: Whatever the layer's code raises.
    """
    variables = list(examined.layer.trainable_variables)
    best: dict[int, Gradient] = {id(variable): Gradient(None) for variable in variables}
    try:
        for training in (examined.how.training, not examined.how.training):
            for shifted in (False, True):
                for variable, norm in zip(variables, _norms(examined, variables, training, shifted), strict=True):
                    known = best[id(variable)].norm
                    if norm is not None and (known is None or norm > known):
                        best[id(variable)] = Gradient(norm)
                if all(gradient.norm for gradient in best.values()):
                    return best
    finally:
        examined.run.snapshot.restore()
    return best


def _norms(examined: ExaminedLayer, variables: Sequence[Any], training: bool, shifted: bool) -> list[float | None]:
    positional, named = examined.call.positional, examined.call.named
    if shifted:
        positional, named = keras.tree.map_structure(_centred, (positional, named))
    tensors = [variable._value for variable in variables]
    generator = tensorflow.random.Generator.from_seed(examined.seed)
    with tensorflow.GradientTape() as tape:
        outputs = examined.layer(*positional, **named, training=training)
        floating = [one for one in keras.tree.flatten(outputs) if tensorflow.is_tensor(one) and one.dtype.is_floating]
        terms = [
            tensorflow.reduce_sum(tensorflow.cast(one, "float32") * generator.normal(tensorflow.shape(one)))
            for one in floating
        ]
        loss = tensorflow.add_n(terms) if terms else tensorflow.constant(0.0)
    gradients = tape.gradient(loss, tensors)
    return [None if one is None else float(tensorflow.norm(tensorflow.cast(one, "float32"))) for one in gradients]


def _centred(tensor: Any) -> Any:
    """Returns inputs from [0, 1) stretched to [-1, 1); whole numbers are indices, and stay."""
    return tensor * 2 - 1 if tensor.dtype.is_floating else tensor


def without_gradient(examined: ExaminedLayer, gradients: Mapping[int, Gradient]) -> Iterator[Note]:
    """Yields a note for each trainable variable that gets no gradient, or one that is all zero."""
    for identity, gradient in gradients.items():
        if gradient.norm is None:
            yield Note(
                "no-gradient",
                "warning",
                "no gradient reaches it from the outputs, at inference or in training: it stays as it began",
                examined.paths[identity],
                "use it in call() by differentiable operations, or say that it is not trained: trainable=False",
            )
        elif gradient.norm == 0.0:
            yield Note(
                "zero-gradient",
                "note",
                "its gradient is there and all zero, for the dummy inputs, at inference and in training",
                examined.paths[identity],
                "look whether the outputs depend on it for inputs of yours",
            )


def failed(error: Exception) -> Note:
    """Returns the note of gradients that could not be computed."""
    return Note("no-gradient", "warning", f"gradients could not be computed: {describe_error(error)}")
