"""`weightscope trend`: against numpy's statistics of the values that were written, and against TensorBoard."""

from __future__ import annotations

import csv
import io
import json
import shutil
import struct
from pathlib import Path
from typing import Any

import h5py
import jsonschema
import numpy as np
import numpy.typing as npt
import pytest

from tests.conftest import Run, assert_two_line_error
from weightscope.view.documents.schema import json_schema

Arrays = dict[str, npt.NDArray[Any]]


def write(path: Path, arrays: Arrays) -> Path:
    """Writes a `.weights.h5` file as Keras does: a group of variables for each layer."""
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            layer, _, place = name.rpartition("/")
            file.create_dataset(f"layers/{layer}/vars/{place}", data=values)
    return path


@pytest.fixture
def training(tmp_path: Path) -> tuple[Path, list[Arrays]]:
    """Twelve checkpoints: `good` trains, `still` never moves, `sick` has NaN from step 5 on, `wild` diverges."""
    random = np.random.default_rng(0)
    folder = tmp_path / "run"
    folder.mkdir()
    steps: list[Arrays] = []
    good = random.normal(size=(20, 30)).astype(np.float32)
    for step in range(1, 13):
        good = good + random.normal(size=good.shape).astype(np.float32) * 0.01
        sick = np.ones((4, 4), np.float32)
        sick[0, :2] = np.nan if step >= 5 else step
        arrays: Arrays = {
            "good/0": good,
            "good/1": np.full(30, 0.5 * (step - 1), np.float32),  # from 0, as biases grow
            "still/0": np.arange(6, dtype=np.float32),
            "sick/0": sick,
            "wild/0": np.full((10, 10), 3.0**step, np.float32),
            "grown/0": np.ones((2, 2 + step // 7), np.float32) * step,
        }
        if step >= 4:
            arrays["late/0"] = np.ones(3, np.float32) * step
        if step < 9:
            arrays["gone/0"] = np.ones(3, np.float32) * step
        write(folder / f"epoch-{step}.weights.h5", arrays)
        steps.append(arrays)
    return folder, steps


def test_statistics_and_changes_are_those_of_numpy(run: Run, training: tuple[Path, list[Arrays]]) -> None:
    folder, steps = training
    result = run("trend", folder, "--of", "mean,std,l2_norm,nan,change", "--format", "jsonl")
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["step"] for row in rows] == sorted(row["step"] for row in rows)
    good = [row for row in rows if row["path"] == "layers/good/0"]
    assert [Path(row["location"]).name for row in good] == [f"epoch-{step}.weights.h5" for step in range(1, 13)]
    before = None
    for row, arrays in zip(good, steps, strict=True):
        values = arrays["good/0"].astype(np.float64)
        assert list(row) == ["location", "step", "path", "mean", "standard_deviation", "l2_norm", "nan", "change"]
        assert row["mean"] == pytest.approx(values.mean(), rel=1e-9)
        assert row["standard_deviation"] == pytest.approx(values.std(), rel=1e-12)
        assert row["l2_norm"] == pytest.approx(np.linalg.norm(values), rel=1e-12)
        moved = None if before is None else np.linalg.norm(values - before) / np.linalg.norm(before)
        assert row["change"] == (None if moved is None else pytest.approx(moved, rel=1e-9))
        before = values
    changes = {row["change"] for row in rows if row["path"] == "layers/still/0"}
    assert changes == {None, 0.0}
    assert all(row["change"] is None for row in rows if row["path"] == "layers/late/0" and row["step"] == 4)
    table = list(csv.DictReader(io.StringIO(run("trend", folder, "--of", "nan", "--format", "csv").stdout)))
    assert [(row["path"], int(row["nan"])) for row in table] == [(row["path"], row["nan"]) for row in rows]


def test_what_is_found_names_the_variable_and_the_step(run: Run, training: tuple[Path, list[Arrays]]) -> None:
    folder, _ = training
    result = run("trend", folder, "--json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, json_schema())
    found = {(one["rule"], one["variable"]): one["message"] for one in document["findings"]}
    assert set(found) == {
        ("nan-from", "layers/sick/0"),
        ("diverges", "layers/wild/0"),
        ("never-moved", "layers/still/0"),
        ("appears", "layers/late/0"),
        ("disappears", "layers/gone/0"),
        ("shape-changed", "layers/grown/0"),
    }
    assert "step 5 " in found["nan-from", "layers/sick/0"]
    assert "step 9 " in found["disappears", "layers/gone/0"]
    assert "step 4 " in found["appears", "layers/late/0"]
    assert "from (2, 2) to (2, 3) in step 7 " in found["shape-changed", "layers/grown/0"]
    late = next(one for one in document["variables"] if one["path"] == "layers/late/0")
    assert [point and point["step"] for point in late["points"]] == [None, None, None, *range(4, 13)]
    shown = next(one["fix"] for one in document["findings"] if one["rule"] == "nan-from").split()
    assert "NaN" in run(*shown[1:]).stdout


def test_a_sound_training_ends_with_0_and_has_a_sparkline(run: Run, training: tuple[Path, list[Arrays]]) -> None:
    folder, _ = training
    result = run("trend", folder, "--filter", "good")
    assert (result.exit_code, result.stderr) == (0, "")
    line = next(one for one in result.stdout.splitlines() if one.startswith("layers/good/1"))
    assert "▁▂▂▃▄▄▅▅▆▇▇█" in line
    assert "12 checkpoints" in result.stdout


def test_top_lists_the_largest_of_a_measure_and_finds_in_all(run: Run, training: tuple[Path, list[Arrays]]) -> None:
    folder, _ = training
    for key, names in (
        ("l2", ["wild/0", "good/1"]),
        ("change", ["wild/0", "gone/0"]),
        ("parameters", ["good/0", "wild/0"]),
        ("path", ["gone/0", "good/0"]),
    ):
        result = run("trend", folder, "--sort", key, "--top", 2, "--of", "mean", "--json")
        document = json.loads(result.stdout)
        assert [one["path"] for one in document["variables"]] == [f"layers/{name}" for name in names], key
        assert len(document["findings"]) == 6
    assert_two_line_error(run("trend", folder, "--sort", "chang"), hinting="change")


def test_markdown_has_a_line_for_each_variable_and_finding(run: Run, training: tuple[Path, list[Arrays]]) -> None:
    folder, _ = training
    text = run("trend", folder, "--of", "nan", "--filter", "sick", "--format", "markdown").stdout
    assert "| path | first | nan | last |" in text
    assert "| `layers/sick/0` | 0 | ▁▁▁▁████████ | 2 |" in text
    assert "- **error** nan-from, `layers/sick/0`: 2 NaN from step 5" in text


def test_an_event_file_has_a_record_for_each_step(
    run: Run, training: tuple[Path, list[Arrays]], tmp_path: Path
) -> None:
    folder, _ = training
    assert run("trend", folder, "--of", "nan", "--filter", "sick", "--tensorboard", tmp_path / "logs").exit_code == 1
    (file,) = (tmp_path / "logs").iterdir()
    assert "tfevents" in file.name
    content, records = file.read_bytes(), []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        records.append(content[12 : 12 + length])
        content = content[16 + length :]
    assert records[0].endswith(b"brain.Event:2")
    assert [b"nan/layers/sick/0" in record for record in records[1:]] == [True] * 12
    assert [record[-4:] for record in records[1:]] == [struct.pack("<f", value) for value in [0.0] * 4 + [2.0] * 8]


@pytest.mark.slow  # TensorBoard imports TensorFlow
def test_tensorboard_reads_the_scalars(run: Run, training: tuple[Path, list[Arrays]], tmp_path: Path) -> None:
    accumulators = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="TensorBoard is not installed"
    )
    folder, steps = training
    logs = tmp_path / "logs"
    assert run("trend", folder, "--of", "l2_norm,nan", "--tensorboard", logs).exit_code == 1
    accumulator = accumulators.EventAccumulator(str(logs))
    accumulator.Reload()
    assert len(accumulator.Tags()["scalars"]) == 2 * 8
    scalars = accumulator.Scalars("l2_norm/layers/good/0")
    assert [one.step for one in scalars] == list(range(1, 13))
    norms = [np.linalg.norm(arrays["good/0"].astype(np.float64)) for arrays in steps]
    assert [one.value for one in scalars] == pytest.approx(norms, rel=1e-6)
    assert [one.value for one in accumulator.Scalars("nan/layers/sick/0")] == [0.0] * 4 + [2.0] * 8
    again = run("trend", folder, "--tensorboard", logs)
    assert (again.exit_code, "the file exists" in again.stderr) == (2, True)


@pytest.mark.parametrize(("end", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("html", b"<!DOCTYPE html>")])
def test_a_picture_is_drawn(
    run: Run, training: tuple[Path, list[Arrays]], tmp_path: Path, end: str, begins: bytes
) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    folder, _ = training
    for name in ("one", "two"):
        assert run("trend", folder, "--of", "l2,change", "-o", tmp_path / f"{name}.{end}").exit_code == 1
    drawn = (tmp_path / f"one.{end}").read_bytes()
    assert drawn.startswith(begins)
    assert drawn == (tmp_path / f"two.{end}").read_bytes()
    if end == "html":
        assert b"nan-from" in drawn
        assert b"default-src &#x27;none&#x27;" in drawn


def test_a_checkpoint_that_cannot_be_read_is_reported_and_the_others_are_shown(
    run: Run, training: tuple[Path, list[Arrays]]
) -> None:
    folder, _ = training
    (folder / "epoch-3.weights.h5").write_bytes(b"cut")
    result = run("trend", folder, "--filter", "good", "--format", "jsonl")
    assert result.exit_code == 2
    assert "epoch-3.weights.h5" in result.stderr
    assert len({json.loads(line)["location"] for line in result.stdout.splitlines()}) == 11
    for arguments, saying in (
        (["nowhere"], "error: nowhere: no such file or folder"),
        ([folder, "--of", "l3_norm"], "did you mean"),
        ([folder, "-o", folder / "x.parquet"], "says no format"),
    ):
        failed = run("trend", *arguments)
        assert (failed.exit_code, failed.stdout) == (2, "")
        assert saying in failed.stderr
    shutil.rmtree(folder)
    folder.mkdir()
    assert "no saved model in it" in run("trend", folder).stderr


def test_values_that_cannot_be_read_cost_their_checkpoint(run: Run, training: tuple[Path, list[Arrays]]) -> None:
    folder, _ = training
    with h5py.File(folder / "epoch-3.weights.h5", "a") as file:
        values = file["layers/good/vars/0"][...]
        del file["layers/good/vars/0"]
        file.create_dataset("layers/good/vars/0", data=values, compression="gzip")
    damaged = bytearray((folder / "epoch-3.weights.h5").read_bytes())
    with h5py.File(folder / "epoch-3.weights.h5") as file:
        offset = file["layers/good/vars/0"].id.get_chunk_info(0).byte_offset
    damaged[offset + 20 : offset + 200] = bytes(180)
    (folder / "epoch-3.weights.h5").write_bytes(damaged)
    result = run("trend", folder, "--filter", "good", "--of", "l2_norm,change", "--format", "jsonl")
    assert result.exit_code == 2
    assert "epoch-3.weights.h5" in result.stderr
    assert len(result.stderr.splitlines()) == 2
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [*dict.fromkeys(Path(row["location"]).name for row in rows)] == [
        f"epoch-{step}.weights.h5" for step in range(1, 13) if step != 3
    ]
    # a bias that is 0 at first has no relative change
    assert [row["step"] for row in rows if row["change"] is None] == [1, 1, 2]


@pytest.mark.slow  # trains a model
def test_a_training_with_keras_has_the_statistics_that_a_callback_logs(run: Run, tmp_path: Path) -> None:
    import keras

    logged: list[dict[str, tuple[float, float]]] = []

    class Logger(keras.callbacks.Callback):  # type: ignore[misc]  # keras has no types
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            values = {"/".join(one.path.split("/")[-2:]): one.numpy().astype(np.float64) for one in self.model.weights}
            logged.append({path: (float(one.mean()), float(np.linalg.norm(one))) for path, one in values.items()})
            self.model.save(tmp_path / f"epoch-{epoch + 1}.keras")

    keras.utils.set_random_seed(1)
    frozen = keras.layers.Dense(4, name="frozen", trainable=False)
    model = keras.Sequential([keras.Input((3,)), frozen, keras.layers.Dense(1, name="last")])
    model.compile("sgd", "mse")
    inputs = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    model.fit(inputs, inputs.sum(axis=1), epochs=11, verbose=0, callbacks=[Logger()])
    result = run("trend", tmp_path, "--format", "jsonl", "--of", "mean,l2_norm,change")
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == 11 * 4
    for row in rows:
        mean, norm = logged[row["step"] - 1][row["path"]]
        assert row["mean"] == pytest.approx(mean, rel=1e-9, abs=1e-12)
        assert row["l2_norm"] == pytest.approx(norm, rel=1e-9)
    found = json.loads(run("trend", tmp_path, "--json").stdout)["findings"]
    assert {(one["rule"], one["level"], one["variable"]) for one in found} == {
        ("never-moved", "note", "frozen/kernel"),
        ("never-moved", "note", "frozen/bias"),
    }
