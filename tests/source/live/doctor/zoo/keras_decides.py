"""Asks Keras itself what becomes of layers: in a `fit`, and saved and loaded by a fresh process. No code of ours runs.

`python -m tests.source.live.doctor.zoo.keras_decides FOLDER` is the fresh process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.conftest import ROOT
from tests.source.live.doctor.zoo import faulty_layers, sound_layers
from weightscope.source.live.framework import keras


@keras.saving.register_keras_serializable("judge")
class Model(keras.Model):  # type: ignore[misc]  # Keras ships no types
    """A subclassed model of one layer of the zoo, as its author would write it."""

    def __init__(self, zoo: str, name: str, **options: Any) -> None:
        super().__init__(**options)
        self.zoo, self.kind = zoo, name
        self.examined = getattr({"faulty": faulty_layers, "sound": sound_layers}[zoo], name)()

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.examined(inputs, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        del x, y, sample_weight, training
        floats = [one for one in keras.tree.flatten(y_pred) if "float" in keras.backend.standardize_dtype(one.dtype)]
        scores = [keras.ops.mean(keras.ops.square(one)) for one in floats]
        return sum(scores) + sum(self.losses) + sum(0.0 * keras.ops.sum(one) for one in self.trainable_variables)

    def get_config(self) -> dict[str, Any]:
        return {"zoo": self.zoo, "name": self.kind}


def symptoms(zoo: str, shapes: Mapping[str, tuple[int, ...]], folder: Path) -> dict[str, list[str]]:
    """Returns what goes wrong with each layer of a zoo, by name: nothing, for a sound one."""
    found: dict[str, list[str]] = {name: [] for name in shapes}
    for name, shape in shapes.items():
        keras.utils.set_random_seed(0)
        inputs = np.random.default_rng(0).random((5, *shape[1:]), "float32")
        for attempt in (_fit, _functional, *([_masked] if len(shape) == 3 else [])):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    model = attempt(zoo, name, inputs)
                    outputs = keras.tree.flatten(model.predict(inputs, verbose=0))
                    place = folder / f"{name}{attempt.__name__}"
                    if not _are_close(outputs, model(inputs, training=False)):
                        found[name].append(f"{attempt.__name__}: a graph gives other outputs")
                    model.save(f"{place}.keras")
                    np.savez(f"{place}.npz", inputs, *outputs)
                except Exception as error:
                    found[name].append(f"{attempt.__name__}: {type(error).__name__}")
            is_lost = attempt is not _masked and any("destroy the mask" in str(one.message) for one in caught)
            found[name] += [f"{attempt.__name__}: a mask is destroyed"] if is_lost else []
    _load(folder)
    for path in sorted(folder.glob("*.json")):
        name, _, which = path.stem.rpartition("_")
        problems = json.loads(path.read_text(encoding="utf-8"))
        found[name] += [f"{which}: {one}" for one in problems]
    return found


def _fit(zoo: str, name: str, inputs: Any) -> Any:
    model = Model(zoo, name)
    model.compile(optimizer="sgd")
    model.fit(inputs, batch_size=2, epochs=2, verbose=0)
    return model


def _functional(zoo: str, name: str, inputs: Any) -> Any:
    places = keras.Input(inputs.shape[1:])
    layer = Model(zoo, name).examined
    return keras.Model(places, layer(places))


def _masked(zoo: str, name: str, inputs: Any) -> Any:
    inputs[:, -1] = 0.0
    places = keras.Input(inputs.shape[1:])
    outputs = Model(zoo, name).examined(keras.layers.Masking()(places))
    return keras.Model(places, keras.layers.GRU(2)(outputs) if len(outputs.shape) == 3 else outputs)


def _load(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.source.live.doctor.zoo.keras_decides", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _are_close(some: Any, others: Any) -> bool:
    pairs = zip(keras.tree.flatten(some), keras.tree.flatten(others), strict=True)
    return all(np.allclose(np.asarray(one), np.asarray(other), atol=1e-4) for one, other in pairs)


def main(folder: Path) -> None:
    """Loads each model and compares what it predicts with what it predicted before."""
    for path in sorted(folder.glob("*.keras")):
        problems = []
        with np.load(path.with_suffix(".npz")) as file:
            inputs, *before = (file[name] for name in file.files)
        try:
            model = keras.saving.load_model(path)
            after = model.predict(inputs, verbose=0)
            problems += [] if _are_close(before, after) else ["other outputs"]
        except Exception as error:
            problems.append(type(error).__name__)
        path.with_suffix(".json").write_text(json.dumps(problems), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
