"""Examines whether the layer also works in training, in graphs, in models, in `fit`, and after loading.

Simple uses are tried first, so that a failure is reported for the simplest use that shows it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np

from weightscope.inspection import Finding
from weightscope.source.live.doctor import trials
from weightscope.source.live.doctor.attributes import containers_in
from weightscope.source.live.doctor.building import unbuilt_sublayers
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.doctor.fresh_process import reloader
from weightscope.source.live.doctor.made_in_call import layers_made_in_call
from weightscope.source.live.doctor.outputs import announced_shape
from weightscope.source.live.doctor.python_state import PythonState
from weightscope.source.live.doctor.round_trip import broken_round_trip
from weightscope.source.live.doctor.trials import raised_by
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import tensorflow
from weightscope.source.live.output_tensors import output_tensors

_BATCH_FIX = "take the batch size from keras.ops.shape(inputs)[0] in call(), or write -1 in its place when you reshape"
_SEED_FIX = "self.seed = keras.random.SeedGenerator() in __init__(), and keras.random.normal(..., seed=self.seed)"


def failing_uses(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each failure when the layer is trained, traced, fitted, saved or loaded."""
    if examined.forward_error is not None:
        return
    with reloader(examined) as process:
        is_of_keras = all(is_keras_own(layer) for _, _, layer in examined.layers())
        trained = None if is_of_keras else (yield from _tried(examined))
        broken = list(broken_round_trip(examined, process, trained))
        yield from broken
        yield from unbuilt_sublayers(examined, is_lost=any(_lacks_variables(note) for note in broken))


def _lacks_variables(broken: Finding) -> bool:
    """Whether the round trip failed because variables did not exist during loading."""
    phrases = ("never built", "could not be loaded")
    return broken.message.startswith("variables:") or any(words in broken.message for words in phrases)


def _tried(examined: ExaminedLayer) -> Generator[Finding, None, Any]:
    """Yields a finding for the first failing use of each kind. Returns a model after `fit`, or None."""
    eager = [*_in_eager_mode(examined)]
    yield from eager
    codes = {note.code for note in eager}
    if "no-output" in codes or _makes_variables_in_call(examined):
        return None  # such a layer fails in every graph
    modes = [False] if "fails-in-training" in codes else [False, True]
    in_graph = next((note for mode in modes for note in _in_a_graph(examined, training=mode)), None)
    if in_graph is not None:
        if in_graph.code not in codes:
            yield in_graph
        if in_graph.level == "error":
            return None
    if not codes & {"fails-without-training", "fixed-batch-size"}:
        yield from _in_models(examined)
    if codes & {"fails-in-training", "fixed-batch-size"}:
        return None
    return (yield from _in_fit(examined))


def _in_eager_mode(examined: ExaminedLayer) -> Iterator[Finding]:
    layer, call, name = examined.layer, examined.call, examined.layer.name
    error = raised_by(examined, lambda: trials.called(layer, call, training=True))
    if error is not None:
        message = f"call() raises in training, but not at inference: {describe_error(error)}"
        yield Finding("fails-in-training", "error", message, name, fix="correct the code of call() for training=True")
    error = raised_by(examined, lambda: trials.called(layer, call))
    if error is not None:
        message = f"call() raises if training is not given, as in a functional model: {describe_error(error)}"
        yield Finding("fails-without-training", "error", message, name, fix="def call(self, inputs, training=False)")
    if examined.run.forward_pass and not examined.run.forward_pass.outputs:
        yield Finding("no-output", "error", "call() returns no tensor", name, fix="return the outputs from call()")
    problem = _with_another_batch(examined)
    if problem is not None and not is_keras_own(layer):
        yield Finding("fixed-batch-size", "error", problem, name, fix=_BATCH_FIX)


def _with_another_batch(examined: ExaminedLayer) -> str | None:
    """Returns the problem with a second, larger batch; None if there is none."""
    first, longer = trials.common_batch(examined.call), trials.with_another_batch(examined.call)
    if longer is None or first is None:
        return None
    shapes: list[list[tuple[int, ...]]] = []

    def call_both() -> None:
        for call in (examined.call, longer):
            outputs = output_tensors(trials.called(examined.layer, call, training=False))
            shapes.append([tuple(one.shape) for one in outputs])

    error = raised_by(examined, call_both)
    which = f"a batch of {2 * first} after one of {first}"
    if error is not None:
        return (
            f"call() raises for {which}, as in the last step of an epoch: {describe_error(error)}" if shapes else None
        )
    for before, after in zip(*shapes, strict=False):
        if before[:1] == after[:1] == (first,) and before != after:
            return f"call() returns shape {after} for {which}, and shape {before} before"
    return None


def _in_a_graph(examined: ExaminedLayer, *, training: bool) -> Iterator[Finding]:
    layer, call, name = examined.layer, examined.call, examined.layer.name
    has_batch = trials.common_batch(call) is not None
    runs: list[Any] = []

    def trace(open_batch: bool) -> None:
        runs[:] = trials.traced(layer, call, open_batch=open_batch, training=training)

    error = raised_by(examined, lambda: trace(has_batch))
    if error is None:
        if training and _are_same(*runs) and _is_drawn_in_python(examined):
            yield Finding(
                "frozen-randomness",
                "error",
                "call() draws random numbers with Python or numpy: a graph draws them once, and each step of fit uses "
                "the same numbers",
                name,
                fix=_SEED_FIX,
            )
        return
    if has_batch and raised_by(examined, lambda: trace(False)) is None:
        message = (
            f"call() fails if the batch size is open, as in fit and in a functional model: {describe_error(error)}"
        )
        yield Finding("fixed-batch-size", "error", message, name, fix=_BATCH_FIX)
        return
    yield Finding(
        "eager-only",
        "error",
        f"call() fails in a graph, in which fit and predict run it: {describe_error(error)}",
        name,
        fix="use keras.ops on tensors in place of numpy, .numpy(), float() and Python's if and while",
    )


def _are_same(one: list[Any], other: list[Any]) -> bool:
    return all(np.array_equal(np.asarray(some), np.asarray(same)) for some, same in zip(one, other, strict=True))


def _is_drawn_in_python(examined: ExaminedLayer) -> bool:
    """Whether the outputs of two eager calls differ, and neither variables nor Python state are the reason."""
    outputs, is_changed = [], False
    with trials.undone(examined):
        state = PythonState(examined)
        for _ in range(2):
            outputs.append(output_tensors(trials.called(examined.layer, examined.call, training=True)))
            examined.run.snapshot.restore()
        is_changed = bool(state.changed() or state.grown())
    return not is_changed and not _are_same(*outputs)


def _in_models(examined: ExaminedLayer) -> Iterator[Finding]:
    call = examined.call
    if any(one.shape.rank == 0 for one in trials.flat_inputs(call)) or any(announced_shape(examined)):
        return
    uses: dict[str, Callable[[Any], object]] = {}
    uses["a functional model"] = lambda layer: trials.symbolic(layer, call, open_batch=True)
    if len(call.positional) == 1 and not call.named and tensorflow.is_tensor(call.positional[0]):
        uses["a Sequential"] = lambda layer: trials.sequential(layer, call)
    for which, use in uses.items():
        with trials.undone(examined):
            layer = examined.made_again()
        error = raised_by(examined, functools.partial(use, layer)) if layer is not None else None
        if error is not None:
            message = f"it cannot be used in {which} with an open batch size: {describe_error(error)}"
            yield Finding(
                "fails-in-model", "error", message, examined.layer.name, fix="let call() take symbolic tensors"
            )
            return


def _in_fit(examined: ExaminedLayer) -> Generator[Finding, None, Any]:
    models: list[Any] = []

    def fit() -> None:
        layer = examined.made_again()
        if layer is not None:
            made.append(layer)
            models.append(trials.fitted(layer, examined.call))

    made: list[Any] = []
    error = raised_by(examined, fit)
    if error is None:
        return models[0] if models else None
    if _is_out_of_scope(error):
        yield _out_of_scope(examined, made[0], error)
    else:
        message = f"fit fails in a subclassed model: {describe_error(error)}"
        yield Finding(
            "fails-in-fit", "error", message, examined.layer.name, fix="let build() and call() run in a graph"
        )
    return None


def _is_out_of_scope(error: BaseException) -> bool:
    return type(error).__name__ == "InaccessibleTensorError" or "out of scope" in describe_error(error)


def _out_of_scope(examined: ExaminedLayer, layer: Any, error: BaseException) -> Finding:
    kept = [
        container.place(key).path
        for container in containers_in(layer)
        for key, value in container.contents().items()
        if tensorflow.is_tensor(value) and not hasattr(value, "numpy")
    ]
    what = ", ".join(kept) or "an attribute"
    return Finding(
        "tensor-out-of-scope",
        "error",
        f"{what} keeps a tensor of one graph, and another graph uses it: fit fails if the model is not built yet: "
        f"{describe_error(error)}",
        examined.layer.name,
        fix=f"make {what} with numpy, or within `with tf.init_scope():`, or as a weight that is not trainable",
    )


def _makes_variables_in_call(examined: ExaminedLayer) -> bool:
    return any(not one.is_held for one in examined.untracked) or any(layers_made_in_call(examined))
