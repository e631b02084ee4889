"""Groups that Keras 2 named otherwise than Keras 3: names and values are right, and `check` says what Keras 3 does."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from tests.conftest import Run
from tests.source.file import hostile
from tests.source.file.keras3.rewritten import rewritten
from weightscope import check_model
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

#: A model as Keras 2.13.1 stored it: the group of every layer, in the order of the layers. Dropout has no weights, and
#: counts once; what has weights counts twice.
GROUPS = {
    "Dense": ("first", "_layer_checkpoint_dependencies/dense"),
    "Dropout": ("drop", "_layer_checkpoint_dependencies/dropout"),
    "Dense ": ("second", "_layer_checkpoint_dependencies/dense_2"),
    "Dropout ": ("drop_1", "_layer_checkpoint_dependencies/dropout_1"),
    "Dense  ": ("third", "_layer_checkpoint_dependencies/dense_4"),
}


def keras_2_zip(path: Path, version: str, groups: dict[str, tuple[str, str]]) -> Path:
    """Writes a Sequential whose i-th layer has a kernel and a bias of the value i, in the group that is given."""
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        for index, (class_name, (_, group)) in enumerate(groups.items()):
            own = file.create_group(f"{group}/vars")
            if class_name.strip() == "Dense":
                own["0"], own["1"] = np.full((2, 2), index, "f4"), np.full(2, index, "f4")
    layers = [{**hostile.layer(name=name), "class_name": kind.strip()} for kind, (name, _) in groups.items()]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(hostile.sequential(*layers)))
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def values_of(path: Path) -> dict[str, float]:
    inspection = inspect_file(str(path))
    assert inspection.notes == ()
    return {one.info.path: one.read().flat[0] for one in inspection.variables}


@pytest.mark.parametrize("version", ["2.12.0", "2.13.1", "2.13.1-rc0"])
def test_keras_2_12_and_2_13_count_each_layer_with_weights_twice(version: str, tmp_path: Path) -> None:
    path = keras_2_zip(tmp_path / "model.keras", version, GROUPS)
    expected = {
        f"{name}/{weight}": i
        for name, i in (("first", 0), ("second", 2), ("third", 4))
        for weight in ("kernel", "bias")
    }
    assert values_of(path) == expected


def test_keras_2_14_counts_each_layer_once(tmp_path: Path) -> None:
    groups = {
        kind: (name, re.sub(r"dense_(\d)", lambda number: f"dense_{int(number[1]) // 2}", group))
        for kind, (name, group) in GROUPS.items()
    }
    path = keras_2_zip(tmp_path / "model.keras", "2.14.0", groups)
    assert values_of(path)["second/kernel"] == 2
    assert values_of(path)["third/kernel"] == 4


def doubled(path: str) -> str:
    """Returns where Keras 2.13 puts a dataset of a model whose layers all have weights."""
    old = path.replace("layers/", "_layer_checkpoint_dependencies/")
    return re.sub(r"([a-z0-9]_)(\d+)(?=/)", lambda found: f"{found[1]}{2 * int(found[2])}", old)


def models() -> dict[str, Any]:
    layers = keras.layers
    convolutions = [layers.Conv2D(2, 3, name="a"), layers.Conv2D(3, 1, name="b"), layers.Conv2D(3, 1, name="c")]
    nested = [layers.Dense(3, name="x"), layers.Dense(3, name="y")]
    return {
        "one": keras.Sequential([keras.Input((8,)), layers.Dense(3, name="a"), layers.BatchNormalization(name="b")]),
        "convolutions": keras.Sequential([keras.Input((8, 8, 3)), *convolutions]),
        "cells": keras.Sequential([keras.Input((5, 3)), layers.GRU(2, return_sequences=True), layers.GRU(3)]),
        "nested": keras.Sequential([keras.Input((3,)), keras.Sequential(nested, name="in"), layers.Dense(2, name="o")]),
    }


@pytest.mark.parametrize("name", models())
@pytest.mark.parametrize("writer", ["2.13.1", "2.15.0 on Windows"])
def test_check_names_what_keras_3_does_not_find(name: str, writer: str, tmp_path: Path, run: Run) -> None:
    models()[name].save(tmp_path / "new.keras")
    windows = writer != "2.13.1"
    old = rewritten(
        tmp_path / "new.keras",
        tmp_path / "old.keras",
        writer.split()[0],
        (lambda path: path.replace("/", "\\").replace("\\vars\\", "/vars/")) if windows else doubled,
    )
    assert [(one.info.path, one.info.trainable) for one in inspect_file(str(old)).variables] == [
        (one.info.path, one.info.trainable) for one in inspect_file(str(tmp_path / "new.keras")).variables
    ]
    found = json.loads(run("check", "--json", old).stdout)["findings"]
    layers = [one["variable"] for one in found if one["rule"] == "misplaced-weights"]
    assert not [one for one in found if one["rule"] in ("missing-weights", "unexpected-weights")]
    if not layers:
        assert name == "one"
        assert not windows
        keras.saving.load_model(old)
        return
    with pytest.raises(ValueError, match="received 0 variables") as error:
        keras.saving.load_model(old)
    for layer in layers:  # what is inside a layer is named by Keras, and the layer by us
        inside = keras.saving.load_model(tmp_path / "new.keras")
        for part in layer.split("/"):
            inside = inside.get_layer(part)
        owners = [one for one in inside._flatten_layers() if one._trainable_variables]
        assert all(f"name={one.name}," in str(error.value) for one in owners)


#: In a process of its own: once it is imported, Keras 2 changes what TensorFlow loads.
SAVE_WITH_KERAS_2 = """
import sys, numpy, tf_keras
layers = tf_keras.layers
image = layers.InputLayer(input_shape=(8, 8, 3))
model = tf_keras.Sequential([image, layers.Conv2D(2, 3), layers.Conv2D(3, 1), layers.Conv2D(3, 1)])
model.save(sys.argv[1], save_format="h5")
numpy.savez(sys.argv[2], *model.get_weights())
"""


@pytest.mark.slow
def test_what_check_advises_helps_keras_3_loads_a_legacy_file_of_keras_2(tmp_path: Path) -> None:
    model, weights = tmp_path / "model.h5", tmp_path / "weights.npz"
    subprocess.run([sys.executable, "-c", SAVE_WITH_KERAS_2, model, weights], check=True, capture_output=True)
    loaded = keras.saving.load_model(model, compile=False)
    with np.load(weights) as stored:
        assert all(np.array_equal(*pair) for pair in zip(loaded.get_weights(), stored.values(), strict=True))


def test_stored_at_is_what_h5py_opens_in_a_file_of_windows(tmp_path: Path) -> None:
    models()["cells"].save(tmp_path / "new.keras")
    old = rewritten(
        tmp_path / "new.keras",
        tmp_path / "old.keras",
        "2.15.0",
        lambda path: path.replace("/", "\\").replace("\\vars\\", "/vars/"),
    )
    with zipfile.ZipFile(old) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        listed = inspect_file(str(old), Wanted(optimizer=True)).variables
        assert listed[0].info.stored_at == "layers\\gru\\cell/vars/0"
        for one in listed:
            assert np.array_equal(one.read(), file[one.info.stored_at])


def test_a_layer_that_a_nested_model_of_keras_2_has_first_is_one_layer(tmp_path: Path) -> None:
    """Keras 2 gives an id to the second place alone, stores the layer in the first, and does not count the second."""
    built = {"class_name": "Dense", "build_config": {"input_shape": [None, 2]}}
    twice = {**hostile.layer(name="twice"), **built}
    nested = {**hostile.sequential(twice), "build_config": {}}
    nested["config"]["name"] = "sub"
    again = {**json.loads(json.dumps(twice)), "shared_object_id": 140}
    again["config"]["kernel_initializer"] = {"class_name": "Zeros", "config": {}, "shared_object_id": 141}
    twice["config"]["kernel_initializer"] = {"class_name": "Zeros", "config": {}}
    head = {**hostile.layer(name="head"), **built}
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        for value, group in enumerate(("layers/sequential/layers/dense", "layers/dense"), 1):
            own = file.create_group(f"{group}/vars")
            own["0"], own["1"] = np.full((2, 2), value, "f4"), np.full(2, value, "f4")
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(hostile.sequential(nested, again, head)))
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.15.0"}))
        archive.writestr("model.weights.h5", weights.getvalue())
    found = {one.info.path: float(one.read().flat[0]) for one in inspect_file(str(path), Wanted()).variables}
    assert found == {"sub/twice/kernel": 1, "sub/twice/bias": 1, "head/kernel": 2, "head/bias": 2}
    rules = {one.code: one.variable for one in check_model(path)}
    assert rules["missing-weights"] == "twice"
    assert rules["misplaced-weights"] == "head"
    with pytest.raises(ValueError, match="expected 2 variables, but received 0"):
        keras.saving.load_model(path)
    layer = keras.layers.Dense(2, name="twice")
    inner = keras.Sequential([keras.Input((2,)), layer])
    model = keras.Sequential([keras.Input((2,)), inner, layer, keras.layers.Dense(2, name="head")])
    moved = tmp_path / "moved.weights.h5"  # what the two findings advise
    moved.write_bytes(weights.getvalue())
    with h5py.File(moved, "a") as file:
        file.move("layers/dense", "layers/dense_1")
    model.load_weights(moved)
    assert [float(np.asarray(one).flat[0]) for one in model.get_weights()] == [1, 1, 2, 2]
