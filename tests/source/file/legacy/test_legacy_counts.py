"""Where Keras refuses a legacy file because weights are missing or too many, the counts are reported; nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.source.file.hostile import layer, sequential
from tests.source.file.keras_models import MODELS
from tests.source.file.keras_oracle import keras
from weightscope.source.file import inspect_file
from weightscope.source.file.config.structure import Structure

layers = keras.layers

pytestmark = pytest.mark.filterwarnings("ignore")


def mixed() -> Any:
    return keras.Sequential(
        [
            keras.Input((6, 4)),
            layers.Dense(3, name="dense"),
            layers.BatchNormalization(name="norm"),
            layers.Bidirectional(layers.LSTM(2), name="both"),
        ]
    )


def named(group: h5py.Group, names: list[str]) -> None:
    del group.attrs["weight_names"]
    group.attrs["weight_names"] = names


def without_last(group: h5py.Group) -> None:
    named(group, list(group.attrs["weight_names"])[:-1])


def without_any(group: h5py.Group) -> None:
    named(group, [])


def with_one_more(group: h5py.Group) -> None:
    group["more"] = np.ones(3, "float32")
    named(group, [*group.attrs["weight_names"], "more"])


def off(path: Path) -> list[str]:
    """Returns the layers of which the file holds more or less than Keras expects."""
    return [one.path for one in inspect_file(str(path)).layers if one.expected not in (None, one.stored)]


@pytest.mark.parametrize("change", [without_last, without_any, with_one_more])
@pytest.mark.parametrize("name", ["dense", "norm", "both"])
def test_what_keras_refuses_is_told_of(change: Callable[[h5py.Group], None], name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    mixed().save(path)
    assert off(path) == []
    with h5py.File(path, "a") as file:
        change(file["model_weights"][name])
    assert off(path) == [name]
    with pytest.raises(ValueError, match="count mismatch"):
        keras.saving.load_model(path)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
def test_what_keras_saved_has_what_keras_expects(make: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    make().save(path)
    assert off(path) == []


def test_a_model_saved_before_it_was_built_lacks_nothing(tmp_path: Path) -> None:
    keras.Sequential([layers.Dense(3)]).save(tmp_path / "model.h5")
    assert off(tmp_path / "model.h5") == []


def test_layers_that_share_all_that_is_inside_them_are_counted_in_bounded_time() -> None:
    from weightscope.source.file.legacy.legacy_counts import _expected_counts

    dense = [{**layer(name=f"d{number}", units=1), "shared_object_id": number} for number in range(1000)]
    shared = {**sequential(*dense), "shared_object_id": 5000}
    many = [{**sequential(shared), "config": {"name": f"m{n}", "layers": [shared]}} for n in range(1000)]
    assert _expected_counts(Structure((), "model.h5").build(sequential(*many), ""), {}) == {}
    few = Structure((), "model.h5").build(sequential(*many[:3]), "")
    assert _expected_counts(few, {}) == {"m0": 2000, "m1": 2000, "m2": 2000}
