"""Which variables of a live layer are listed, and under which names."""

from __future__ import annotations

from typing import Any

import numpy as np

from weightscope import Inspection, inspect_layer
from weightscope.source.live.framework import keras, tensorflow


def paths(inspection: Inspection) -> list[str]:
    return [one.info.path for one in inspection.variables]


class Twins(keras.layers.Layer):  # type: ignore[misc]
    """Gives two weights one name, as Keras allows."""

    def build(self, _: Any) -> None:
        self.one = self.add_weight(name="weight", shape=(1,))
        self.other = self.add_weight(name="weight", shape=(2,))

    def call(self, inputs: Any) -> Any:
        return inputs


def test_a_path_that_repeats_is_numbered() -> None:
    inspection = inspect_layer(Twins(name="twins"), input_shape=(1, 3))
    assert paths(inspection) == ["twins/weight", "twins/weight#2"]
    assert [one.info.name for one in inspection.variables] == ["weight", "weight"]


class Triplets(keras.layers.Layer):  # type: ignore[misc]
    """Gives weights a name that another one is numbered to, and a plain variable as well."""

    def build(self, _: Any) -> None:
        self.one = self.add_weight(name="k", shape=(1,))
        self.two = self.add_weight(name="k#2", shape=(2,))
        self.three = self.add_weight(name="k", shape=(3,))
        setattr(self, "k#2", tensorflow.Variable([1.0]))

    def call(self, inputs: Any) -> Any:
        return inputs


def test_no_two_variables_have_one_path_whatever_they_are_called() -> None:
    found = inspect_layer(Triplets(name="l"), input_shape=(1, 3)).variables
    assert [one.info.path for one in found] == ["l/k", "l/k#2", "l/k#3", "l/k#2#2"]


class WithPlainVariable(keras.layers.Layer):  # type: ignore[misc]
    """Holds a tf.Variable, which Keras 3 does not track."""

    def build(self, _: Any) -> None:
        self.plain = tensorflow.Variable([1.0, 2.0])
        self.kernel = self.add_weight(name="kernel", shape=(1,))

    def call(self, inputs: Any) -> Any:
        return inputs


def test_a_plain_tensorflow_variable_is_not_listed_as_one_that_keras_tracks() -> None:
    inspection = inspect_layer(WithPlainVariable(name="layer"), input_shape=(1, 3))
    assert [one.info.path for one in inspection.variables if one.info.role == "weight"] == ["layer/kernel"]


def test_a_variable_that_a_wrapper_shares_belongs_to_the_layer_that_made_it() -> None:
    wrapper = keras.layers.SpectralNormalization(keras.layers.Dense(2, name="dense"), name="norm")
    inspection = inspect_layer(wrapper, input_shape=(1, 3))
    assert "norm/dense/kernel" in paths(inspection)
    assert len(paths(inspection)) == len(wrapper.variables)


def test_a_metric_of_a_layer_is_listed_as_a_metric() -> None:
    class Watching(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, inputs: Any) -> Any:
            self.seen.update_state(inputs)
            return inputs

    inspection = inspect_layer(Watching(name="watching"), input_shape=(1, 3))
    assert {one.info.role for one in inspection.variables} == {"metric"}
    assert paths(inspection) == ["watching/seen/total", "watching/seen/count"]
    assert [one.read().tolist() for one in inspection.variables] == [0.0, 0.0]


def test_a_frozen_layer_is_not_trainable() -> None:
    inspection = inspect_layer(keras.layers.Dense(2, trainable=False), input_shape=(1, 3))
    assert [one.info.trainable for one in inspection.variables] == [False, False]


def test_bfloat16_is_read_as_float32() -> None:
    inspection = inspect_layer(keras.layers.Dense(2, dtype="bfloat16"), input_shape=(1, 3))
    kernel = inspection.variables[0]
    assert kernel.info.dtype == "bfloat16"
    assert kernel.info.bytes == 12
    assert kernel.read().dtype == np.float32


def test_values_can_be_read_in_part() -> None:
    inspection = inspect_layer("Dense", arguments={"units": 4}, input_shape=(1, 3))
    kernel = inspection.variables[0]
    assert kernel.read((slice(0, 1), slice(1, 3))).tolist() == kernel.read()[0:1, 1:3].tolist()
