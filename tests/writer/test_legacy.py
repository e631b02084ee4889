"""Legacy `.h5` models exported to `.keras` and `.weights.h5`: what Keras 3 loads computes the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import Run, assert_two_line_error
from weightscope.source.live.framework import keras

Model = Any


def sequential(of: Any) -> Model:
    layers = of.layers
    first = layers.InputLayer(shape=(8, 8, 3)) if of is keras else layers.InputLayer((8, 8, 3))
    inside = [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.DepthwiseConv2D(3), layers.SeparableConv2D(3, 2)]
    return of.Sequential([first, *inside, layers.Flatten(), layers.Dense(3, activation="softmax")])


def shared_and_nested(of: Any) -> Model:
    layers = of.layers
    inputs, inner = of.Input((5,)), of.Input((5,))
    below = of.Model(inner, layers.Dense(4, trainable=False)(layers.Dense(3)(inner)), name="below")
    first = layers.InputLayer(shape=(4,)) if of is keras else layers.InputLayer((4,))
    head = of.Sequential([first, layers.LayerNormalization(), layers.Dense(2)], name="head")
    twice = layers.Add()([head(below(inputs)), head(below(inputs))])
    return of.Model(inputs, layers.Concatenate()([twice, layers.Dropout(0.5)(inputs)]))


def after_a_model(of: Any) -> Model:
    inputs = of.Input((4,))
    below = of.Model(inputs, of.layers.Dense(3)(inputs), name="below")
    first = of.layers.InputLayer(shape=(4,)) if of is keras else of.layers.InputLayer((4,))
    return of.Sequential([first, below, of.layers.Dense(2)])


def recurrent(of: Any) -> Model:
    layers = of.layers
    inputs = of.Input((6,))
    outputs = layers.Embedding(10, 4)(inputs)
    outputs = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(outputs)
    outputs = layers.TimeDistributed(layers.Dense(2))(layers.GRU(2, return_sequences=True)(outputs))
    return of.Model(inputs, layers.GlobalAveragePooling1D()(outputs))


def saved(make: Callable[[Any], Model], of: Any, path: Path) -> tuple[Model, Any]:
    """Saves a model as a legacy file; returns it, and inputs for it."""
    model, random = make(of), np.random.default_rng(0)
    model.compile("adam", "mse")
    model.set_weights([0.3 * random.standard_normal(one.shape).astype("float32") ** 2 for one in model.get_weights()])
    model.save(path)
    return model, random.integers(0, 9, (2, *model.input_shape[1:])).astype("float32")


@pytest.mark.filterwarnings("ignore")  # Keras warns of the format
@pytest.mark.parametrize(
    ("make", "version"),
    [
        (shared_and_nested, 2),
        (after_a_model, 2),
        pytest.param(shared_and_nested, 3, marks=pytest.mark.slow),
        *(
            pytest.param(make, version, marks=pytest.mark.slow)
            for make in (sequential, recurrent)
            for version in (2, 3)
        ),
    ],
)
def test_keras_3_computes_with_the_exported_file_what_the_model_computed(
    make: Callable[[Any], Model], version: int, run: Run, tmp_path: Path
) -> None:
    of = keras if version == 3 else pytest.importorskip("tf_keras")
    model, inputs = saved(make, of, tmp_path / "old.h5")
    for end in ("keras", "weights.h5"):
        result = run("export", tmp_path / "old.h5", "-o", tmp_path / f"new.{end}")
        assert result.exit_code == 0, result.stderr
        assert "left out" in result.stderr
    expected = model.predict(inputs, verbose=0)
    loaded = keras.models.load_model(tmp_path / "new.keras")
    np.testing.assert_allclose(loaded.predict(inputs, verbose=0), expected, atol=1e-6)
    fresh = keras.models.clone_model(loaded)
    fresh.load_weights(tmp_path / "new.weights.h5")
    np.testing.assert_allclose(fresh.predict(inputs, verbose=0), expected, atol=1e-6)
    assert run("diff", tmp_path / "old.h5", tmp_path / "new.keras").exit_code == 0
    assert run("check", tmp_path / "new.weights.h5", "--into", tmp_path / "new.keras").exit_code == 0


def with_config(path: Path, change: Callable[[dict[str, Any]], None], version: str = "2.15.0") -> Path:
    """Writes a legacy model of one Dense layer, its config changed."""
    dense = {"class_name": "Dense", "config": {"name": "dense", "units": 2, "use_bias": True}}
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "input_1"}}
    config: dict[str, Any] = {"class_name": "Sequential", "config": {"name": "model", "layers": [first, dense]}}
    change(config)
    with h5py.File(path, "w") as file:
        file.attrs.update(model_config=json.dumps(config), keras_version=version, backend="tensorflow")
        group = file.create_group("model_weights/dense")
        file["model_weights"].attrs["layer_names"] = [b"dense"]
        group.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        group["dense/kernel:0"] = np.ones((3, 2), np.float32)
        group["dense/bias:0"] = np.ones(2, np.float32)
    return path


def test_a_plain_model_is_exported(run: Run, tmp_path: Path) -> None:
    path = with_config(tmp_path / "old.h5", lambda config: None)
    assert run("export", path, "-o", tmp_path / "new.keras").exit_code == 0


def replaced(place: int, **new: Any) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"][place].update(new)

    return change


@pytest.mark.parametrize(
    ("change", "version", "reason"),
    [
        (replaced(1, class_name="Own"), "2.15.0", "Own"),
        (replaced(1, config={"name": "other", "units": 2}), "2.15.0", "dense"),
        (replaced(1, config={"name": "dense", "units": 2, "use_bias": False}), "2.15.0", "dense"),
        (lambda config: None, "1.2.2", "Keras 1.2.2"),
    ],
)
@pytest.mark.parametrize("end", ["keras", "weights.h5"])
def test_where_a_name_an_order_or_a_class_is_not_certain_it_is_refused(
    change: Callable[[dict[str, Any]], None], version: str, reason: str, end: str, run: Run, tmp_path: Path
) -> None:
    path = with_config(tmp_path / "old.h5", change, version)
    result = run("export", path, "-o", tmp_path / f"new.{end}")
    assert_two_line_error(result, saying=reason, hinting="-o OUT.npz")
    assert "not certain" in result.stderr
    assert run("export", path, "-o", tmp_path / "new.npz").exit_code == 0


@pytest.mark.parametrize("arguments", [{"colour": 1}, {"kernel_initializer": {"class_name": "No", "config": {}}}])
def test_a_config_that_keras_3_refuses_gives_no_keras_file(arguments: dict[str, Any], run: Run, tmp_path: Path) -> None:
    own = {"name": "dense", "units": 2, **arguments}
    path = with_config(tmp_path / "old.h5", replaced(1, config=own))
    result = run("export", path, "-o", tmp_path / "new.keras")
    if "colour" in arguments:
        assert_two_line_error(result, saying="does not load this config", hinting="-o OUT.weights.h5")
        assert run("export", path, "-o", tmp_path / "new.weights.h5").exit_code == 0
