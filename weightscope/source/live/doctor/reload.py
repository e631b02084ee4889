"""Loads saved models of one layer and calls them. This is the program of the round trip's new process.

`main(FOLDER)` waits for a line on its standard input, and reads `job.json`. In each sub-folder in the job it reads
`model.keras` and `inputs.npz`, and writes `result.json`, `weights.npz` and `outputs.npz`. It exits at once if its
standard input ends without a line.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from weightscope.inspection import Array
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.holder import LayerHolder
from weightscope.source.live.output_tensors import output_tensors


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The result of loading and calling a model.

    Attributes:
        error: The error of loading or calling; None if both succeeded.
        weights: The weights of the loaded model, in the order of `model.weights`.
        outputs: The outputs for the inputs in the folder.
    """

    error: str | None
    weights: Sequence[Array] = ()
    outputs: Sequence[Array] = ()

    def write(self, folder: Path) -> None:
        """Writes the result into the folder."""
        for name, arrays in (("weights", self.weights), ("outputs", self.outputs)):
            np.savez(folder / f"{name}.npz", *map(storable, arrays))
            dtypes = [one.dtype.name for one in arrays]
            (folder / f"{name}.json").write_text(json.dumps(dtypes), encoding="utf-8")
        (folder / "result.json").write_text(json.dumps({"error": self.error}), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Reloaded:
        """Returns the result that `write` wrote into the folder."""
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return cls(result["error"], _arrays(folder, "weights"), _arrays(folder, "outputs"))


def load_again(folder: Path, custom_objects: Mapping[str, Any]) -> Reloaded:
    """Loads the model in `folder` and calls it with the inputs in `folder`."""
    with np.load(folder / "inputs.npz") as file:
        inputs = [tensorflow.convert_to_tensor(file[name]) for name in file.files]
    try:
        known = {**custom_objects, LayerHolder.__name__: LayerHolder}
        model = keras.saving.load_model(folder / "model.keras", custom_objects=known)
        weights = [np.asarray(one) for one in model.weights]
        outputs = output_tensors(model(inputs if len(inputs) != 1 else inputs[0], training=False))
    except (Exception, SystemExit) as error:  # raised by the layer's code
        return Reloaded(describe_error(error))
    return Reloaded(None, weights, [np.asarray(one) for one in outputs])


def storable(array: Array) -> Array:
    """Returns an array that numpy stores without pickle: text as bytes, bfloat16 as unsigned integers."""
    if array.dtype.kind == "O":
        return array.astype("S")
    return array if array.dtype.kind in "biufcSU" else array.view(f"u{array.dtype.itemsize}")


def _arrays(folder: Path, name: str) -> list[Array]:
    dtypes = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as file:
        stored = [file[key] for key in file.files]
    return [
        array if dtype in (array.dtype.name, "object") else array.view(tensorflow.as_dtype(dtype).as_numpy_dtype)
        for array, dtype in zip(stored, dtypes, strict=True)
    ]


def _classes(job: Mapping[str, Any]) -> dict[str, Any]:
    """Imports the classes of the layer and its sub-layers, as a user's program does."""
    from weightscope.source.live.modules import import_partly

    found = {}
    for module, file, name in job["classes"]:
        try:
            home = importlib.import_module(module)
        except (Exception, SystemExit):  # the module is not importable by name, or its example code fails
            home = import_partly(file).module
        found[name] = getattr(home, name)
    return found


def main(name: str) -> None:
    """Waits for a line on standard input, then loads the models in `job.json` in the folder `name`."""
    folder = Path(name)
    if not sys.stdin.readline():
        return
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    sys.path[:] = job["path"]
    try:
        classes = _classes(job)
    except (Exception, SystemExit) as error:
        reason = f"a new process cannot import its module: {describe_error(error)}"
        for model in job["models"]:
            Reloaded(reason).write(folder / model)
        return
    for model in job["models"]:
        load_again(folder / model, classes).write(folder / model)
