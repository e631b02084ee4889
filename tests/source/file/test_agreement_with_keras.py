"""The reader lists exactly what Keras lists after loading the same file."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.source.file.keras_cases import layer_cases
from tests.source.file.keras_oracle import keras, listed_by_keras, listed_by_us
from weightscope.inspection import Inspection
from weightscope.source.file import inspect_file

CASES = layer_cases()

#: Keras and TensorFlow warn about themselves; what we do is run with warnings as errors, see `assert_agreement`.
pytestmark = pytest.mark.filterwarnings("ignore")


def assert_agreement(path: Path) -> Inspection:
    expected, expected_values = listed_by_keras(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inspection = inspect_file(str(path))
        found, found_values = listed_by_us(inspection.variables)
    assert found == expected
    for mine, theirs in zip(found_values, expected_values, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert not [note for note in inspection.notes if note.level != "note"]
    return inspection


def randomized(model: Any) -> Any:
    """Gives every weight values of its own, so that a mix-up shows."""
    generator = np.random.default_rng(0)
    for variable in model.weights:
        value = generator.normal(size=tuple(variable.shape)) * 50
        variable.assign(value.astype(np.int8 if variable.dtype == "int8" else np.float32))
    return model


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


@pytest.mark.parametrize("make", CASES.values(), ids=CASES.keys())
def test_a_layer_is_listed_as_keras_lists_it(make: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    randomized(make()).save(path)
    assert_agreement(path)
