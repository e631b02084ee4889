"""The dummy forward pass: it is undone, bounded, and its errors are the user's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from weightscope import WeightscopeError, inspect_layer
from weightscope.source.live.framework import keras


class Table(keras.layers.Layer):  # type: ignore[misc]
    """Fills a weight when it is built and another one when it is called."""

    def build(self, _: Any) -> None:
        self.table = self.add_weight(name="table", shape=(3,), trainable=False)
        self.table.assign([1.0, 2.0, 3.0])
        self.calls = self.add_weight(name="calls", shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.calls.assign_add(1.0)
        return inputs


def test_what_build_assigns_is_an_initial_value_and_what_call_assigns_is_not() -> None:
    layer = Table(name="table_layer")
    inspection = inspect_layer(layer, input_shape=(1, 3))
    values = {one.info.name: one.read().tolist() for one in inspection.variables}
    assert values == {"table": [1.0, 2.0, 3.0], "calls": 0.0}
    changed = [note.variable for note in inspection.notes if note.code == "state-changed"]
    assert changed == ["table_layer/calls"]
    assert float(layer.calls.value) == 0.0


def test_nan_that_stays_nan_is_no_change() -> None:
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    layer.kernel.assign(np.full((3, 2), np.nan))
    assert inspect_layer(layer, input_shape=(1, 3)).notes == ()


def test_several_outputs_are_told_in_their_order() -> None:
    layer = keras.layers.LSTM(4, return_state=True)
    passed = inspect_layer(layer, input_shape=(2, 5, 3)).forward_pass
    assert passed is not None
    assert [one.shape for one in passed.outputs] == [(2, 4), (2, 4), (2, 4)]


class Greedy(keras.layers.Layer):  # type: ignore[misc]
    """Asks for more memory than there is."""

    def build(self, _: Any) -> None:
        self.small = self.add_weight(name="small", shape=(2,))
        self.huge = self.add_weight(name="huge", shape=(1 << 20, 1 << 20))

    def call(self, inputs: Any) -> Any:
        return inputs


def test_variables_beyond_the_bound_are_refused_and_keras_goes_on_working() -> None:
    create = keras.Variable.__init__
    inspection = inspect_layer(Greedy(), input_shape=(1, 3))
    assert inspection.forward_pass is not None
    assert "4,096.0 GiB" in (inspection.forward_pass.error or "")
    assert [one.info.name for one in inspection.variables] == ["small"]
    assert keras.Variable.__init__ is create
    assert keras.Variable(np.zeros(3)).shape == (3,)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int16", "uint32", "bool", "complex64"])
def test_dummy_inputs_come_in_every_dtype(dtype: str) -> None:
    inspection = inspect_layer(keras.layers.Identity(dtype=dtype), input_shape=(2, 3), input_dtype=dtype)
    assert inspection.forward_pass is not None
    assert inspection.forward_pass.error is None
    assert inspection.forward_pass.outputs[0].dtype == dtype


def test_training_mode_is_asked_for() -> None:
    class Mode(keras.layers.Layer):  # type: ignore[misc]
        def build(self, _: Any) -> None:
            self.seen = self.add_weight(name="seen", shape=(), initializer="zeros")

        def call(self, inputs: Any, training: bool = False) -> Any:
            if training:
                raise RuntimeError("this is training")
            return inputs

    assert inspect_layer(Mode(), input_shape=(1,)).forward_pass.error is None  # type: ignore[union-attr]
    failed = inspect_layer(Mode(), input_shape=(1,), training=True).forward_pass
    assert failed is not None
    assert "this is training" in (failed.error or "")


def test_a_huge_dummy_is_refused_before_it_is_made() -> None:
    with pytest.raises(WeightscopeError, match="GiB"):
        inspect_layer("Identity", input_shape=(1 << 20, 1 << 20))
