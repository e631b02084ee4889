"""What reading costs and what it does not touch, seen from outside: imports, memory, files, time."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.source.file import hostile
from tests.source.file.conftest import ReadApart
from weightscope.source.file import inspect_file
from weightscope.source.limits import MIB


def model_of(path: Path, layers: int, shape: tuple[int, ...]) -> None:
    """Writes a `.keras` file of dense layers whose kernels have `shape`, without Keras."""
    names = ["dense", *(f"dense_{index}" for index in range(1, layers))]
    weights = path.with_suffix(".h5")
    with h5py.File(weights, "w") as file:
        for name in names:
            own = file.create_group(f"layers/{name}/vars")
            own.create_dataset("0", shape, "f4").write_direct(np.ones(shape, "f4"))
            own["1"] = np.ones(shape[-1:], "f4")
    with zipfile.ZipFile(path, "w") as archive:
        config = hostile.sequential(*(hostile.layer(name=name) for name in names))
        archive.writestr("config.json", json.dumps(config))
        archive.write(weights, "model.weights.h5")
    weights.unlink()


def test_neither_tensorflow_nor_keras_nor_h5py_is_imported(tmp_path: Path, read_apart: ReadApart) -> None:
    model_of(tmp_path / "model.keras", 2, (3, 2))
    outcome = read_apart(tmp_path / "model.keras")
    assert outcome["variables"] == 4
    assert outcome["foreign"] == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path, read_apart: ReadApart) -> None:
    model_of(tmp_path / "small.keras", 4, (8, 8))
    model_of(tmp_path / "large.keras", 4, (4000, 4096))  # below the size from which on loops are compiled
    small, large = read_apart(tmp_path / "small.keras"), read_apart(tmp_path / "large.keras")
    assert (tmp_path / "large.keras").stat().st_size > 240 * MIB
    # a block of a mebibyte for each thread, and what is computed from it
    assert large["mebibytes"] < small["mebibytes"] + 24
    assert large["mebibytes"] < 80


def test_four_thousand_variables_are_listed_and_read(tmp_path: Path, read_apart: ReadApart) -> None:
    model_of(tmp_path / "wide.keras", 2000, (2, 2))
    outcome = read_apart(tmp_path / "wide.keras")
    assert outcome["variables"] == 4000
    assert len(set(outcome["paths"])) == 4000


def test_nothing_is_left_open_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    model_of(path, 2, (3, 2))
    before = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    inspection = inspect_file(str(path))
    inspection.variables[0].read()
    assert {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before
    path.rename(tmp_path / "moved.keras")  # an open handle would still read
    with pytest.raises(Exception, match="cannot be read"):
        inspection.variables[0].read()
