"""SavedModels that TensorFlow and Keras write for the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.source.file.checkpoint.made import Kinds, tf1, tf1_graph, tf1_session, trained_model
from weightscope.source.live.framework import keras, tensorflow

_PROJECT = Path(__file__).parents[4]


class Served(tensorflow.Module):  # type: ignore[misc]  # TensorFlow ships no types
    """A module with a signature whose input may be of any shape."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = tensorflow.Variable([2.0, 3.0], name="scale")
        self.same = self.scale

    @tensorflow.function(  # type: ignore[untyped-decorator]
        input_signature=[tensorflow.TensorSpec(None, tensorflow.float32, name="anything")]
    )
    def total(self, anything: Any) -> Any:
        """Returns a sum."""
        return {"total": tensorflow.reduce_sum(anything) * self.scale[0]}


def write_export(folder: Path) -> Path:
    trained_model().export(str(folder), verbose=False)
    return folder


def write_seeded(folder: Path) -> Path:
    """An exported model with states of seed generators, and with two variables of one name."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(2, name="dense")])
    model.export(str(folder), verbose=False)
    return folder


class Net(keras.Model):  # type: ignore[misc]
    """A model of three layers of one name."""

    def __init__(self) -> None:
        super().__init__(name="net")
        self.parts = [keras.layers.Dense(units, name="dense") for units in (4, 3, 2)]

    def build(self, input_shape: Any) -> None:
        shape = tuple(input_shape)
        for part in self.parts:
            part.build(shape)
            shape = (*shape[:-1], part.units)

    def call(self, inputs: Any) -> Any:
        for part in self.parts:
            inputs = part(inputs)
        return inputs


def write_subclassed(folder: Path) -> Path:
    model = Net()
    model(np.ones((1, 5), np.float32))
    model.export(str(folder), verbose=False)
    return folder


def write_archive(folder: Path, *, is_tracked: bool) -> Path:
    """An archive of one endpoint, with or without a list of the model's variables."""
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, name="hidden"), keras.layers.BatchNormalization(name="norm")]
    )
    archive = keras.export.ExportArchive()
    if is_tracked:
        archive.track(model)
    archive.add_endpoint("serve", model.call, input_signature=[tensorflow.TensorSpec((None, 4))])
    archive.write_out(str(folder), verbose=False)
    return folder


class Raw(keras.layers.Layer):  # type: ignore[misc]
    """A layer with a variable of TensorFlow, which Keras does not track."""

    def __init__(self) -> None:
        super().__init__()
        self.raw = tensorflow.Variable(2.0, name="raw")

    def call(self, inputs: Any) -> Any:
        return inputs * self.raw


def write_raw(folder: Path) -> Path:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="hidden"), Raw()])
    model.export(str(folder), verbose=False)
    return folder


def write_saved(folder: Path) -> Path:
    tensorflow.saved_model.save(trained_model(), str(folder))
    return folder


def write_kinds(folder: Path) -> Path:
    tensorflow.saved_model.save(Kinds(), str(folder))
    return folder


def write_served(folder: Path) -> Path:
    module = Served()
    tensorflow.saved_model.save(module, str(folder), signatures={"sum_up": module.total})
    return folder


def write_tf1(folder: Path) -> Path:
    """A SavedModel of two MetaGraphs, as TF 1 wrote them."""
    builder = tf1.saved_model.Builder(str(folder))
    with tf1.Graph().as_default(), tf1_session() as session:
        step, output = tf1_graph()
        session.run(tf1.global_variables_initializer())
        session.run(step)
        signature = tf1.saved_model.predict_signature_def(
            {"rows": tf1.placeholder(tf1.float32, (None, 4))}, {"y": output}
        )
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.add_meta_graph(["train", "gpu"])
    builder.save()
    return folder


WRITERS: dict[str, Callable[[Path], Path]] = {
    "export": write_export,
    "seeded": write_seeded,
    "subclassed": write_subclassed,
    "untracked": partial(write_archive, is_tracked=False),
    "tracked": partial(write_archive, is_tracked=True),
    "raw": write_raw,
    "saved": write_saved,
    "kinds": write_kinds,
    "served": write_served,
    "tf1": write_tf1,
}


def write_keras2(folder: Path) -> dict[str, dict[str, bool]]:
    """Writes what Keras 2 saved; returns, for each model, its variables by name, and which of them are trainable."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.source.file.saved_model.keras2", str(folder)],
        cwd=_PROJECT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    trainability: dict[str, dict[str, bool]] = json.loads(run.stdout.splitlines()[-1])
    return trainability
