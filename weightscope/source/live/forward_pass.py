"""Runs a dummy forward pass and undoes what it changed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from weightscope.inspection import ForwardPass, TensorInfo
from weightscope.source.live.creation import watched_creation
from weightscope.source.live.dummy_inputs import Call
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.snapshot import Snapshot
from weightscope.source.live.variables import keras_variables
from weightscope.source.shapes import MEMORY_BOUND


@dataclass(frozen=True, slots=True)
class Run:
    """A forward pass that is over and undone.

    Attributes:
        forward_pass: What went in and came out; None when there was nothing to call with.
        snapshot: The values as they were after building and before the pass; the variables hold them again.
        changed: The `id` of each Keras variable that the pass had changed.
    """

    forward_pass: ForwardPass | None
    snapshot: Snapshot
    changed: frozenset[int]


def run_forward_pass(layer: Any, call: Call, *, training: bool) -> Run:
    """Calls `layer` once, building it where it is not built, and puts back the values that the call changed.

    An exception from the layer's code becomes the `error` of the forward pass.
    """
    snapshot = Snapshot(keras_variables(layer))
    error: str | None = None
    outputs: tuple[TensorInfo, ...] = ()
    with (
        plain_errors(),
        watched_creation(MEMORY_BOUND, snapshot.take),
        _before_call(layer, lambda: snapshot.take_all(keras_variables(layer))),
    ):
        try:
            outputs = _tensors(layer(*call.positional, **call.named, training=training))
        except (Exception, SystemExit) as foreign:
            error = describe_error(foreign)
    return Run(ForwardPass(call.inputs, outputs, error), snapshot, frozenset(snapshot.restore()))


@contextmanager
def _before_call(layer: Any, hook: Callable[[], object]) -> Iterator[None]:
    """Within it `hook` runs each time that `layer`, built by then, is about to be called.

    What `build()` assigns (a table of positions, pretrained values) is a variable's initial value; what `call()`
    assigns is not. Keras builds and calls in one go, so `call` is wrapped for the time being.
    """
    call = layer.call

    @functools.wraps(call)  # Keras tells the method's name when there is none
    def hooked_call(*arguments: Any, **options: Any) -> Any:
        hook()
        return call(*arguments, **options)

    layer.call = hooked_call
    try:
        yield
    finally:
        del layer.call


def _tensors(outputs: Any) -> tuple[TensorInfo, ...]:
    return tuple(
        TensorInfo(tuple(int(size) for size in leaf.shape), keras.backend.standardize_dtype(leaf.dtype))
        for leaf in keras.tree.flatten(outputs)
        if hasattr(leaf, "shape") and hasattr(leaf, "dtype")
    )
