"""`weightscope export`."""

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
import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, SAMPLES, Run, assert_two_line_error, parse_documents
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted
from weightscope.view.documents.schema import json_schema

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
ENDS = ["npz", "safetensors", "weights.h5", "keras"]


def arrays_of(path: Path) -> dict[str, Any]:
    """Returns all arrays of a model by path, the optimizer's too."""
    return {one.info.path: one.read() for one in inspect_file(str(path), Wanted(optimizer=True)).all_variables}


def values_id(run: Run, path: Path) -> str:
    return str(json.loads(run("id", path, "--format", "jsonl").stdout)["values"])


def assert_same_arrays(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for path, values in expected.items():
        assert found[path].dtype == values.dtype
        np.testing.assert_array_equal(found[path], values)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A weights file whose values a narrow dtype cannot hold."""
    path = tmp_path / "small.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.array([[1.0, 70000.0], [1e-30, -1.5]], np.float32)
        file["layers/dense/vars/1"] = np.array([1, 2], np.int32)
    return path


@pytest.mark.parametrize("model", sorted(SAMPLES.glob("*.keras")), ids=lambda path: path.stem)
@pytest.mark.parametrize("end", ENDS)
def test_every_sample_goes_out_and_its_weights_come_back(model: Path, end: str, run: Run, tmp_path: Path) -> None:
    out = tmp_path / f"out.{end}"
    result = run("export", model, "-o", out)
    if model.stem == "unbuilt":
        assert_two_line_error(result, saying="nothing to write")
        return
    if model.stem == "bfloat16" and end == "npz":
        assert_two_line_error(result, saying="cannot hold bfloat16", hinting="--dtype float32")
        return
    assert result.exit_code == 0, result.stderr
    assert values_id(run, out) == values_id(run, model)
    assert run("diff", model, out).exit_code == 0
    before = inspect_file(str(model), Wanted(optimizer=True)).optimizer or ()
    after = inspect_file(str(out), Wanted(optimizer=True)).optimizer or ()
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.read(), other.read())


def test_numpy_and_safetensors_read_what_was_written(run: Run, tmp_path: Path) -> None:
    expected = arrays_of(CNN)
    for end in ("npz", "safetensors"):
        assert run("export", CNN, "-o", tmp_path / f"out.{end}").exit_code == 0
    with np.load(tmp_path / "out.npz", allow_pickle=False) as found:
        assert_same_arrays(dict(found), expected)
    assert zipfile.ZipFile(tmp_path / "out.npz").testzip() is None
    assert_same_arrays(safetensors.numpy.load_file(tmp_path / "out.safetensors"), expected)


def test_names_and_the_optimizer_are_known_of_an_export(run: Run, tmp_path: Path) -> None:
    (ids,) = parse_documents(run("id", CNN, "--json").stdout)
    for end in ("npz", "safetensors"):
        out = tmp_path / f"out.{end}"
        run("export", CNN, "-o", out)
        assert parse_documents(run("id", out, "--json").stdout)[0]["names"] == ids["names"]
        found = inspect_file(str(out), Wanted(optimizer=True))
        paths = [one.info.path for one in found.optimizer or ()]
        assert "adam/dense/kernel/momentum" in paths
        assert len(paths) == 14


def test_without_the_optimizer_only_weights_are_written(run: Run, tmp_path: Path) -> None:
    for end in ENDS:
        out = tmp_path / f"out.{end}"
        assert run("export", CNN, "-o", out, "--no-optimizer").exit_code == 0
        assert len(inspect_file(str(out), Wanted(optimizer=True)).all_variables) == 10
        assert values_id(run, out) == values_id(run, CNN)
    with zipfile.ZipFile(tmp_path / "out.keras") as out_zip, zipfile.ZipFile(CNN) as before:
        assert out_zip.read("config.json") == before.read("config.json")
        with out_zip.open("model.weights.h5") as file, h5py.File(file) as weights:
            assert "optimizer" not in weights


def test_patterns_choose_and_renames_apply_to_leading_parts(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    renames = ("--rename", "conv2d=stem", "--rename", "dense/bias=b", "--rename", "other=x")
    result = run("export", CNN, "-o", out, "--filter", "conv2d*", "--filter", "dense", "--exclude", "adam/*", *renames)
    assert result.exit_code == 0
    with np.load(out) as found:
        assert sorted(found) == ["b", "conv2d_1/bias", "conv2d_1/kernel", "dense/kernel", "stem/bias", "stem/kernel"]
    assert "--rename other: no path is or begins with it" in result.stderr
    near = run("export", CNN, "-o", tmp_path / "b.npz", "--dry-run", "--rename", "conv2d_2=x")
    assert "--rename conv2d_2: no path is or begins with it; the nearest that would: conv2d_1" in near.stderr


def test_a_weights_file_without_some_weights_notes_how_keras_loads_it(run: Run, tmp_path: Path) -> None:
    said = "not all weights are written: load_weights takes only whole layers, with skip_mismatch=True"
    some = run("export", CNN, "-o", tmp_path / "some.weights.h5", "--filter", "dense", "--no-optimizer")
    assert said in some.stderr
    all_of_them = run("export", CNN, "-o", tmp_path / "all.weights.h5", "--no-optimizer")
    assert said not in all_of_them.stderr


@pytest.mark.parametrize(
    "renames",
    [["dense/bias=dense/kernel"], ["dense=conv2d"], ["dense/bias="], ["dense/bias=__metadata__"], ["dense/bias=a\0b"]],
)
def test_names_that_a_file_cannot_hold_are_refused(renames: list[str], run: Run, tmp_path: Path) -> None:
    arguments = [word for one in renames for word in ("--rename", one)]
    result = run("export", CNN, "-o", tmp_path / "out.safetensors", *arguments)
    assert_two_line_error(result, hinting="--rename")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments", [["--rename", "dense"], ["--rename", "=x"], ["--rename", "a=b", "--rename", "a=c"]]
)
def test_a_rename_that_is_none_is_refused(arguments: list[str], run: Run, tmp_path: Path) -> None:
    assert_two_line_error(run("export", CNN, "-o", tmp_path / "out.npz", *arguments), saying="--rename")


def test_places_cannot_be_renamed(run: Run, tmp_path: Path) -> None:
    result = run("export", CNN, "-o", tmp_path / "out.weights.h5", "--rename", "dense=x")
    assert_two_line_error(result, saying="not by name", hinting="-o OUT.safetensors")


@pytest.mark.parametrize("end", ["npz", "safetensors", "weights.h5"])
def test_a_cast_reports_what_it_loses_of_each_variable(end: str, small: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / f"out.{end}"
    result = run("export", small, "-o", out, "--dtype", "float16", "--json")
    assert result.exit_code == 1
    (document,) = parse_documents(result.stdout)
    Draft202012Validator(json_schema()).validate(document)
    kernel, counts = document["variables"]
    assert (kernel["dtype"], kernel["written_dtype"], counts["loss"]) == ("float32", "float16", None)
    assert (kernel["loss"]["overflow"], kernel["loss"]["underflow"]) == (1, 1)
    assert 0 < kernel["loss"]["largest_error"] < 2e-30
    found = list(arrays_of(out).values())
    np.testing.assert_array_equal(found[0], np.array([[1.0, np.inf], [0, -1.5]], np.float16))
    assert [one.dtype.name for one in found] == ["float16", "int32"]


@pytest.mark.parametrize("source", ["float16", "float32", "float64"])
@pytest.mark.parametrize("target", ["float16", "bfloat16", "float32", "float64"])
def test_a_cast_rounds_as_numpy_does(source: str, target: str, run: Run, tmp_path: Path) -> None:
    bits = np.random.default_rng(0).integers(0, 256, 4096, np.uint8)
    with np.errstate(all="ignore"):
        special = np.array([0.0, -0.0, 1.0, 3.0e38, np.nan, np.inf]).astype(source)
    values = np.concatenate([bits.view(source), special])
    np.savez(tmp_path / "in.npz", a=values)
    run("export", tmp_path / "in.npz", "-o", tmp_path / "out.safetensors", "--dtype", target)
    found = safetensors.numpy.load_file(tmp_path / "out.safetensors")["a"]
    with np.errstate(all="ignore"):
        expected = values.astype(ml_dtypes.bfloat16 if target == "bfloat16" else target)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found.astype(np.float64), expected.astype(np.float64))


def test_a_dry_run_lists_what_would_be_written_and_writes_nothing(small: Path, run: Run, tmp_path: Path) -> None:
    result = run("export", small, "-o", tmp_path / "out.npz", "--dtype", "float16", "--dry-run")
    assert result.exit_code == 1
    assert "nothing was written" in result.stdout
    assert "float32 → float16" in result.stdout
    assert [one.name for one in tmp_path.iterdir()] == [small.name]


@pytest.mark.parametrize(
    ("model", "out", "options", "saying", "hinting"),
    [
        ("bfloat16.keras", "out.npz", [], "cannot hold bfloat16", "--dtype float32"),
        ("bfloat16.keras", "out.npz", ["--dtype", "bfloat16"], "cannot hold bfloat16", "--dtype float32"),
        ("cnn_frozen_batchnorm.keras", "out.h5", [], "stands for no format", ".weights.h5"),
        ("cnn_frozen_batchnorm.keras", "out", [], "stands for no format", ".safetensors"),
        ("cnn_frozen_batchnorm.keras", "missing/out.npz", [], "no place", "in a folder that exists"),
        ("cnn_frozen_batchnorm.keras", "out.npz", ["--dtype", "int8"], "int8", "float16"),
        ("cnn_frozen_batchnorm.keras", "out.npz", ["--filter", "nothing"], "--filter", "weightscope inspect"),
        ("unbuilt.keras", "out.npz", ["--filter", "nothing"], "nothing to write", "name a model with weights"),
        ("cnn_frozen_batchnorm.keras", "out.keras", ["--exclude", "dense"], "does not load", "-o OUT.npz"),
        ("cnn_frozen_batchnorm.keras", "out.keras", ["--exclude", "adam/dense"], "does not load", "--no-optimizer"),
        ("cnn_checkpoint", "out.weights.h5", [], "not certain", "-o OUT.npz"),
        ("cnn_checkpoint", "out.keras", [], "no config", "-o OUT.npz"),
        ("missing.keras", "out.npz", [], "no such file", ""),
    ],
)
def test_what_cannot_be_written_is_refused(
    model: str, out: str, options: list[str], saying: str, hinting: str, run: Run, tmp_path: Path
) -> None:
    result = run("export", SAMPLES / model, "-o", tmp_path / out, *options)
    assert_two_line_error(result, saying=saying, hinting=hinting)
    assert not list(tmp_path.iterdir())


def test_complex_numbers_and_text_are_refused_where_there_is_no_place(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", a=np.ones(2, np.complex128), t=np.array(["x"]), b=np.ones(1))
    exported = run("export", tmp_path / "in.npz", "-o", tmp_path / "out.safetensors", "--exclude", "t")
    assert_two_line_error(exported, saying="cannot hold complex128", hinting="-o OUT.npz")
    assert_two_line_error(run("export", tmp_path / "in.npz", "-o", tmp_path / "o.npz"), hinting="--exclude t")
    assert run("export", tmp_path / "in.npz", "-o", tmp_path / "o.npz", "--exclude", "t").exit_code == 0
    assert_same_arrays(arrays_of(tmp_path / "o.npz"), {"a": np.ones(2, np.complex128), "b": np.ones(1)})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copy(CNN, "model.keras")
    shutil.copytree(SAMPLES / "cnn_checkpoint", "checkpoint")
    return tmp_path


@pytest.mark.parametrize("link", [None, "symlink_to", "hardlink_to"])
def test_the_model_is_never_replaced_under_any_name(link: str | None, folder: Path, run: Run) -> None:
    before = Path("model.keras").read_bytes()
    out = "model.keras"
    if link is not None:
        out = "link.keras"
        getattr(Path(out), link)("model.keras")
    result = run("export", "model.keras", "-o", out, "--force", "--no-optimizer")
    assert_two_line_error(result, saying="the model itself")
    assert Path("model.keras").read_bytes() == before


def test_a_part_of_the_model_is_never_replaced(folder: Path, run: Run) -> None:
    part = next(one for one in Path("checkpoint").iterdir() if "data" in one.name)
    Path("out.npz").symlink_to(part)
    assert_two_line_error(run("export", "checkpoint", "-o", "out.npz", "--force"), saying="a part of it")


def test_another_file_is_replaced_with_force_only_and_keeps_its_mode(folder: Path, run: Run) -> None:
    Path("out.npz").write_text("old")
    Path("out.npz").chmod(0o640)
    assert_two_line_error(run("export", "model.keras", "-o", "out.npz"), hinting="--force")
    assert Path("out.npz").read_text() == "old"
    assert run("export", "model.keras", "-o", "out.npz", "--force").exit_code == 0
    assert len(np.load("out.npz")) == 24
    assert Path("out.npz").stat().st_mode & 0o777 == 0o640


def test_the_same_model_gives_the_same_bytes(folder: Path, run: Run) -> None:
    for end in ENDS:
        for name in ("a", "b"):
            assert run("export", "model.keras", "-o", f"{name}.{end}").exit_code == 0
        assert Path(f"a.{end}").read_bytes() == Path(f"b.{end}").read_bytes()


def test_shards_and_the_unzipped_folder_are_exported(folder: Path, run: Run) -> None:
    with zipfile.ZipFile("model.keras") as archive:
        archive.extractall("unzipped")
    Path("unzipped/assets").mkdir()
    Path("unzipped/assets/words.txt").write_text("a\nb")
    assert run("export", "unzipped", "-o", "out.keras").exit_code == 0
    with zipfile.ZipFile("out.keras") as archive:
        assert sorted(archive.namelist()) == ["assets/words.txt", "config.json", "metadata.json", "model.weights.h5"]
        assert archive.read("assets/words.txt") == b"a\nb"
    assert values_id(run, Path("out.keras")) == values_id(run, Path("model.keras"))


@pytest.mark.parametrize("end", ENDS)
def test_a_full_disk_leaves_the_old_file(end: str, folder: Path) -> None:
    out = Path(f"out.{end}")
    out.write_text("old")
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000));"
        "from weightscope.__main__ import main; main()"
    )
    command = [sys.executable, "-c", program, "export", "model.keras", "-o", str(out), "--force"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.startswith(f"error: {out}: cannot be written: File too large\nhint: ")
    assert out.read_text() == "old"
    assert sorted(one.name for one in Path().iterdir()) == sorted(["checkpoint", "model.keras", out.name])
