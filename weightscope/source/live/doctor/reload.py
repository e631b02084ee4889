"""Loads saved models of one layer again and calls them: what the fresh process of a round trip runs.

`python -m weightscope.source.live.doctor.reload FOLDER` imports TensorFlow, waits for a line on its standard input, and
reads `job.json`. In each sub-folder that this names it reads `model.keras` and `inputs.npz`, and writes `result.json`,
`weights.npz` and `outputs.npz`. It ends at once if its standard input ends without a line.
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
    """What became of the model.

    Attributes:
        error: Why it could not be loaded, or called; None when it could.
        weights: Of the loaded model, in its order.
        outputs: For the inputs of the folder.
    """

    error: str | None
    weights: Sequence[Array] = ()
    outputs: Sequence[Array] = ()

    def write(self, folder: Path) -> None:
        """Writes it into the folder."""
        for name, arrays in (("weights", self.weights), ("outputs", self.outputs)):
            np.savez(folder / f"{name}.npz", *map(storable, arrays))
            dtypes = [one.dtype.name for one in arrays]
            (folder / f"{name}.json").write_text(json.dumps(dtypes), encoding="utf-8")
        (folder / "result.json").write_text(json.dumps({"error": self.error}), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Reloaded:
        """Returns what `write` wrote."""
        told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return cls(told["error"], _arrays(folder, "weights"), _arrays(folder, "outputs"))


def load_again(folder: Path, custom_objects: Mapping[str, Any]) -> Reloaded:
    """Loads the model in `folder` and calls it with the inputs there."""
    with np.load(folder / "inputs.npz") as file:
        inputs = [tensorflow.convert_to_tensor(file[name]) for name in file.files]
    try:
        known = {**custom_objects, LayerHolder.__name__: LayerHolder}
        model = keras.saving.load_model(folder / "model.keras", custom_objects=known)
        weights = [np.asarray(one) for one in model.weights]
        outputs = output_tensors(model(inputs if len(inputs) != 1 else inputs[0], training=False))
    except (Exception, SystemExit) as error:  # whatever the layer's code raises
        return Reloaded(describe_error(error))
    return Reloaded(None, weights, [np.asarray(one) for one in outputs])


def storable(array: Array) -> Array:
    """Returns an array that numpy stores without pickling: text as bytes, and the bits of bfloat16."""
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
    """Imports the classes that the layer is made of, as a user's program would."""
    from weightscope.source.live.modules import import_partly

    found = {}
    for module, file, name in job["classes"]:
        try:
            home = importlib.import_module(module)
        except (Exception, SystemExit):  # no importable name, or example code that fails
            home = import_partly(file).module
        found[name] = getattr(home, name)
    return found


def main(folder: Path) -> None:
    """Waits, and does what the folder's `job.json` says."""
    if not sys.stdin.readline():
        return
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    sys.path[:] = job["path"]
    try:
        classes = _classes(job)
    except (Exception, SystemExit) as error:
        reason = f"its module cannot be imported by a fresh process: {describe_error(error)}"
        for name in job["models"]:
            Reloaded(reason).write(folder / name)
        return
    for name in job["models"]:
        load_again(folder / name, classes).write(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
