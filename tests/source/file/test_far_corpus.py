"""Real models, and those of the zoo, from a loopback server: the local file is the oracle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SAMPLES
from tests.range_server import serving
from tests.source.file.test_far import document
from weightscope import api
from weightscope.errors import FileError
from weightscope.source.bytes.far import http_store, place, remote_source

NAMES = (
    *("keras1_weights.h5", "keras2_xception_with_optimizer.hdf5", "keras2_zinc_prop_pred.h5"),
    *("keras3_float64_sequential.keras", "keras3_nested_container.keras", "keras3_with_optimizer.weights.h5"),
    *("lfs_pointer.h5", "lfs_pointer.keras", "not_keras.h5", "tf1_checkpoint", "tf1_savedmodel"),
    *("tf26_keras_savedmodel", "tf2_savedmodel_int64", "tf2_savedmodel_snappy_index"),
)

#: Samples of each format.
PARTS = (
    "cnn_frozen_batchnorm.keras",
    "weights_only.weights.h5",
    "legacy.h5",
    "cnn_savedmodel",
    "cnn_checkpoint/ckpt-1",
)

#: Their size is unknown on a web server, which lists no assets.
WITH_ASSETS = ("tf1_savedmodel", "tf2_savedmodel_snappy_index")


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetches small files as large ones are, in blocks that end in the middle of anything."""
    monkeypatch.setattr(place, "SMALL_FILE_BYTES", 0)
    monkeypatch.setattr(place, "LARGE_FILE_BYTES", 0)
    monkeypatch.setattr(http_store, "HEAD_BYTES", 100)
    margins = remote_source.FetchMargins(block=72, before=0, after=0)
    monkeypatch.setattr(remote_source, "_GENEROUS", margins)
    monkeypatch.setattr(remote_source, "_FRUGAL", margins)
    monkeypatch.setattr(remote_source, "_BUFFER_BYTES", 72)
    monkeypatch.setattr(remote_source, "GAP_BYTES", 100)


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("name", [*PARTS, *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES)])
def test_a_model_in_small_parts_is_the_near_one(name: str, corpus: Path) -> None:
    folder = corpus if name in NAMES else SAMPLES
    with serving(folder) as server:
        near, far = (outcome(location) for location in (str(folder / name), f"{server.url}{name}"))
    for one in (near, far):
        if isinstance(one, dict):
            one["source"].pop("bytes")
    assert far == near


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("name", ["stored.npz", "packed.npz", "arrays.safetensors"])
def test_arrays_in_small_parts_are_those_of_the_near_file_and_take_few_rounds(name: str, tmp_path: Path) -> None:
    arrays = {f"layer_{index}": np.arange(index, index + 3000, dtype=np.float32) for index in range(30)}
    np.savez(tmp_path / "stored.npz", **arrays)  # type: ignore[arg-type]
    np.savez_compressed(tmp_path / "packed.npz", **arrays)  # type: ignore[arg-type]
    pytest.importorskip("safetensors.numpy").save_file(arrays, tmp_path / "arrays.safetensors")
    with serving(tmp_path) as server:
        found = api.inspect_model(f"{server.url}{name}").to_dict()
        assert document(f"{server.url}{name}", statistics=True) == document(tmp_path / name, statistics=True)
    assert found["source"]["remote"]["rounds"] <= 14


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("in_small_parts")
def test_every_model_of_the_zoo_in_small_parts_is_the_near_one(tmp_path: Path) -> None:
    from tests.source.file.keras_models import MODELS

    for name, make in MODELS.items():
        model = make()
        model.save(tmp_path / f"{name}.keras")
        model.save_weights(tmp_path / f"{name}.weights.h5")
    with serving(tmp_path) as server:
        for path in sorted(tmp_path.iterdir()):
            assert outcome(f"{server.url}{path.name}") == outcome(str(path)), path.name


@pytest.mark.parametrize("name", NAMES)
def test_a_real_model_from_afar_is_the_near_one(name: str, corpus: Path) -> None:
    with serving(corpus) as server:
        near, far = (outcome(location) for location in (str(corpus / name), f"{server.url}{name}"))
    if name in WITH_ASSETS and isinstance(near, dict) and isinstance(far, dict):
        assert near["source"].pop("bytes") > 0
        assert far["source"].pop("bytes") is None
    assert far == near


def outcome(location: str) -> object:
    """Returns the document of a model, or the message of the error."""
    try:
        return document(location, statistics=True)
    except FileError as error:
        return error.message
