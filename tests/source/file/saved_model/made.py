"""SavedModels that TensorFlow and Keras write for the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    told: dict[str, dict[str, bool]] = json.loads(run.stdout.splitlines()[-1])
    return told
