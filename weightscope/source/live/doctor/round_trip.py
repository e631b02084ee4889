"""Examines whether the layer is unchanged after a round trip: from its config, and from a saved model."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from weightscope.inspection import Array, Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.fresh_process import Reloader
from weightscope.source.live.doctor.reload import Reloaded
from weightscope.source.live.doctor.saved_parts import unsaved_sublayers
from weightscope.source.live.doctor.trials import flat_inputs, held, symbolic, undone
from weightscope.source.live.dummy_tensors import Call
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import own_variables
from weightscope.source.live.output_tensors import output_tensors
from weightscope.source.live.snapshot import Snapshot

#: The tolerance of outputs, relative to the largest output: two processes may sum in a different order.
_TOLERANCE = {"float16": 1e-2, "bfloat16": 1e-1}


class _BrokenError(Exception):
    """The round trip failed. The message is the step and the reason, with a colon between them."""


def broken_round_trip(examined: ExaminedLayer, reloader: Reloader, trained: Any = None) -> Iterator[Finding]:
    """Yields a finding with the step at which the round trip failed, if it did. The layer's values are restored.

    Args:
        examined: The layer. It is saved in a functional model if possible.
        reloader: Loads the saved models.
        trained: A subclassed model of another such layer after `fit`, or None.
    """
    snapshot = Snapshot((*examined.layer.variables, *(one.variable for one in examined.untracked)))
    try:
        with undone(examined):
            _travel(examined, reloader, trained)
    except _BrokenError as broken:
        step = str(broken).partition(":")[0]
        yield Finding("round-trip", "error", str(broken), examined.layer.name, fix=_fix(examined, step, str(broken)))
    finally:
        snapshot.restore()
        examined.run.snapshot.restore()


_FIXES = {
    "get_config": "return every argument of the constructor from get_config()",
    "from_config": "make the constructor take what get_config() returns, or write from_config()",
    "saving": "let get_config() return numbers, strings, lists and dicts, and objects serialized with "
    "keras.saving.serialize_keras_object",
    "loading": "register the class, and create all sub-layers and variables in __init__() and build()",
    "variables": "create all variables in build(), in the same order for all inputs",
    "values": "create all variables in build() with add_weight, and build sub-layers there",
    "outputs": "store all values that the call uses in the config, or in variables made with add_weight",
}


def _fix(examined: ExaminedLayer, step: str, message: str) -> str:
    unsaved = next(unsaved_sublayers(examined), None) if step == "values" else None
    if unsaved is not None:
        return str(unsaved.fix)
    refused = re.search(r"unexpected keyword argument '(\w+)'", message)
    taken = inspect.signature(type(examined.layer).__init__).parameters.values()
    takes_no_more = step == "from_config" and all(one.kind is not one.VAR_KEYWORD for one in taken)
    if takes_no_more or (refused is not None and refused[1] in ("name", "trainable", "dtype")):
        return f"accept the arguments of every layer: {_constructor(examined.layer)}"
    return _FIXES[step]


def _constructor(layer: Any) -> str:
    """Returns the first lines of a constructor that takes the layer's own arguments and `**kwargs`."""
    own = list(inspect.signature(type(layer).__init__).parameters.values())[1:]
    named = [one for one in own if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    kept = [one.replace(annotation=one.empty) for one in named if one.name not in ("name", "trainable", "dtype")]
    taken = ", ".join(("self", *map(str, kept), "**kwargs"))
    return f"def __init__({taken}): super().__init__(**kwargs)"


def _travel(examined: ExaminedLayer, reloader: Reloader, trained: Any) -> None:
    layer = examined.layer
    config = _step("get_config", layer.get_config)
    if not isinstance(config, dict):
        raise _BrokenError(f"get_config: it returns {type(config).__name__}, not a dict")
    _step("from_config", lambda: type(layer).from_config(dict(config)))
    _disturb(examined)
    journeys = [_Journey("saved", _holding(examined), reloader, examined.call)]
    if trained is not None:
        journeys.append(_Journey(_TRAINED, trained, reloader, examined.call))
    back = reloader.load()
    for one in journeys:
        try:
            one.check(back[one.name])
        except _BrokenError as broken:
            where = ", in a subclassed model after fit" if one.name == _TRAINED else ""
            raise _BrokenError(f"{broken}{where}") from broken


#: The name of the model that went through `fit`.
_TRAINED = "trained"


class _Journey:
    """A saved model, with its weights and outputs at the time of saving."""

    def __init__(self, name: str, model: Any, reloader: Reloader, call: Call) -> None:
        """Saves the model, and stores its weights and outputs."""
        self.name = name
        flat = flat_inputs(call)
        inputs = [np.asarray(one) for one in flat]
        self._weights = [np.asarray(one) for one in model.weights]
        self._paths = [str(one.path) for one in model.weights]
        place = reloader.place(name, inputs)
        _step("saving", lambda: model.save(place))
        there = Snapshot(model.variables)
        self._outputs = []
        for _ in range(2):
            outputs = model(flat if len(flat) != 1 else flat[0], training=False)
            self._outputs.append([np.asarray(one) for one in output_tensors(outputs)])
        there.restore()

    def check(self, back: Reloaded) -> None:
        """Compares the loaded model with the saved model.

        Raises:
            _BrokenError: They differ, or the model could not be loaded.
        """
        if back.error is not None:
            raise _BrokenError(f"loading: {back.error}")
        _compare_weights(self._paths, self._weights, back.weights)
        if _are_close(*self._outputs):  # otherwise they are random, or depend on earlier calls
            _compare_outputs(self._outputs[0], back.outputs)


def _step(name: str, action: Any) -> Any:
    try:
        return action()
    except (Exception, SystemExit) as error:
        raise _BrokenError(f"{name}: {describe_error(error)}") from error


def _disturb(examined: ExaminedLayer) -> None:
    """Changes all floating-point values slightly, so that a loaded initial value shows that it was not restored.

    The values are set through `load_own_variables`, as in loading.
    """
    generator = np.random.default_rng(examined.seed)

    def moved(variable: Any) -> Any:
        distance = generator.uniform(0.01, 0.02, tuple(variable.shape))
        if "float" not in keras.backend.standardize_dtype(variable.dtype):
            return np.asarray(variable)
        return tensorflow.cast(np.asarray(variable).astype(np.float64) + distance, variable.dtype)

    for _, _, layer in examined.layers():
        own = own_variables(layer)
        store = {str(place): moved(variable) for place, variable in enumerate(own)}
        try:
            layer.load_own_variables(store)
        except Exception:  # the layer stores its variables in its own way, or not at all
            for place, variable in enumerate(own):
                variable.assign(store[str(place)])
    for one in examined.untracked:
        one.variable.assign(moved(one.variable))


def _holding(examined: ExaminedLayer) -> Any:
    """Returns a functional model with the layer, or a subclassed model if the layer's call cannot be traced."""
    try:
        return symbolic(examined.layer, examined.call, open_batch=False)
    except Exception:  # the layer's code may raise anything for a symbolic tensor
        model = held(examined.layer, examined.call)
        model(flat_inputs(examined.call), training=False)
        return model


def _compare_weights(names: Sequence[str], before: Sequence[Array], after: Sequence[Array]) -> None:
    shapes, found = [one.shape for one in before], [one.shape for one in after]
    if shapes != found:
        raise _BrokenError(
            f"variables: {len(shapes)} were saved, of shapes {_listed(shapes)}, and {len(found)} were loaded"
            + (f", of shapes {_listed(found)}" if found else "")
        )
    for name, one, other in zip(names, before, after, strict=True):
        if one.tobytes() != other.tobytes():
            raise _BrokenError(f"values: the loaded values of {name} differ from the saved values")


def _compare_outputs(before: Sequence[Array], after: Sequence[Array]) -> None:
    if not _are_close(before, after):
        raise _BrokenError("outputs: all weights were loaded, but the same inputs give other outputs")


def _are_close(some: Sequence[Array], others: Sequence[Array]) -> bool:
    return len(some) == len(others) and all(map(_is_close, some, others))


def _is_close(one: Array, other: Array) -> bool:
    if one.shape != other.shape:
        return False
    if one.dtype.kind not in "fVc" and "float" not in one.dtype.name:
        return bool(np.array_equal(one, other))
    exact, found = one.astype(np.float64), other.astype(np.float64)
    reach = _TOLERANCE.get(one.dtype.name, 1e-4) * max(1.0, float(np.max(np.abs(exact), initial=0.0)))
    return bool(np.allclose(exact, found, rtol=0.0, atol=reach, equal_nan=True))


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    most = 4
    shown = " ".join("(" + ", ".join(map(str, shape)) + ")" for shape in shapes[:most])
    return shown + (" ..." if len(shapes) > most else "")
