"""The assertions that are offered to other people's tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SAMPLES
from tests.source.live.doctor import sick_layers
from weightscope.source.live.framework import keras
from weightscope.testing import assert_layer_healthy, assert_no_nan, assert_same_weights


def test_a_healthy_layer_passes() -> None:
    assert_layer_healthy(sick_layers.CuredSublayer(), (2, 3), fresh_process=False)
    assert_layer_healthy("Dense", (1, 3), arguments={"units": 2}, fresh_process=False)
    assert_layer_healthy("MultiHeadAttention", {"query": (1, 4, 8), "value": (1, 6, 8)},
                         arguments={"num_heads": 2, "key_dim": 2}, fresh_process=False)  # fmt: skip


def test_a_sick_layer_fails_with_all_that_is_wrong_and_how_to_mend_it() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_layer_healthy(sick_layers.UntrackedAttribute(), (2, 3), fresh_process=False)
    heading, *lines = str(caught.value).splitlines()
    assert heading == "UntrackedAttribute is not healthy:"
    assert [line.split(":")[1].strip() for line in lines if not line.startswith("      fix")] == [
        "untracked-variable",
        "round-trip",
    ]
    assert any(line.strip().startswith("fix: in build(): self.shift = self.add_weight(") for line in lines)


@pytest.mark.slow
def test_a_layer_of_a_test_module_is_loaded_by_a_fresh_process() -> None:
    assert_layer_healthy(sick_layers.CuredConfig(factor=3.0), (2, 3))


def test_what_is_known_and_meant_can_be_ignored() -> None:
    assert_layer_healthy(sick_layers.NotRegistered(), (2, 3), ignore={"not-registered"}, fresh_process=False)
    with pytest.raises(AssertionError, match="not-registered"):
        assert_layer_healthy(sick_layers.NotRegistered(), (2, 3), fresh_process=False)


def test_notes_count_when_they_are_asked_for() -> None:
    assert_layer_healthy(sick_layers.CountsCalls(), (2, 3), fresh_process=False)
    with pytest.raises(AssertionError, match="state-changed"):
        assert_layer_healthy(sick_layers.CountsCalls(), (2, 3), level="note", fresh_process=False)


def test_a_layer_that_cannot_be_called_fails() -> None:
    class Failing(sick_layers.Doubling):
        def call(self, inputs: object) -> object:
            raise RuntimeError("not today")

    with pytest.raises(AssertionError, match="not today"):
        assert_layer_healthy(Failing(), (2, 3), ignore={"not-registered"}, fresh_process=False)


def test_the_values_of_the_layer_are_its_own_again() -> None:
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    before = [np.array(one) for one in layer.get_weights()]
    assert_layer_healthy(layer, (1, 3), fresh_process=False)
    for one, other in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_models_in_memory_and_in_files_are_compared(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="head"), keras.layers.Dropout(0.5)])
    model.save(tmp_path / "model.keras")
    assert_same_weights(model, tmp_path / "model.keras")
    assert_same_weights(tmp_path / "model.keras", str(tmp_path / "model.keras"))
    kernel = model.layers[0].kernel
    kernel.assign(np.asarray(kernel) + 1e-3)
    assert_same_weights(model, tmp_path / "model.keras", atol=0.01)
    with pytest.raises(AssertionError, match="head/kernel"):
        assert_same_weights(model, tmp_path / "model.keras")


def test_a_variable_that_only_one_has_is_a_difference() -> None:
    small, large = (
        keras.Sequential([keras.Input((3,)), *(keras.layers.Dense(3, name=f"d{place}") for place in range(count))])
        for count in (1, 2)
    )
    with pytest.raises(AssertionError, match="d1/kernel"):
        assert_same_weights(small, large)


def test_nan_and_infinity_are_told() -> None:
    assert_no_nan(SAMPLES / "cnn_frozen_batchnorm.keras")
    with pytest.raises(AssertionError, match="kernel"):
        assert_no_nan(SAMPLES / "nan_weights.keras")
