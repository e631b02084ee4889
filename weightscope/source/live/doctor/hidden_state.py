"""Examines whether the layer keeps state in Python values, numpy arrays or plain tensors instead of variables.

A graph keeps the value from the time when `fit` traced it, and no file stores it. If a call changed a value, the
examination changes it again. The value is reported only if that changes the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from weightscope.inspection import Array, Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.python_state import PythonState
from weightscope.source.live.doctor.trials import called, undone
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.output_tensors import output_tensors


def hidden_state(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each number, text, array or tensor that a call changes and that affects the outputs."""
    if examined.forward_error is not None:
        return
    with undone(examined):
        state = PythonState(examined)
        for training in (False, True, True):
            _try_outputs(examined, training)
        values = [(place.path, place.read(), place) for place in state.changed()]
        contents = [(container.path, now, container) for container, now in state.grown()]
        state.restore()
        for path, value, place in values:
            changes = [partial(place.write, other) for other in (value, *_others(value))]
            if _matters(examined, state, changes):
                yield _note(examined, path, value)
        for path, now, container in contents:
            if _matters(examined, state, [partial(container.refill, now)]):
                yield _note(examined, path, now)


def _note(examined: ExaminedLayer, path: str, value: Any) -> Finding:
    name = path.rpartition(".")[2].lower()
    name = name if name.isidentifier() else "state"
    array = np.zeros(()) if isinstance(value, (dict, str)) else np.asarray(value)
    dtype = {"b": "bool", "i": "int32", "f": "float32"}.get(array.dtype.kind, "float32")
    made = f'self.add_weight(name="{name}", shape={array.shape}, dtype="{dtype}", initializer="zeros", trainable=False)'
    return Finding(
        "hidden-state",
        "error",
        f"{path} is a {_kind(value)} that call() changes and its outputs depend on: fit keeps the value that it had "
        "when the call was traced, and the value is not saved",
        examined.layer.name,
        fix=f"in build(): self.{name} = {made}, and self.{name}.assign(...) in call()",
    )


def _kind(value: Any) -> str:
    if isinstance(value, (dict, str)):
        return "list or dict" if isinstance(value, dict) else "text"
    return "numpy array" if isinstance(value, np.ndarray) else "tensor" if tensorflow.is_tensor(value) else "number"


def _matters(examined: ExaminedLayer, state: PythonState, changes: Sequence[Callable[[], None]]) -> bool:
    """Whether one of these changes affects outputs that are otherwise repeatable, in training or at inference."""
    for training in (True, False):
        before, again = (_outputs_of(examined, state, training) for _ in range(2))
        if before is None or not _are_same(before, again):
            continue
        for change in changes:
            change()
            outputs = _outputs_of(examined, state, training)
            if outputs is not None and not _are_same(before, outputs):
                return True
    return False


def _outputs_of(examined: ExaminedLayer, state: PythonState, training: bool) -> list[Array] | None:
    try:
        return _try_outputs(examined, training)
    finally:
        state.restore()


def _others(value: Any) -> list[Any]:
    """Returns other values of the same type, small and large."""
    if isinstance(value, (bool, np.bool_)):
        return [not value]
    if isinstance(value, (int, float)):
        return [type(value)(0), value + 1, value * 1000 + 1_000_000]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return [(value * 1.5 + 0.25).astype(value.dtype)]
    if tensorflow.is_tensor(value) and value.dtype.is_floating:
        return [value * 1.5 + 0.25]
    return []


def _try_outputs(examined: ExaminedLayer, training: bool) -> list[Array] | None:
    try:
        return _outputs(examined, training)
    except (Exception, SystemExit):  # another examination reports it
        return None


def _outputs(examined: ExaminedLayer, training: bool) -> list[Array]:
    """Returns the outputs, with the same random numbers and variables in each call."""
    keras.utils.set_random_seed(examined.seed)
    outputs = called(examined.layer, examined.call, training=training)
    examined.run.snapshot.restore()
    return [np.asarray(one) for one in output_tensors(outputs)]


def _are_same(some: list[Array] | None, others: list[Array] | None) -> bool:
    if some is None or others is None or len(some) != len(others):
        return False
    return all(
        one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
        for one, other in zip(some, others, strict=True)
    )
