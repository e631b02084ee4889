"""`weightscope lock`, `weightscope verify`."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.conftest import SAMPLES, Run, parse_documents
from weightscope.source import limits

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a model in a folder of its own; the tests run in it."""
    (tmp_path / "models").mkdir()
    shutil.copy(CNN, tmp_path / "models" / "cnn.keras")
    write(tmp_path / "small.weights.h5", [1.5, -2.0, 0.0])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, values: object, dtype: str = "float32", key: str = "0") -> None:
    with h5py.File(path, "w") as file:
        file[f"layers/dense/vars/{key}"] = np.array(values, dtype)


def lock(run: Run, *models: str | Path) -> None:
    result = run("lock", *models, "-o", "weights.lock", "--force")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_model_is_verified_from_wherever_the_lock_is_named(run: Run, folder: Path) -> None:
    lock(run, "models/cnn.keras", "small.weights.h5")
    found = run("verify")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.splitlines() == ["models/cnn.keras: unchanged", "small.weights.h5: unchanged"]
    (folder / "other").mkdir()
    os.chdir(folder / "other")
    assert run("verify", "../weights.lock").exit_code == 0
    assert run("verify", folder / "weights.lock", "../models/cnn.keras").stdout == "../models/cnn.keras: unchanged\n"


def test_a_lock_is_json_with_a_line_for_each_variable_sorted(run: Run, folder: Path) -> None:
    lock(run, "small.weights.h5", "models/cnn.keras")
    text = Path("weights.lock").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document["schema"] == "weightscope.lock/1"
    assert list(document["models"]) == ["models/cnn.keras", "small.weights.h5"]
    variables = document["models"]["models/cnn.keras"]["variables"]
    assert list(variables) == sorted(variables)
    assert all(f'    "{path}": {json.dumps(entry)}' in text for path, entry in variables.items())
    (ids,) = (json.loads(line) for line in run("id", "models/cnn.keras", "--format", "jsonl").stdout.splitlines())
    entry = document["models"]["models/cnn.keras"]
    assert all(entry[name] == ids[name] for name in ("values", "names", "structure"))
    again = run("lock", "models/cnn.keras", "small.weights.h5")
    assert again.stdout == text


def test_any_flipped_bit_of_the_values_is_found_and_the_variable_named(run: Run, folder: Path) -> None:
    lock(run, "small.weights.h5")
    whole = Path("small.weights.h5").read_bytes()
    values = np.array([1.5, -2.0, 0.0], np.float32).tobytes()
    start = whole.index(values)
    for bit in range(8 * len(values)):
        changed = bytearray(whole)
        changed[start + bit // 8] ^= 1 << bit % 8
        Path("small.weights.h5").write_bytes(changed)
        found = run("verify")
        assert (found.exit_code, found.stdout) == (1, "small.weights.h5: layers/dense/0: other values\n"), bit


@pytest.mark.parametrize(
    ("values", "dtype", "key", "said"),
    [
        ([[1.5, -2.0, 0.0]], "float32", "0", ["layers/dense/0: shape (3,) became (1, 3)"]),
        ([1.5, -2.0, 0.0], "float64", "0", ["layers/dense/0: dtype float32 became float64"]),
        ([1.5, -2.0, 0.0], "float32", "1", ["layers/dense/0: renamed to layers/dense/1"]),
        ([1.5], "float32", "1", ["layers/dense/0: no longer there", "layers/dense/1: not in the lock"]),
    ],
)
def test_what_changed_is_said(
    values: list[object], dtype: str, key: str, said: list[str], run: Run, folder: Path
) -> None:
    lock(run, "small.weights.h5")
    write(Path("small.weights.h5"), values, dtype, key)
    found = run("verify", "small.weights.h5")
    assert found.exit_code == 1
    assert found.stdout.splitlines() == [f"small.weights.h5: {one}" for one in said]


def test_changes_are_printed_in_every_format(run: Run, folder: Path) -> None:
    lock(run, "models/cnn.keras", "small.weights.h5")
    write(Path("small.weights.h5"), [1.5, 2.0, 0.0])
    change = {"path": "layers/dense/0", "kind": "values", "message": "other values"}
    flat = {"location": "small.weights.h5", **change}
    documents = parse_documents(run("verify", "--json").stdout)
    assert [(one["location"], one["changes"]) for one in documents] == [
        ("models/cnn.keras", []),
        ("small.weights.h5", [change]),
    ]
    assert parse_documents(run("verify", "--format", "jsonl").stdout) == [flat]
    assert run("verify", "--format", "csv").stdout.splitlines() == [",".join(flat), ",".join(flat.values())]
    assert "| small.weights.h5 | `layers/dense/0` | other values |" in run("verify", "--format", "markdown").stdout
    to_file = run("verify", "-o", "changes.txt")
    assert (to_file.exit_code, to_file.stdout) == (1, "")
    assert Path("changes.txt").read_text("utf-8") == run("verify").stdout


def test_a_model_saved_again_is_the_same_and_another_trainability_is_not(run: Run, folder: Path) -> None:
    lock(run, "models/cnn.keras")
    shutil.copy("models/cnn.keras", "old.keras")
    with zipfile.ZipFile("old.keras") as old, zipfile.ZipFile("models/cnn.keras", "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    assert run("verify").exit_code == 0
    with zipfile.ZipFile("old.keras") as old, zipfile.ZipFile("models/cnn.keras", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"trainable": true', b'"trainable": false'))
    found = run("verify")
    assert found.exit_code == 1
    assert "models/cnn.keras: conv2d_1/kernel: was trainable, is not trainable" in found.stdout.splitlines()


def test_trouble_ends_with_2(run: Run, folder: Path) -> None:
    missing = run("verify")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "weights.lock" in missing.stderr
    lock(run, "small.weights.h5")
    unknown = run("verify", "weights.lock", "models/cnn.keras")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("error: models/cnn.keras: weights.lock does not name it\nhint: weightscope lock")
    Path("small.weights.h5").rename("moved.weights.h5")
    Path("weights.lock").rename("small.weights.lock")
    gone = run("verify", "small.weights.lock")
    assert (gone.exit_code, gone.stdout) == (2, "")
    assert gone.stderr.splitlines()[1] != "hint: weightscope inspect small.weights.lock"
    assert "hint: " in gone.stderr


def test_where_one_model_fails_no_lock_is_written(run: Run, folder: Path) -> None:
    result = run("lock", "models/cnn.keras", "missing.keras", "-o", "weights.lock")
    assert result.exit_code == 2
    assert not Path("weights.lock").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: '{"schema": "weightscope.lock/2", "models": {}}',
        lambda text: '{"schema": "weightscope.lock/1", "models": {}}',
        lambda text: text.replace('"shape": [3]', '"shape": [4]').replace("ws1:", "ws1:0", 1),
        lambda text: text.replace('"sha256": "', '"sha256": "0'),
        lambda text: text.replace('"variables"', '"weights"'),
        lambda text: text[:-40],
    ],
)
def test_a_damaged_lock_is_refused(change: object, run: Run, folder: Path) -> None:
    lock(run, "small.weights.h5")
    text = Path("weights.lock").read_text(encoding="utf-8")
    Path("weights.lock").write_text(change(text), encoding="utf-8")  # type: ignore[operator]
    result = run("verify", "weights.lock")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: weights.lock: ")


def test_a_lock_of_a_very_large_model_is_read(run: Run, folder: Path) -> None:
    lock(run, "small.weights.h5")
    with Path("weights.lock").open("ab") as file:
        file.write(b"\n" * (24 * limits.MIB))  # a checkpoint of 131,000 tensors takes 21 MiB
    assert run("verify").exit_code == 0


def test_a_lock_that_verify_would_refuse_is_not_written(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(run, "small.weights.h5")
    size = Path("weights.lock").stat().st_size
    monkeypatch.setattr(limits, "LOCK_BYTES", size)
    lock(run, "small.weights.h5")
    assert run("verify").exit_code == 0
    monkeypatch.setattr(limits, "LOCK_BYTES", size - 1)
    for words in (["lock", "small.weights.h5", "-o", "other.lock"], ["verify"]):
        refused = run(*words)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "a lock file of more than" in refused.stderr
        assert "\nhint: lock fewer models: weightscope lock model.keras -o weights.lock\n" in refused.stderr
    assert not Path("other.lock").exists()


def test_a_lock_never_replaces_a_model(run: Run, folder: Path) -> None:
    before = Path("small.weights.h5").read_bytes()
    result = run("lock", "small.weights.h5", "-o", "small.weights.h5", "--force")
    assert result.exit_code == 2
    assert Path("small.weights.h5").read_bytes() == before
