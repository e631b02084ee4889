"""Checkpoints that TensorFlow wrote: names, shapes, dtypes and values are those that TensorFlow reads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Run, assert_two_line_error
from tests.source.file.checkpoint import made
from tests.source.file.checkpoint.table import entry, header, table
from weightscope.errors import FileError, NoValuesError
from weightscope.inspection import Inspection, Variable
from weightscope.source.file import inspect_file
from weightscope.source.live.framework import tensorflow
from weightscope.source.wanted import Wanted

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_IN_THE_CORPUS = {
    "tf1_checkpoint": "model",
    "tf1_savedmodel": "variables/variables",
    "tf26_keras_savedmodel": "variables/variables",
    "tf2_savedmodel_int64": "variables/variables",
    "tf2_savedmodel_snappy_index": "variables/variables",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The prefix of each checkpoint."""
    return {name: write(tmp_path_factory.mktemp(name)) for name, write in made.WRITERS.items()}


@pytest.fixture(scope="module")
def kernel_of_three_mib(tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = np.random.default_rng(0).normal(size=(1024, 768)).astype(np.float32)
    checkpoint = tensorflow.train.Checkpoint(kernel=tensorflow.Variable(values))
    return Path(checkpoint.write(str(tmp_path_factory.mktemp("large") / "large")))


def listed(inspection: Inspection) -> dict[str, Variable]:
    """Returns all variables by the key that they are stored under."""
    variables = (*inspection.variables, *(inspection.optimizer or ()))
    return {variable.info.stored_at or "": variable for variable in variables}


def assert_as_tensorflow_reads(prefix: Path) -> None:
    reader = tensorflow.train.load_checkpoint(str(prefix))
    shapes = dict(tensorflow.train.list_variables(str(prefix)))
    dtypes = reader.get_variable_to_dtype_map()
    found = listed(inspect_file(str(prefix), Wanted(optimizer=True)))
    assert found.keys() == shapes.keys() - {_GRAPH}
    for key, variable in found.items():
        assert variable.info.shape == tuple(shapes[key]), key
        dtype = dtypes[key]
        assert variable.info.dtype == dtype.name, key
        if dtype == tensorflow.string:
            with pytest.raises(NoValuesError):
                variable.read()
            continue
        expected = reader.get_tensor(key)
        values = variable.read()
        if dtype == tensorflow.bfloat16:
            expected = expected.astype(np.float32)
        assert values.dtype == expected.dtype, key
        assert values.tobytes() == expected.tobytes(), key


@pytest.mark.parametrize("name", made.WRITERS)
def test_keys_shapes_dtypes_and_values_are_those_that_tensorflow_reads(name: str, written: dict[str, Path]) -> None:
    assert_as_tensorflow_reads(written[name])


@pytest.mark.parametrize("name", _IN_THE_CORPUS)
def test_so_are_those_of_real_files(name: str, corpus: Path) -> None:
    assert_as_tensorflow_reads(corpus / name / _IN_THE_CORPUS[name])


@pytest.fixture(scope="module")
def with_values(written: dict[str, Path]) -> dict[str, list[Variable]]:
    """The variables of each checkpoint that have values: to list them anew for each example takes 20 seconds."""
    inspections = {name: inspect_file(str(path)) for name, path in written.items()}
    return {name: [one for one in listed(whole).values() if one.has_values] for name, whole in inspections.items()}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_part_of_a_variable_is_that_part_of_the_whole(
    data: st.DataObject, with_values: dict[str, list[Variable]]
) -> None:
    variable = data.draw(st.sampled_from(with_values[data.draw(st.sampled_from(sorted(made.WRITERS)))]))
    starts = [data.draw(st.integers(0, size)) for size in variable.info.shape]
    selection = tuple(
        slice(start, data.draw(st.integers(start, size)))
        for start, size in zip(starts, variable.info.shape, strict=True)
    )
    part = variable.read(selection)
    whole = variable.read()
    assert part.dtype == whole.dtype
    np.testing.assert_array_equal(part, whole[selection])


def test_whatever_is_typed_for_a_checkpoint_it_is_found(written: dict[str, Path]) -> None:
    prefix = written["tf1"]
    ways = [
        prefix,
        f"{prefix}.index",
        f"{prefix}.data-00000-of-00001",
        f"{prefix}.meta",
        prefix.parent,
        prefix.parent / "checkpoint",
    ]
    found = {tuple(variable.info for variable in inspect_file(str(way)).variables) for way in ways}
    assert len(found) == 1
    assert len(found.pop()) == 5


def test_of_a_folder_of_several_the_latest_is_read_and_named(written: dict[str, Path]) -> None:
    folder = written["managed"].parent
    inspection = inspect_file(str(folder))
    (note,) = inspection.notes
    assert note.message == "ckpt-3 is read, the latest of the 2 checkpoints in the folder"
    assert listed(inspection)["net/scalar/.ATTRIBUTES/VARIABLE_VALUE"].read() == 3.0


def test_where_none_is_the_latest_the_folder_is_refused(written: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    shutil.copytree(written["managed"].parent, folder)
    (folder / "checkpoint").unlink()
    with pytest.raises(FileError, match=r"2 checkpoints: ckpt-2, ckpt-3") as caught:
        inspect_file(str(folder))
    assert caught.value.hint == f"weightscope inspect {folder / 'ckpt-3'}"


def test_a_state_that_leads_elsewhere_is_not_followed(written: dict[str, Path], tmp_path: Path) -> None:
    for name in ("../tf1/names", "/etc/passwd", "..", ".", ""):
        folder = tmp_path / "stranger"
        shutil.copytree(written["tf1"].parent, folder)
        (folder / "checkpoint").write_text(f'model_checkpoint_path: "{name}"\n')
        inspection = inspect_file(str(folder))
        assert inspection.source.location == str(folder)
        assert len(inspection.variables) == 5, "the only checkpoint of the folder"
        shutil.rmtree(folder)


def test_a_missing_shard_is_named_and_the_rest_is_read(written: dict[str, Path], tmp_path: Path, run: Run) -> None:
    prefix = tmp_path / written["sharded"].name
    for file in written["sharded"].parent.iterdir():
        shutil.copy(file, tmp_path)
    (gone,) = tmp_path.glob("*.data-00001-of-*")
    gone.unlink()
    inspection = inspect_file(str(prefix), Wanted(optimizer=True))
    assert [note.code for note in inspection.notes] == ["missing-shard"]
    assert gone.name in inspection.notes[0].message
    there = {variable.info.path for variable in listed(inspection).values() if variable.has_values}
    assert there
    assert there != {variable.info.path for variable in listed(inspection).values()}
    for variable in listed(inspection).values():
        if not variable.has_values:
            with pytest.raises(NoValuesError, match=gone.name):
                variable.read()
    away = next(one.info.path for one in inspection.variables if not one.has_values)
    assert run("inspect", prefix, "--stats", "--json").exit_code == 0
    assert_two_line_error(run("show", prefix, away), saying=gone.name)


def linked_to(shard: Path, index: Path, folder: Path) -> Path:
    """Makes a checkpoint of links, as caches of models do; returns its prefix."""
    folder.mkdir()
    (folder / index.name).symlink_to(index)
    (folder / f"{index.stem}.data-00000-of-00001").symlink_to(shard)
    return folder / index.stem


def test_a_shard_that_is_a_link_is_followed_and_noted(written: dict[str, Path], tmp_path: Path, run: Run) -> None:
    prefix = written["keras"]
    shard = prefix.with_name(f"{prefix.name}.data-00000-of-00001")
    linked = linked_to(shard, prefix.with_name(f"{prefix.name}.index"), tmp_path / "snapshot")
    (note,) = inspect_file(str(linked)).notes
    assert (note.code, note.level) == ("linked-shard", "note")
    assert shard.name in note.message
    before, after = (json.loads(run("inspect", one, "--json").stdout) for one in (prefix, linked))
    assert before["variables"] == after["variables"]


def test_nothing_of_a_file_that_a_link_leads_to_is_shown_unverified(tmp_path: Path, run: Run) -> None:
    other, index = tmp_path / "other", tmp_path / "large.index"
    other.write_bytes(np.full(1 << 20, 12345.5, np.float32).tobytes())
    index.write_bytes(table({b"": header(), b"kernel": entry(1, (1 << 20,), 0, 4 << 20)}))
    linked = linked_to(other, index, tmp_path / "stranger")
    for command in ("inspect", "check"):
        assert_two_line_error(run(command, linked), saying="checksum")
    listed_only = run("inspect", linked, "--preview", 0)
    assert listed_only.exit_code == 0
    assert "kernel" in listed_only.stdout
    assert "12345" not in listed_only.stdout


def test_a_shard_that_was_replaced_is_not_read_on(written: dict[str, Path], tmp_path: Path) -> None:
    for file in written["keras"].parent.iterdir():
        shutil.copy(file, tmp_path)
    prefix = tmp_path / written["keras"].name
    variables = inspect_file(str(prefix)).variables
    shard = prefix.with_name(f"{prefix.name}.data-00000-of-00001")
    (tmp_path / "new").write_bytes(shard.read_bytes())
    (tmp_path / "new").replace(shard)
    with pytest.raises(FileError, match="changed"):
        variables[0].read()


def test_text_is_listed_and_not_decoded(written: dict[str, Path], run: Run) -> None:
    prefix = written["kinds"]
    assert "text" in run("inspect", prefix).stdout
    assert run("check", prefix).exit_code == 0
    result = run("diff", prefix, prefix)
    assert result.exit_code == 0
    assert "text is of dtype string: it is not compared" in result.stderr
    assert_two_line_error(run("show", prefix, "text"), saying="string")


def test_variants_are_listed_and_not_decoded(tmp_path: Path) -> None:
    variant = 21
    index = table({b"": header(), b"queue": entry(variant, (2,), 0, 48)})
    (tmp_path / "odd.index").write_bytes(index)
    (tmp_path / "odd.data-00000-of-00001").write_bytes(bytes(48))
    (only,) = inspect_file(str(tmp_path / "odd")).variables
    assert (only.info.path, only.info.shape, only.info.dtype, only.info.bytes) == ("queue", (2,), "variant", 0)
    with pytest.raises(NoValuesError, match="variant"):
        only.read()


def test_damaged_values_are_told_when_they_are_read(written: dict[str, Path], tmp_path: Path) -> None:
    for file in written["keras"].parent.iterdir():
        shutil.copy(file, tmp_path)
    prefix = tmp_path / written["keras"].name
    (data,) = tmp_path.glob("*.data-*")
    kernel = next(one for one in inspect_file(str(prefix)).variables if one.info.path == "hidden/kernel")
    whole = bytearray(data.read_bytes())
    at = whole.index(kernel.read().tobytes())
    whole[at + 7] ^= 1
    data.write_bytes(whole)
    damaged = {one.info.path: one for one in inspect_file(str(prefix)).variables}
    with pytest.raises(FileError, match="checksum"):
        damaged["hidden/kernel"].read()
    assert damaged["head/kernel"].read().shape == (3, 2)


def test_damaged_values_of_a_large_variable_are_told_when_they_are_scanned(kernel_of_three_mib: Path, run: Run) -> None:
    prefix = kernel_of_three_mib
    data = prefix.with_name(f"{prefix.name}.data-00000-of-00001")
    sound = data.read_bytes()
    assert run("check", prefix).exit_code == 0
    try:
        data.write_bytes(sound[:2_000_000] + bytes([sound[2_000_000] ^ 64]) + sound[2_000_001:])
        assert run("inspect", prefix).exit_code == 0, "a glimpse is not worth reading all of it"
        assert_two_line_error(run("inspect", prefix, "--stats"), saying="checksum")
        assert_two_line_error(run("check", prefix), saying="checksum")
    finally:
        data.write_bytes(sound)


def test_statistics_are_those_of_numpy(written: dict[str, Path], run: Run) -> None:
    document: dict[str, Any] = json.loads(run("inspect", written["sharded"], "--stats", "--json").stdout)
    reader = tensorflow.train.load_checkpoint(str(written["sharded"]))
    for variable in document["variables"]:
        values = reader.get_tensor(variable["stored_at"]).astype(np.float64)
        assert variable["statistics"]["mean"] == pytest.approx(values.mean())
        assert variable["statistics"]["l2_norm"] == pytest.approx(np.linalg.norm(values))
