"""Runs a dummy forward pass and restores the values that it changed."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from weightscope.inspection import Finding, ForwardPass, TensorInfo
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.dummy_tensors import Call
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import internal
from weightscope.source.live.replaced import replaced
from weightscope.source.live.snapshot import Snapshot
from weightscope.source.live.variables import keras_variables, walk_layers
from weightscope.source.shapes import MEMORY_BOUND


@dataclass(frozen=True, slots=True)
class PassResult:
    """The result of a forward pass whose changes were undone.

    Attributes:
        forward_pass: The inputs and outputs; None if there were no inputs and the layer was not called.
        snapshot: The values after building and before the pass. The variables have these values again.
        changed: The `id` of each variable that the pass changed.
        creation_log: The phase in which each variable was created.
        built_before: The `id` of each layer that was built before the call.
    """

    forward_pass: ForwardPass | None
    snapshot: Snapshot
    changed: frozenset[int]
    creation_log: CreationLog
    built_before: frozenset[int] = frozenset()


def run_forward_pass(layer: Any, call: Call, *, training: bool, creation_log: CreationLog | None = None) -> PassResult:
    """Calls `layer` once, builds it first if necessary, and restores the values that the call changed.

    An exception from the layer's code becomes the `error` of the forward pass.

    Args:
        layer: A Keras layer or model.
        call: The arguments of the call.
        training: Whether to call the layer in training mode.
        creation_log: The log that recorded the constructor's variables; None for a new log.
    """
    creation_log = creation_log or CreationLog()
    creation_log.phase = "build"
    snapshot = Snapshot((*keras_variables(layer), *creation_log.raw_variables()))
    error: str | None = None
    outputs: tuple[TensorInfo, ...] = ()
    built_before: set[int] = set()

    def begin_call() -> None:
        if creation_log.phase != "call":
            built_before.update(id(one) for _, one in walk_layers(layer, ()) if one.built)
        creation_log.phase = "call"
        snapshot.take_all((*keras_variables(layer), *creation_log.raw_variables()))

    with (
        plain_errors(),
        creation_log.watching(MEMORY_BOUND, snapshot.take),
        before_call(layer, begin_call),
    ):
        try:
            outputs = tensors_in(layer(*call.positional, **call.named, training=training))
        except (Exception, SystemExit) as foreign:
            error = describe_error(foreign)
    forward_pass, changed = ForwardPass(call.inputs, outputs, error), frozenset(snapshot.restore())
    return PassResult(forward_pass, snapshot, changed, creation_log, frozenset(built_before))


def trace_symbolically(layer: Any, call: Call, creation_log: CreationLog) -> PassResult:
    """Builds `layer` and calls it with symbolic tensors. Nothing is computed, and variables take no memory.

    The layer must be constructed within `without_values`, and this function must be called there too. The variables
    have no values afterwards.
    """
    creation_log.phase = "build"
    error: str | None = None
    outputs: tuple[TensorInfo, ...] = ()
    built_before: set[int] = set()

    def begin_call() -> None:
        if creation_log.phase != "call":
            built_before.update(id(one) for _, one in walk_layers(layer, ()) if one.built)
        creation_log.phase = "call"

    with plain_errors(), creation_log.watching(sys.maxsize), before_call(layer, begin_call):
        try:
            outputs = tensors_in(layer(*call.positional, **call.named))
        except (Exception, SystemExit) as foreign:
            error = describe_error(foreign)
    forward_pass = ForwardPass(call.inputs, outputs, error)
    return PassResult(forward_pass, Snapshot(()), frozenset(), creation_log, frozenset(built_before))


@contextmanager
def without_values() -> Iterator[None]:
    """In the context, Keras variables are created with a shape and a dtype, and are never initialized."""
    state = internal("backend.common.global_state")
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        state.set_global_attribute(_UNINITIALIZED, [])  # Keras would initialize them after the next such scope


#: The name of Keras' global list of uninitialized variables.
_UNINITIALIZED = "uninitialized_variables"


@contextmanager
def before_call(layer: Any, hook: Callable[[], object]) -> Iterator[None]:
    """In the context, runs `hook` before each `call()` of `layer`, after `build()`.

    Values that `build()` assigns (a table of positions, pretrained values) are initial values; those that `call()`
    assigns are not. Keras builds and calls a layer in one step, so that `call` must be wrapped.
    """
    call = layer.call

    @functools.wraps(call)  # Keras shows the method's name in its errors
    def hooked_call(*arguments: Any, **options: Any) -> Any:
        hook()
        return call(*arguments, **options)

    with replaced(layer, "call", hooked_call):
        yield


def tensors_in(outputs: Any) -> tuple[TensorInfo, ...]:
    """Returns the shape and dtype of each tensor that a call returned."""
    return tuple(
        TensorInfo(tuple(int(size) for size in leaf.shape), keras.backend.standardize_dtype(leaf.dtype))
        for leaf in keras.tree.flatten(outputs)
        if hasattr(leaf, "shape") and hasattr(leaf, "dtype")
    )


def changed_by_pass(run: PassResult, paths: Mapping[int, str], *, training: bool = False) -> Iterator[Finding]:
    """Yields a note for each variable that the forward pass changed.

    Args:
        run: The pass.
        paths: The path of each listed variable by its `id`, in the order of the listing.
        training: Whether the pass was in training mode.
    """
    mode = "in training" if training else "at inference"
    for identity, path in paths.items():
        if identity in run.changed:
            message = f"the forward pass changed it, {mode}; the value shown is the one from before the pass"
            yield Finding("state-changed", "note", message, path)
