"""Examines whether the layer comes back as it was: made from its config, and loaded from a saved model.

The model is loaded in a fresh process, which knows no more than the user's own next program: what this process has
registered, or remembers, does not help.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from weightscope.inspection import Array, Note
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.reload import Reloaded, load_again, storable
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.fresh_names import fresh_names
from weightscope.source.live.holder import LayerHolder
from weightscope.source.live.output_tensors import output_tensors
from weightscope.source.live.snapshot import Snapshot

#: Seconds that a fresh process may take to import TensorFlow, load a model of one layer and call it.
_PATIENCE = 300

#: How far outputs may be apart, relative to the largest: two processes may add up in another order.
_TOLERANCE = {"float16": 1e-2, "bfloat16": 1e-1}


class _BrokenError(Exception):
    """The step of the round trip at which it broke, and why."""


def broken_round_trip(examined: ExaminedLayer) -> Iterator[Note]:
    """Yields a note that says at which step the layer was lost, if it was; its values are as before afterwards."""
    if examined.forward_error is not None:
        return
    snapshot = Snapshot((*examined.layer.variables, *(one.variable for one in examined.untracked)))
    try:
        with plain_errors(), fresh_names(), examined.known_classes(), tempfile.TemporaryDirectory() as folder:
            _travel(examined, Path(folder))
    except _BrokenError as broken:
        yield Note("round-trip", "error", str(broken), examined.layer.name, _FIXES[str(broken).partition(":")[0]])
    finally:
        snapshot.restore()
        examined.run.snapshot.restore()


_FIXES = {
    "get_config": "return every argument of the constructor from get_config()",
    "from_config": "make the constructor take what get_config() returns, or write from_config()",
    "saving": "let get_config() return numbers, strings, lists and dicts, and objects serialised with "
    "keras.saving.serialize_keras_object",
    "loading": "register the class, and make in __init__() and build() all that the saved layer holds",
    "variables": "create all variables in build(), in the same order, whatever the layer was called with",
    "values": "create all variables with add_weight, in build(), and build sub-layers there",
    "outputs": "keep what the call depends on in the config, or in variables made with add_weight",
}


def _travel(examined: ExaminedLayer, folder: Path) -> None:
    layer = examined.layer
    config = _step("get_config", layer.get_config)
    _step("from_config", lambda: type(layer).from_config(dict(config)))
    _disturb(examined)
    inputs = [np.asarray(one) for one in keras.tree.flatten((examined.call.positional, examined.call.named))]
    model = _holding(examined)
    weights = [np.asarray(one) for one in model.weights]
    names = [str(one.path) for one in model.weights]
    _step("saving", lambda: model.save(folder / "model.keras"))
    there = Snapshot(layer.variables)
    outputs = [_outputs(examined) for _ in range(2)]
    there.restore()
    back = _reload(examined, folder, inputs)
    if back.error is not None:
        raise _BrokenError(f"loading: {back.error}")
    _compare_weights(names, weights, back.weights)
    if _are_close(*outputs):  # else they are random, or depend on what was called before
        _compare_outputs(outputs[0], back.outputs)


def _step(name: str, action: Any) -> Any:
    try:
        return action()
    except (Exception, SystemExit) as error:
        raise _BrokenError(f"{name}: {describe_error(error)}") from error


def _disturb(examined: ExaminedLayer) -> None:
    """Moves all floating values a little, as loading would set them: what comes back as it began was not restored."""
    generator = np.random.default_rng(examined.seed)

    def moved(variable: Any) -> Any:
        distance = generator.uniform(0.01, 0.02, tuple(variable.shape))
        if "float" not in keras.backend.standardize_dtype(variable.dtype):
            return np.asarray(variable)
        return tensorflow.cast(np.asarray(variable).astype(np.float64) + distance, variable.dtype)

    for _, _, layer in examined.layers():
        own = (*layer._trainable_variables, *layer._non_trainable_variables)
        store = {str(place): moved(variable) for place, variable in enumerate(own)}
        try:
            layer.load_own_variables(store)
        except Exception:  # it stores its variables in a way of its own, or refuses to
            for place, variable in enumerate(own):
                variable.assign(store[str(place)])
    for one in examined.untracked:
        one.variable.assign(moved(one.variable))


def _holding(examined: ExaminedLayer) -> Any:
    """Returns a model that holds the layer: a functional one, or where its call cannot be traced a subclassed one."""
    positional, named = examined.call.positional, examined.call.named
    places = keras.tree.map_structure(
        lambda one: keras.Input(batch_shape=tuple(one.shape), dtype=one.dtype.name), (positional, named)
    )
    try:
        outputs = examined.layer(*places[0], **places[1])
        return keras.Model(keras.tree.flatten(places), outputs)
    except Exception:  # whatever the layer's code makes of a symbolic tensor
        holder = LayerHolder(examined.layer, keras.tree.map_structure(lambda _: 0, list(positional)), sorted(named))
        holder(keras.tree.flatten((positional, named)))
        return holder


def _outputs(examined: ExaminedLayer) -> list[Array]:
    outputs = examined.layer(*examined.call.positional, **examined.call.named, training=False)
    return [np.asarray(one) for one in output_tensors(outputs)]


def _reload(examined: ExaminedLayer, folder: Path, inputs: list[Array]) -> Reloaded:
    """Returns what a fresh process makes of the saved model; this one where no other could import the class."""
    classes = {type(layer) for _, _, layer in examined.layers()}
    own = [one for one in classes if one.__module__.partition(".")[0] != "keras"]
    np.savez(folder / "inputs.npz", *map(storable, inputs))
    is_local = any(one.__module__ == "__main__" or "." in one.__qualname__ for one in own)
    if is_local or not examined.how.fresh_process:
        keras.utils.set_random_seed(examined.seed + 1)  # or what is random would be drawn as it was the first time
        return load_again(folder, {one.__name__: one for one in own})
    files = {one.__module__: getattr(sys.modules.get(one.__module__), "__file__", None) for one in own}
    job = {"path": sys.path, "classes": [[one.__module__, files[one.__module__], one.__name__] for one in own]}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-m", "weightscope.source.live.doctor.reload", str(folder)]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return Reloaded(f"it took more than {_PATIENCE} seconds")
    if not (folder / "result.json").is_file():
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return Reloaded(f"the process that loads it ended with {done.returncode}: {''.join(last)}")
    return Reloaded.read(folder)


def _compare_weights(names: Sequence[str], before: Sequence[Array], after: Sequence[Array]) -> None:
    shapes, found = [one.shape for one in before], [one.shape for one in after]
    if shapes != found:
        raise _BrokenError(
            f"variables: {len(shapes)} were saved, of shapes {_listed(shapes)}, and {len(found)} came back"
            + (f", of shapes {_listed(found)}" if found else "")
        )
    for name, one, other in zip(names, before, after, strict=True):
        if one.tobytes() != other.tobytes():
            raise _BrokenError(f"values: {name} came back with other values than it was saved with")


def _compare_outputs(before: Sequence[Array], after: Sequence[Array]) -> None:
    if not _are_close(before, after):
        raise _BrokenError("outputs: all weights came back, and the same inputs give other outputs")


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
    told = " ".join("(" + ", ".join(map(str, shape)) + ")" for shape in shapes[:most])
    return told + (" ..." if len(shapes) > most else "")
