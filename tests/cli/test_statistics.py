"""`--stats` on real files: against numpy on what h5py reads, and the same with Keras."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error, of_the_present_keras, parse_documents
from weightscope.inspection.statistics import STATISTICS

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
FILES = [*sorted(SAMPLES.glob("*.keras")), *sorted(SAMPLES.glob("*.h5"))]


def stored(path: Path) -> h5py.File:
    if path.suffix == ".h5":
        return h5py.File(path)
    with zipfile.ZipFile(path) as archive:
        return h5py.File(io.BytesIO(archive.read("model.weights.h5")))


def expected(values: Any) -> dict[str, Any]:
    numbers = np.asarray(values, np.float64)
    finite = numbers[np.isfinite(numbers)]
    return {
        "minimum": finite.min(),
        "maximum": finite.max(),
        "mean": finite.mean(),
        "standard_deviation": finite.std(),
        "l2_norm": np.linalg.norm(finite),
        "zeros": np.count_nonzero(numbers == 0),
        "nan": np.count_nonzero(np.isnan(numbers)),
        "positive_infinity": np.count_nonzero(numbers == np.inf),
        "negative_infinity": np.count_nonzero(numbers == -np.inf),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_they_are_those_of_the_bytes_that_h5py_reads(path: Path, run: Run) -> None:
    (document,) = parse_documents(run("inspect", path, "--stats", "--json").stdout)
    with stored(path) as file:
        for entry in document["variables"]:
            values = file[entry["stored_at"]][()]
            if values.dtype.kind == "V":  # bfloat16: the upper half of a float32
                values = (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
            assert entry["statistics"] == pytest.approx(expected(values), rel=1e-9, abs=1e-12)
            assert sum(entry["histogram"]["counts"]) == np.count_nonzero(np.isfinite(values))


@of_the_present_keras
def test_they_are_the_same_with_keras(run: Run) -> None:
    read = [parse_documents(run("inspect", CNN, "--stats", "--json", *more).stdout)[0] for more in ([], ["--live"])]
    file, live = ([one["statistics"] for one in document["variables"] if one["role"] == "weight"] for document in read)
    assert file == live


def test_a_layer_has_them_too(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=3", "--arg", 'kernel_initializer="ones"', "--input-shape", "1,4")
    assert "constant" not in result.stdout
    (document,) = parse_documents(
        run(
            "layer", "Dense", "--arg", "units=3", "--arg", "kernel_initializer=ones", "--input-shape", "1,4",
            "--stats", "--json",
        ).stdout
    )  # fmt: skip
    kernel, bias = (entry["statistics"] for entry in document["variables"])
    assert (kernel["minimum"], kernel["mean"], kernel["standard_deviation"]) == (1.0, 1.0, 0.0)
    assert kernel["l2_norm"] == pytest.approx(np.sqrt(12))
    assert bias["zeros"] == 3


@pytest.mark.parametrize("name", STATISTICS)
def test_any_of_them_sorts_and_chooses(name: str, run: Run) -> None:
    for spelt in (name, name.replace("_", "-")):
        (document,) = parse_documents(run("inspect", CNN, "--stats", "--sort", spelt, "--top", "3", "--json").stdout)
        numbers = [entry["statistics"][name] for entry in document["variables"]]
        assert len(numbers) == 3
        assert numbers == sorted(numbers, reverse=True)


def test_sorting_by_what_is_not_there_is_refused(run: Run) -> None:
    assert_two_line_error(run("inspect", CNN, "--sort", "loudness"), hinting="l2_norm")


def test_the_optimizer_is_measured_when_it_is_asked_for(run: Run) -> None:
    (document,) = parse_documents(run("inspect", CNN, "--stats", "--optimizer", "--json").stdout)
    slots = [entry for entry in document["variables"] if entry["role"] == "optimizer"]
    assert slots
    assert all(entry["statistics"]["nan"] == 0 for entry in slots)
