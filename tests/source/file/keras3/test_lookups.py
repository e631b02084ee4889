"""What look-ups in tf-idf mode store is theirs: it is listed once, and `check` finds nothing wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.conftest import Run, of_the_present_keras
from weightscope.api import inspect_model
from weightscope.source.file import inspect_file

layers = keras.layers

TEXTS = {
    "TextVectorization": ["a b c", "a b", "a d"],
    "StringLookup": [["a"], ["b"], ["a"]],
    "IntegerLookup": [[1], [2], [1]],
}


def lookup(kind: str, mode: str) -> Any:
    layer = getattr(layers, kind)(name="lk", output_mode=mode)
    layer.adapt(tf.data.Dataset.from_tensor_slices(TEXTS[kind]).batch(2))
    return layer


def model_of(kind: str, layer: Any, shape: str) -> Any:
    """Returns a model that has the layer at a place: alone, before a Dense, or inside another model."""

    def new_input() -> Any:
        dtype = "int64" if kind == "IntegerLookup" else "string"
        return keras.Input(() if kind == "TextVectorization" else (1,), dtype=dtype)

    if shape == "alone":
        entry = new_input()
        return keras.Model(entry, layer(entry))
    sequential = keras.Sequential([new_input(), layer, layers.Dense(2, name="d")], name="inner")
    if shape == "sequential":
        return sequential
    entry = new_input()
    return keras.Model(entry, layers.Dense(1, name="e")(sequential(entry)))


@of_the_present_keras
@pytest.mark.parametrize("shape", ["alone", "sequential", "nested"])
@pytest.mark.parametrize("kind", TEXTS)
def test_tf_idf_weights_are_listed_with_their_values_and_are_no_error(
    kind: str, shape: str, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "model.keras"
    layer = lookup(kind, "tf_idf")
    model_of(kind, layer, shape).save(path)
    inspection = inspect_file(str(path))
    found = {one.info.path: one for one in inspection.variables}
    name = "inner/lk/idf_weights" if shape == "nested" else "lk/idf_weights"
    assert [path for path in found if "idf" in path] == [name]
    assert found[name].info.trainable is False
    inner = layer._lookup_layer if kind == "TextVectorization" else layer
    assert np.array_equal(found[name].read(), inner.idf_weights_const.numpy())
    assert inspection.notes == ()
    result = run("check", "--json", path)
    assert [one["rule"] for one in json.loads(result.stdout)["findings"] if one["level"] == "error"] == []
    live = inspect_model(path, live=True)
    assert [one.info for one in live.variables] == [one.info for one in inspection.variables]
    for one, stored in zip(live.variables, inspection.variables, strict=True):
        assert np.array_equal(one.read(), stored.read())
    assert live.notes == ()


@pytest.mark.parametrize("mode", ["multi_hot", "count"])
@pytest.mark.parametrize("kind", TEXTS)
def test_another_mode_has_no_weights(kind: str, mode: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "model.keras"
    model_of(kind, lookup(kind, mode), "sequential").save(path)
    inspection = inspect_file(str(path))
    assert [one.info.path for one in inspection.variables] == ["d/kernel", "d/bias"]
    assert inspection.notes == ()
    assert run("check", "--fail-on", "error", path).exit_code == 0


@pytest.mark.filterwarnings("ignore")  # Keras calls its own format legacy
def test_a_legacy_file_has_no_tf_idf_weights_and_lacks_none(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "model.h5"
    model_of("StringLookup", lookup("StringLookup", "tf_idf"), "sequential").save(path)
    assert inspect_file(str(path)).notes == ()
    assert run("check", "--fail-on", "error", path).exit_code == 0


def test_a_weights_only_file_lists_them_once(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    model_of("TextVectorization", lookup("TextVectorization", "tf_idf"), "sequential").save_weights(path)
    assert sorted(one.info.path for one in inspect_file(str(path)).variables) == ["d/0", "d/1", "lk/idf_weights"]
