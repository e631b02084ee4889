"""Whatever bytes of a file are changed, it lists or is refused: no other exception, no long wait."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import HANG
from tests.source.file import hostile
from tests.source.file.checkpoint import made as checkpoints
from tests.source.file.saved_model import made as saved_models

_PROJECT = Path(__file__).parents[3]

#: Mutated copies in all; a night's run sets a hundred times as many.
COUNT = int(os.environ.get("WEIGHTSCOPE_MUTATIONS", "6000"))

#: Files of the corpus that are small enough to be copied thousands of times.
_FROM_CORPUS = ("keras3_nested_container.keras", "keras1_weights.h5", "keras3_float64_sequential.keras")


def _sound_files(folder: Path) -> list[Path]:
    """Writes a small sound file of each layout: old and new HDF5, chunked and packed, legacy."""
    values = np.arange(60, dtype=np.float32).reshape(6, 10)
    made = []
    for version in ("earliest", "latest"):
        weights = folder / f"{version}.weights.h5"
        with h5py.File(weights, "w", libver=version) as file:
            own = file.create_group("layers/dense/vars")
            own.attrs["name"] = "dense"
            own["0"] = values
            own["1"] = values[0].astype(">f8")
            for key, maxshape in enumerate([(6, 10), (None, 10), (None, None)], 2):  # each has an index of its own
                options = {"chunks": (2, 5), "maxshape": maxshape}
                own.create_dataset(f"{key}", data=values, **options, compression="gzip", shuffle=True, fletcher32=True)
                own.create_dataset(f"1{key}", data=values, **options, compression="lzf" if key == 2 else None)
            own.create_dataset("20", data=values, chunks=values.shape, compression="gzip")
            own["21"] = values > 3
            for index in range(12):
                file[f"layers/dense_{index}/vars/0"] = values.astype(np.float16)
            file["optimizer/vars/0"] = np.int64(3)
        archive = folder / f"{version}.keras"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED if version == "latest" else 0) as members:
            config = hostile.sequential(hostile.layer(), hostile.layer(name="again"))
            members.writestr("config.json", json.dumps(config))
            members.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
            members.writestr("model.weights.h5", weights.read_bytes())
        legacy = folder / f"{version}.h5"
        with h5py.File(legacy, "w", libver=version) as file:
            file.attrs["model_config"] = json.dumps(config)
            file.attrs["keras_version"] = b"2.15.0"
            group = file.create_group("model_weights")
            group.attrs["layer_names"] = [b"dense", b"again"]
            for name in ("dense", "again"):
                own = group.create_group(name)
                own.attrs["weight_names"] = np.array([f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()])
                own[f"{name}/kernel:0"] = values
                own[f"{name}/bias:0"] = values[0]
        made += [weights, archive, legacy]
    return made


@pytest.fixture(scope="module")
def sound_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return _sound_files(tmp_path_factory.mktemp("sound"))


def _run(paths: list[Path], count: int) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.source.file.mutations", str(count), *map(str, paths)],
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        timeout=HANG + count / 10,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def _assert_harmless(report: dict[str, Any]) -> None:
    assert not report["failures"], "\n\n".join(report["failures"])
    assert report["slowest"] < 5
    assert report["mebibytes"] < 200
    assert report["listed"] > 0
    assert report["refused"] > 0


@pytest.mark.slow
def test_changed_bytes_never_do_more_than_an_error(sound_files: list[Path]) -> None:
    _assert_harmless(_run(sound_files, COUNT))


@pytest.mark.parametrize("count", [COUNT // 20, pytest.param(COUNT // 3, marks=pytest.mark.slow)])
def test_changed_bytes_of_real_files_never_do_more_than_an_error(count: int, corpus: Path) -> None:
    _assert_harmless(_run([corpus / name for name in _FROM_CORPUS], count))


def test_every_shortened_copy_lists_or_is_refused(sound_files: list[Path], tmp_path: Path) -> None:
    from tests.source.file.bounded import measure

    for path in sound_files:
        data = path.read_bytes()
        copy = tmp_path / path.name
        for length in range(0, len(data), max(1, len(data) // 40)):
            copy.write_bytes(data[:length])
            outcome = measure(str(copy))
            assert "traceback" not in outcome, outcome["traceback"]
            assert "error" in outcome


@pytest.fixture(scope="module")
def from_tensorflow(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> list[Path]:
    """Checkpoints and SavedModels: with and without a graph of objects, in several shards, of Keras 2 and 3."""
    folder = tmp_path_factory.mktemp("tensorflow")
    made_by_keras = checkpoints.write_keras(folder / "keras").parent
    sharded = checkpoints.write_sharded(folder / "sharded").parent
    exported = saved_models.write_export(folder / "export")
    return [made_by_keras, sharded, exported, corpus / "tf26_keras_savedmodel", corpus / "tf2_savedmodel_snappy_index"]


@pytest.mark.parametrize("count", [COUNT // 20, pytest.param(COUNT // 2, marks=pytest.mark.slow)])
def test_changed_bytes_of_what_tensorflow_saved_never_do_more_than_an_error(
    count: int, from_tensorflow: list[Path]
) -> None:
    _assert_harmless(_run(from_tensorflow, count))


def test_every_shortened_file_of_what_tensorflow_saved_lists_or_is_refused(
    from_tensorflow: list[Path], tmp_path: Path
) -> None:
    from tests.source.file.bounded import measure

    for number, original in enumerate(from_tensorflow):
        model = tmp_path / str(number)
        shutil.copytree(original, model)
        for path in (*model.rglob("*.index"), *model.rglob("*.data-*"), *model.rglob("*.pb")):
            data = path.read_bytes()
            for length in range(0, len(data), max(1, len(data) // 20)):
                path.write_bytes(data[:length])
                outcome = measure(str(model))
                assert "traceback" not in outcome, outcome["traceback"]
                if path.name not in ("keras_metadata.pb", "fingerprint.pb"):
                    assert "error" in outcome, f"{path.name}, {length} of {len(data)} bytes"
            path.write_bytes(data)
