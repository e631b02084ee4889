"""Layers built from a name: what is listed is what Keras itself made."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import Run, parse_documents
from tests.source.live.keras_says import what_keras_says
from weightscope import inspect_layer
from weightscope.source.live.framework import keras

#: A layer, its arguments, the shapes of its inputs and their dtype.
CASES: list[tuple[str, dict[str, Any], Any, str]] = [
    ("Dense", {"units": 3}, (1, 4), "float32"),
    ("Dense", {"units": 3, "use_bias": False, "dtype": "bfloat16"}, (1, 4), "float32"),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 4], "bias_axes": "d"}, (1, 3, 2), "float32"),
    ("Embedding", {"input_dim": 10, "output_dim": 4}, (1, 5), "int32"),
    ("Conv1D", {"filters": 3, "kernel_size": 2}, (1, 5, 2), "float32"),
    ("Conv2D", {"filters": 3, "kernel_size": [3, 2], "strides": 2, "padding": "same"}, (1, 8, 8, 2), "float32"),
    ("Conv3D", {"filters": 2, "kernel_size": 2}, (1, 4, 4, 4, 1), "float32"),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 2}, (1, 4, 4, 2), "float32"),
    ("DepthwiseConv2D", {"kernel_size": 2}, (1, 4, 4, 2), "float32"),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 2}, (1, 4, 4, 2), "float32"),
    ("BatchNormalization", {}, (4, 3), "float32"),
    ("LayerNormalization", {"scale": False}, (1, 3), "float32"),
    ("GroupNormalization", {"groups": 2}, (1, 4, 4), "float32"),
    ("UnitNormalization", {}, (1, 3), "float32"),
    ("PReLU", {}, (1, 3), "float32"),
    ("SimpleRNN", {"units": 3}, (1, 4, 2), "float32"),
    ("LSTM", {"units": 3, "return_sequences": True}, (1, 4, 2), "float32"),
    ("GRU", {"units": 3}, (1, 4, 2), "float32"),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 2}, (1, 3, 4, 4, 1), "float32"),
    ("Dropout", {"rate": 0.5}, (1, 3), "float32"),
    ("GaussianNoise", {"stddev": 0.5}, (1, 3), "float32"),
    ("RandomFlip", {}, (1, 4, 4, 3), "float32"),
    ("Flatten", {}, (1, 4, 4, 3), "float32"),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, {"query": (1, 4, 8), "value": (1, 6, 8)}, "float32"),
    ("GroupQueryAttention", {"head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 1},
     {"query": (1, 4, 8), "value": (1, 6, 8)}, "float32"),
    ("Attention", {"use_scale": True}, [(1, 4, 8), (1, 6, 8)], "float32"),
    ("Add", {}, [(1, 4), (1, 4)], "float32"),
]  # fmt: skip


def input_options(shapes: Any) -> list[str]:
    named = (
        shapes.items()
        if isinstance(shapes, dict)
        else [("", shapes)]
        if isinstance(shapes, tuple)
        else (("", shape) for shape in shapes)
    )
    return [
        part
        for name, shape in named
        for part in ("--input-shape", f"{name}{'=' if name else ''}{','.join(map(str, shape))}")
    ]


def call(layer: Any, shapes: Any, dtype: str) -> Any:
    if isinstance(shapes, dict):
        return layer(**{name: np.zeros(shape, dtype) for name, shape in shapes.items()}, training=False)
    zeros = np.zeros(shapes, dtype) if isinstance(shapes, tuple) else [np.zeros(shape, dtype) for shape in shapes]
    return layer(zeros, training=False)


@pytest.mark.parametrize(("name", "arguments", "shapes", "dtype"), CASES, ids=[case[0] for case in CASES])
def test_a_layer_is_listed_as_keras_lists_it(
    name: str, arguments: dict[str, Any], shapes: Any, dtype: str, run: Run
) -> None:
    options = [part for key, value in arguments.items() for part in ("--arg", f"{key}={json.dumps(value)}")]
    result = run("layer", name, *options, *input_options(shapes), "--input-dtype", dtype, "--json", "--preview", 9999)
    assert result.exit_code == 0, result.stderr
    (document,) = parse_documents(result.stdout)
    keras.utils.set_random_seed(0)
    layer = getattr(keras.layers, name)(**arguments)
    outputs = call(layer, shapes, dtype)
    expected = what_keras_says(layer)
    root = document["model"]["name"]
    assert document["model"]["class_name"] == type(layer).__name__
    assert [one["path"] for one in document["variables"]] == [f"{root}/{one.path}" for one in expected]
    for ours, keras_own in zip(document["variables"], expected, strict=True):
        assert tuple(ours["shape"]) == keras_own.shape
        assert (ours["dtype"], ours["trainable"]) == (keras_own.dtype, keras_own.trainable)
        if "moving" not in ours["name"]:
            values = np.asarray([float(number) for number in ours["preview"]], "float64")
            np.testing.assert_allclose(values, keras_own.values.astype("float64").ravel(), rtol=1e-6)
    assert [tuple(one["shape"]) for one in document["forward_pass"]["outputs"]] == [
        tuple(one.shape) for one in keras.tree.flatten(outputs)
    ]


def test_initial_values_are_shown_and_not_what_the_call_made_of_them(run: Run) -> None:
    result = run("layer", "BatchNormalization", "--input-shape", "8,3", "--training", "--json")
    (document,) = parse_documents(result.stdout)
    previews = {one["name"]: one["preview"] for one in document["variables"]}
    assert previews["moving_mean"] == [0.0, 0.0, 0.0]
    assert previews["moving_variance"] == [1.0, 1.0, 1.0]
    assert [note["variable"].rpartition("/")[2] for note in document["notes"]] == ["moving_mean", "moving_variance"]


@pytest.mark.parametrize(
    ("name", "shape", "changed"),
    [("CustomStatsLayer", "4,3", ["moving_avg"]), ("RandomFlip", "1,4,4,3", ["seed_generator_state"])],
)
def test_what_the_call_changed_is_noted_and_put_back(name: str, shape: str, changed: list[str], run: Run) -> None:
    result = run("layer", name, "--input-shape", shape, "--training", "--json")
    (document,) = parse_documents(result.stdout)
    assert [note["variable"].rpartition("/")[2] for note in document["notes"]] == changed
    assert {note["code"] for note in document["notes"]} == {"state-changed"}


def test_a_seed_generators_state_is_no_weight(run: Run) -> None:
    (document,) = parse_documents(run("layer", "Dropout", "--arg", "rate=0.5", "--input-shape", "1,3", "--json").stdout)
    assert [(one["role"], one["trainable"]) for one in document["variables"]] == [("seed", False)]


class TestALayerThatIsHandedIn:
    def test_keeps_the_values_that_it_had(self) -> None:
        layer = keras.layers.BatchNormalization()
        layer.build((None, 3))
        layer.moving_mean.assign([1.0, 2.0, 3.0])
        before = [one.value.numpy() for one in layer.variables]
        inspection = inspect_layer(layer, input_shape=(8, 3), training=True)
        for ours, now, was in zip(inspection.variables, layer.variables, before, strict=True):
            np.testing.assert_array_equal(now.value.numpy(), was)
            np.testing.assert_array_equal(ours.read(), was)
        assert [note.code for note in inspection.notes] == ["state-changed", "state-changed"]

    def test_goes_on_working_as_before(self) -> None:
        layer = keras.layers.Dense(2)
        inspect_layer(layer, input_shape=(1, 3))
        assert "call" not in vars(layer)
        assert layer(np.zeros((4, 3), "float32")).shape == (4, 2)

    def test_shows_the_values_of_then_also_when_it_has_been_trained_since(self) -> None:
        layer = keras.layers.Dense(2)
        inspection = inspect_layer(layer, input_shape=(1, 3))
        (kernel, _) = inspection.variables
        before = kernel.read().copy()
        layer.kernel.assign_add(np.ones((3, 2)))
        np.testing.assert_array_equal(kernel.read(), before)


def test_keras_is_left_as_it_was_found() -> None:
    create = keras.Variable.__init__
    filtered = keras.config.is_traceback_filtering_enabled()
    inspect_layer("Dense", arguments={"units": 2}, input_shape=(1, 3))
    assert keras.Variable.__init__ is create
    assert keras.config.is_traceback_filtering_enabled() is filtered
