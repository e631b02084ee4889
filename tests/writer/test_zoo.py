"""Models of every layer class go through export and back; Keras loads what was written, and finds equal weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.source.file.keras_cases import layer_cases
from tests.source.file.keras_models import MODELS
from tests.source.file.test_agreement_with_keras import randomized
from weightscope import api
from weightscope.errors import UsageError
from weightscope.measure.fingerprint.fingerprint import hash_variables
from weightscope.source.file import inspect_file
from weightscope.source.live.framework import keras
from weightscope.source.wanted import Wanted

Model = Any

CASES = layer_cases()

pytestmark = pytest.mark.filterwarnings("ignore")  # of Keras and TensorFlow, about themselves


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


def hashes_of(path: Path) -> list[str]:
    return sorted(hash_variables(inspect_file(str(path), Wanted(optimizer=True)).all_variables))


def weights_of(model: Model) -> Iterator[Any]:
    for one in model.weights:
        yield keras.ops.convert_to_numpy(keras.ops.cast(one, "float32") if one.dtype == "bfloat16" else one)


def assert_equal_weights(one: Model, other: Model) -> None:
    for mine, theirs in zip(weights_of(one), weights_of(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def assert_goes_through(make: Callable[[], Model], folder: Path) -> None:
    path = folder / "model.keras"
    randomized(make()).save(path)
    inspection = inspect_file(str(path))
    if not inspection.variables:
        return
    has_bfloat16 = any(one.info.dtype == "bfloat16" for one in inspection.variables)
    for end in ("keras", "weights.h5", "safetensors", *(() if has_bfloat16 else ("npz",))):
        api.export(path, folder / f"out.{end}")
        assert hashes_of(folder / f"out.{end}") == hashes_of(path)
    expected = keras.saving.load_model(path, compile=False)
    assert_equal_weights(keras.saving.load_model(folder / "out.keras", compile=False), expected)
    other = keras.saving.load_model(path, compile=False)
    for variable in other.weights:
        variable.assign(keras.ops.zeros_like(variable))
    other.load_weights(folder / "out.weights.h5")
    assert_equal_weights(other, expected)


@pytest.mark.parametrize("make", [MODELS["transformer"], CASES["dtype-bfloat16"]], ids=["transformer", "bfloat16"])
def test_a_model_goes_out_and_comes_back(make: Callable[[], Model], tmp_path: Path) -> None:
    assert_goes_through(make, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("make", [*MODELS.values(), *CASES.values()], ids=[*MODELS, *CASES])
def test_every_model_and_layer_goes_out_and_comes_back(make: Callable[[], Model], tmp_path: Path) -> None:
    assert_goes_through(make, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("make", [*MODELS.values(), *CASES.values()], ids=[*MODELS, *CASES])
def test_a_legacy_file_is_refused_or_its_weights_land_where_they_belong(
    make: Callable[[], Model], tmp_path: Path
) -> None:
    model = randomized(make())
    try:
        model.save(tmp_path / "old.h5")
        legacy = keras.saving.load_model(tmp_path / "old.h5", compile=False)
    except Exception as error:
        pytest.skip(f"Keras does not save it in this format, or does not load it: {error}")
    try:
        api.export(tmp_path / "old.h5", tmp_path / "new.weights.h5")
        api.export(tmp_path / "old.h5", tmp_path / "new.keras")
    except UsageError as error:
        assert "certain" in error.message or "nothing to write" in error.message or "config" in error.message  # noqa: PT017
        return
    expected = list(weights_of(model))
    for variable in model.weights:
        variable.assign(keras.ops.zeros_like(variable))
    model.load_weights(tmp_path / "new.weights.h5")
    for mine, theirs in zip(weights_of(model), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert_equal_weights(keras.saving.load_model(tmp_path / "new.keras", compile=False), legacy)
