"""Reading the file and loading it with Keras give the same listing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import SAMPLES, of_the_present_keras
from weightscope import Inspection, inspect_model

#: Of the others, one has no architecture, one no variables, and one is of classes that only Python code knows.
AGREEING = (
    "attention_encoder.keras",
    "bfloat16.keras",
    "cnn_frozen_batchnorm.keras",
    "legacy.h5",
    "nan_weights.keras",
    "nested_shared_siamese.keras",
    "text_bidirectional_lstm.keras",
)


@of_the_present_keras
@pytest.mark.parametrize("name", AGREEING)
def test_the_file_and_keras_tell_the_same_variables_in_the_same_order(name: str) -> None:
    read = inspect_model(SAMPLES / name)
    live = inspect_model(SAMPLES / name, live=True)
    assert (read.read_with, live.read_with) == ("file", "keras")
    assert _told(read) == _told(live)
    for one, other in zip(read.variables, _stored(live), strict=True):
        np.testing.assert_array_equal(one.read(), other.read())


def test_a_model_of_the_installed_keras_is_read_and_loaded_alike(tmp_path: Path) -> None:
    import keras

    frozen = keras.layers.Conv2D(3, 2, trainable=False)
    others = [keras.layers.BatchNormalization(), keras.layers.Flatten(), keras.layers.Dense(2)]
    model = keras.Sequential([keras.Input((4, 4, 1)), frozen, *others])
    for end in ("keras", "h5"):
        path = tmp_path / f"model.{end}"
        model.save(path)
        read = inspect_model(path)
        live = inspect_model(path, live=True)
        assert (read.read_with, live.read_with) == ("file", "keras")
        assert _told(read) == _told(live)
        assert sum(info[-1] for info in _told(read)) == len(model.trainable_variables)
        for one, other, own in zip(read.variables, _stored(live), model.variables, strict=True):
            np.testing.assert_array_equal(one.read(), other.read())
            np.testing.assert_array_equal(one.read(), own.numpy())


@of_the_present_keras
def test_what_only_the_file_knows_is_told_by_both() -> None:
    read = inspect_model(SAMPLES / "cnn_frozen_batchnorm.keras", optimizer=True)
    live = inspect_model(SAMPLES / "cnn_frozen_batchnorm.keras", live=True, optimizer=True)
    assert live.source == read.source
    assert live.model == read.model
    assert live.optimizer is not None
    assert read.optimizer is not None
    assert [one.info for one in live.optimizer] == [one.info for one in read.optimizer]
    assert live.totals.optimizer_bytes == read.totals.optimizer_bytes


def test_a_custom_layer_has_the_same_shapes_both_ways_and_names_only_with_keras() -> None:
    read = inspect_model(SAMPLES / "subclassed_custom_layers.keras")
    live = inspect_model(SAMPLES / "subclassed_custom_layers.keras", modules=[str(SAMPLES / "denoiser.py")])
    assert sorted(one.info.shape for one in read.variables) == sorted(one.info.shape for one in live.variables)
    assert {one.info.trainable for one in read.variables} == {None}
    assert {one.info.name for one in live.variables} == {"conv_kernel", "conv_bias", "moving_avg", "kernel", "bias"}


def _stored(inspection: Inspection) -> list[Any]:
    return [one for one in inspection.variables if one.info.role == "weight"]


def _told(inspection: Inspection) -> list[tuple[Any, ...]]:
    infos = [one.info for one in _stored(inspection)]
    return [
        (info.path, info.name, info.layer, info.layer_class, info.shape, info.dtype, info.trainable) for info in infos
    ]
