"""The three registered layers compute what Keras' own do, and survive being saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightscope.inspection import Array
from weightscope.source.live.framework import keras
from weightscope.source.live.layers import CustomConv2D, CustomDense, CustomStatsLayer

IMAGES = np.random.default_rng(0).normal(size=(2, 9, 8, 3)).astype("float32")


def built(layer: Any, inputs: Array = IMAGES) -> Any:
    layer(inputs)
    return layer


def outputs_of(layer: Any, inputs: Array = IMAGES) -> Array:
    outputs: Array = layer(inputs).numpy()
    return outputs


def same_weights(ours: Any, keras_own: Any) -> None:
    ours.set_weights([np.random.default_rng(1).normal(size=one.shape) for one in keras_own.get_weights()])
    keras_own.set_weights(ours.get_weights())


@pytest.mark.parametrize("activation", [None, "relu", "softmax", "gelu"])
@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 5)])
def test_custom_dense_computes_what_dense_does(activation: str | None, shape: tuple[int, ...]) -> None:
    inputs = np.random.default_rng(0).normal(size=shape).astype("float32")
    ours, keras_own = built(CustomDense(4, activation), inputs), built(keras.layers.Dense(4, activation), inputs)
    same_weights(ours, keras_own)
    np.testing.assert_allclose(outputs_of(ours, inputs), outputs_of(keras_own, inputs), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("padding", ["valid", "same", "SAME"])
@pytest.mark.parametrize("strides", [1, 2, (2, 1), (3, 2)])
@pytest.mark.parametrize("kernel_size", [3, (3, 3), (1, 4), 2])
def test_custom_conv2d_computes_what_conv2d_does(padding: str, strides: Any, kernel_size: Any) -> None:
    options = {"kernel_size": kernel_size, "strides": strides, "padding": padding}
    ours, keras_own = built(CustomConv2D(5, **options)), built(keras.layers.Conv2D(5, **options))
    same_weights(ours, keras_own)
    np.testing.assert_allclose(outputs_of(ours), outputs_of(keras_own), rtol=1e-4, atol=1e-5)


def test_custom_conv2d_takes_kernel_size_strides_and_padding_by_position() -> None:
    layer = built(CustomConv2D(4, 3, 2, "same"))
    assert (layer.kernel_size, layer.strides, layer.padding) == ((3, 3), (2, 2), "same")


@pytest.mark.parametrize("shape", [(6, 4), (3, 5, 4), (2, 3, 5, 4)])
def test_the_moving_average_is_the_mean_over_all_axes_but_the_last(shape: tuple[int, ...]) -> None:
    inputs = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = CustomStatsLayer()
    np.testing.assert_array_equal(outputs_of(layer, inputs), inputs)
    expected = inputs.mean(axis=tuple(range(len(shape) - 1)))
    np.testing.assert_allclose(layer.moving_avg.value.numpy(), expected, rtol=1e-5, atol=1e-6)
    assert not layer.trainable_variables
    assert [one.name for one in layer.non_trainable_variables] == ["moving_avg"]


def test_momentum_keeps_its_share_of_the_past() -> None:
    layer = CustomStatsLayer(momentum=0.75)
    layer(np.full((2, 3), 8.0, "float32"))
    layer(np.full((2, 3), 4.0, "float32"))
    np.testing.assert_allclose(layer.moving_avg.value.numpy(), np.full(3, 0.75 * 2 + 0.25 * 4))


LAYERS = [
    CustomDense(4, "gelu"),
    CustomDense(4),
    CustomConv2D(4, 3, strides=(2, 1), padding="same"),
    CustomConv2D(2, (1, 2)),
    CustomStatsLayer(momentum=0.5),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_a_config_makes_the_same_layer_again(layer: Any) -> None:
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer)).get_config() == (
        layer.get_config()
    )


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_a_saved_layer_comes_back_without_loss(layer: Any, tmp_path: Path) -> None:
    inputs = keras.Input((9, 8, 3))
    model = keras.Model(inputs, type(layer).from_config(layer.get_config())(inputs))
    expected = model.predict(IMAGES, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")  # registered: no custom_objects, safe mode
    assert [one.path for one in again.variables] == [one.path for one in model.variables]
    for ours, loaded in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(ours.value.numpy(), loaded.value.numpy())
    np.testing.assert_array_equal(again.predict(IMAGES, verbose=0), expected)


@pytest.mark.parametrize("shape", [(2, 9, 8, 3), (1, 3, 4, 1), (2, 5, 5, 2)])
@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_the_computed_output_shape_is_the_real_one(layer: Any, shape: tuple[int, ...]) -> None:
    again = type(layer).from_config(layer.get_config())
    assert again.compute_output_shape(shape) == tuple(again(np.zeros(shape, "float32")).shape)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_open_dimensions_stay_open(layer: Any) -> None:
    again = type(layer).from_config(layer.get_config())
    shape = (None, None, None, 3)
    symbolic = again(keras.Input(shape[1:]))
    assert again.compute_output_shape(shape) == tuple(symbolic.shape)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_mixed_precision_computes_in_float16_and_keeps_variables_in_float32(layer: Any) -> None:
    config = {**layer.get_config(), "dtype": "mixed_float16"}
    mixed = type(layer).from_config(config)
    outputs = mixed(IMAGES)
    assert keras.backend.standardize_dtype(outputs.dtype) == "float16"
    assert {one.dtype for one in mixed.variables} == {"float32"}


def test_a_layer_trains() -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([CustomConv2D(2, 3), CustomStatsLayer(), keras.layers.Flatten(), CustomDense(1)])
    model.compile(keras.optimizers.SGD(1e-4), "mse")
    losses = model.fit(IMAGES, np.ones((2, 1), "float32"), epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("layer_class", "arguments"),
    [
        (CustomDense, {"units": 0}),
        (CustomDense, {"units": "4"}),
        (CustomConv2D, {"filters": -1, "kernel_size": 3}),
        (CustomConv2D, {"filters": 1, "kernel_size": 0}),
        (CustomConv2D, {"filters": 1, "kernel_size": (3, 3, 3)}),
        (CustomConv2D, {"filters": 1, "kernel_size": 3, "padding": "full"}),
        (CustomConv2D, {"filters": 1, "kernel_size": 3, "strides": (1, "2")}),
        (CustomStatsLayer, {"momentum": 1}),
    ],
)
def test_arguments_that_make_no_sense_are_refused_when_the_layer_is_made(layer_class: Any, arguments: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        layer_class(**arguments)
