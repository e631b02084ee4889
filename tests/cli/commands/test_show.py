"""`weightscope show`: one variable in detail, compared with numpy and h5py; errors have two lines."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.cli.test_statistics import expected, stored
from tests.conftest import SAMPLES, Run, assert_two_line_error, of_the_present_keras
from weightscope.measure.statistics.quantiles import SHARES
from weightscope.view.documents.schema import json_schema

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
SICK = SAMPLES / "nan_weights.keras"
KERNEL = "conv2d_1/kernel"


def kernel() -> Any:
    with stored(CNN) as file:
        return file["layers/conv2d_1/vars/0"][()]


def shown(run: Run, *arguments: Any) -> dict[str, Any]:
    result = run("show", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    Draft202012Validator(json_schema()).validate(document)
    return document


def test_json_has_all_of_it(run: Run) -> None:
    document = shown(run, CNN, KERNEL, "--slice", ":,0,-1,::2", "--bins", "7")
    values = kernel().astype(np.float64)
    assert document["path"] == KERNEL
    assert document["shape"] == list(values.shape)
    assert document["axes"] == ["height", "width", "in", "out"]
    assert document["statistics"] == pytest.approx(expected(values), rel=1e-9)
    assert list(document["quantiles"]) == ["0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"]
    assert list(document["quantiles"].values()) == pytest.approx(np.quantile(values, SHARES))
    counts, edges = np.histogram(values, 7)
    assert document["histogram"] == {"edges": pytest.approx(edges), "counts": counts.tolist()}
    assert document["slice"]["selection"] == ":,0,-1,::2"
    assert document["slice"]["shape"] == [3, 4]
    np.testing.assert_array_equal(np.float32(document["slice"]["values"]), kernel()[:, 0, -1, ::2])


def test_values_that_are_not_finite_are_strict_json(run: Run) -> None:
    document = shown(run, SICK, "scores/bias", "--slice", ":")
    assert document["slice"]["values"][0] == "-Infinity"
    assert document["statistics"]["negative_infinity"] == 1
    assert document["quantiles"]["0.5"] == 0.0


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.keras")), ids=lambda path: path.name)
def test_every_variable_of_the_samples_is_shown_in_every_format(path: Path, run: Run) -> None:
    document = json.loads(run("inspect", path, "--json").stdout)
    for name in [entry["path"] for entry in document["variables"]][:4]:
        assert shown(run, path, name)["slice"] is None
        for arguments in ([], ["--format", "csv"], ["--format", "jsonl"], ["--format", "markdown"]):
            result = run("show", path, name, *arguments)
            assert result.exit_code == 0
            assert name in result.stdout


@of_the_present_keras
def test_it_is_the_same_with_keras(run: Run) -> None:
    file, live = shown(run, CNN, KERNEL), shown(run, CNN, KERNEL, "--live")
    assert file == live


def test_the_table_tells_what_the_document_does(run: Run) -> None:
    text = run("show", CNN, KERNEL, "--slice", ":,:,0,3", "--heat").stdout
    for word in ("height, width, in, out", "-0.217957", "99 %", "0.209978", "bins", "Values [:,:,0,3]  (3, 3)"):
        assert word in text
    assert text.index("Heat map") < text.index("Statistics")  # what was asked for comes first
    assert "logarithmic" in run("show", CNN, KERNEL, "--log").stdout


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["kernel"], "is 3 variables", "conv2d/kernel, conv2d_1/kernel, dense/kernel"),
        (["conv2d_9/kernel"], "no variable", "conv2d_1/kernel"),
        ([KERNEL, "--slice", ":,:"], "2 axes, the variable has 4", ":,:,:,:"),
        ([KERNEL, "--slice", "9,:,:,:"], "outside of axis 0", "0 to 2"),
        ([KERNEL, "--slice", "9:,:,:,:"], "takes nothing of axis 0", "0 to 2"),
        ([KERNEL, "--slice", "exec('x'),0,0,0"], "no index", "--slice"),
        (["moving_mean", "--heat", "--slice", "0"], "single value", ""),
        ([KERNEL, "--bins", "0"], "bins", ""),
        ([KERNEL, "-o", "kernel.png", "--slice", "0"], "1 axes", ""),
    ],
)
def test_what_makes_no_sense_is_told_in_two_lines(arguments: list[str], message: str, hint: str, run: Run) -> None:
    result = run("show", CNN, *arguments)
    assert_two_line_error(result)
    assert message in result.stderr
    assert hint in result.stderr


def test_values_without_order_are_told_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "phases.py").write_text(
        "import keras\n\n\nclass Phases(keras.layers.Layer):\n"
        "    def build(self, shape):\n        self.w = self.add_weight(shape=(2,), dtype='complex64')\n\n"
        "    def call(self, x):\n        return x\n"
    )
    result = run("layer", f"{tmp_path / 'phases.py'}:Phases", "--input-shape", "1,2", "--stats")
    assert result.exit_code == 0
    assert "no order" in result.stdout


def empty_model(folder: Path) -> Path:
    path = folder / "empty.weights.h5"
    with h5py.File(path, "w") as file:
        own = file.create_group("layers/dense/vars")
        own.create_dataset("0", data=np.zeros((0, 3), "float32"))
        own.create_dataset("1", data=np.full(3, np.nan, "float32"))
    return path


def test_a_variable_without_values_is_shown_without_numbers(run: Run, tmp_path: Path) -> None:
    path = empty_model(tmp_path)
    for name in ("dense/0", "dense/1"):
        document = shown(run, path, name)
        assert document["statistics"]["mean"] is None
        assert document["histogram"] is None
        assert set(document["quantiles"].values()) == {None}
        assert "none" in run("show", path, name).stdout
    assert_two_line_error(run("show", path, "dense/0", "--heat"))
    assert_two_line_error(run("show", path, "dense/0", "-o", tmp_path / "none.png"))


@pytest.mark.parametrize("selection", [None, ":,:,0,3", "1:,:,::-1,:", "0,0,0,0"])
def test_values_are_written_as_numpy_reads_them(selection: str | None, run: Run, tmp_path: Path) -> None:
    chosen = [] if selection is None else ["--slice", selection]
    values = kernel() if selection is None else eval(f"kernel()[{selection}]")
    for name in ("kernel.npy", "kernel.csv"):
        result = run("show", CNN, KERNEL, *chosen, "-o", tmp_path / name)
        assert (result.exit_code, result.stdout) == (0, "")
    read = np.load(tmp_path / "kernel.npy")
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, values)
    rows = list(csv.reader(io.StringIO((tmp_path / "kernel.csv").read_text())))
    if values.ndim > 2:
        heading, *rows = rows
        assert heading == [*(f"axis_{axis}" for axis in range(values.ndim)), "value"]
        for *index, value in rows:
            assert np.float32(value) == values[tuple(map(int, index))]
        assert len(rows) == values.size
    else:
        np.testing.assert_array_equal(np.array(rows, np.float32).reshape(values.shape), values)


def test_a_slice_that_is_too_large_to_show_is_written(run: Run, tmp_path: Path) -> None:
    values = np.random.default_rng(0).standard_normal((800, 800)).astype("float32")
    path = tmp_path / "large.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=values)
    result = run("show", path, "dense/0", "--slice", ":,::-1")
    assert_two_line_error(result, saying="640,000 values are too many to show", hinting="-o FILE.npy")
    assert run("show", path, "dense/0", "--slice", ":,::-1", "-o", tmp_path / "all.npy").exit_code == 0
    np.testing.assert_array_equal(np.load(tmp_path / "all.npy"), values[:, ::-1])


def test_a_file_that_exists_is_kept(run: Run, tmp_path: Path) -> None:
    for name in ("kernel.npy", "kernel.csv", "kernel.png"):
        (tmp_path / name).write_text("mine")
        assert_two_line_error(run("show", CNN, KERNEL, "-o", tmp_path / name))
        assert (tmp_path / name).read_text() == "mine"
        assert run("show", CNN, KERNEL, "-o", tmp_path / name, "--force").exit_code == 0
        assert (tmp_path / name).read_bytes() != b"mine"


def test_a_large_matrix_is_pooled_as_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.ones((800, 800), "float32"))
    show = ("show", path, "dense/0")
    assert "root mean square of 27 x 6 values" in run(*show, "--heat").stdout
    run(*show, "-o", tmp_path / "default.png")
    for pool, words in (("rms", "root mean square"), ("mean", "mean"), ("max", "largest magnitude")):
        assert f"{words} of 27 x 6 values" in run(*show, "--heat", "--pool", pool).stdout
        picture = tmp_path / f"{pool}.png"
        run(*show, "--pool", pool, "-o", picture)
        assert (picture.read_bytes() == (tmp_path / "default.png").read_bytes()) == (pool == "rms")


def test_a_picture_is_written(run: Run, tmp_path: Path) -> None:
    for name, head in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        assert run("show", CNN, KERNEL, "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(head)


def test_the_paths_that_can_be_shown_are_chosen_and_counted_as_inspect_does(run: Run) -> None:
    chosen = ["--filter", "kernel", "--exclude", "dense", "--only", "trainable"]
    shown, inspected = (json.loads(run(name, CNN, *chosen, "--json").stdout) for name in ("show", "inspect"))
    assert shown["totals"] == inspected["totals"]
    assert [one["path"] for one in shown["variables"]] == [one["path"] for one in inspected["variables"]]
    table = run("show", CNN, "--filter", "kernel").stdout
    assert "All variables  3 of 10" in table
    assert "Listed" in table
