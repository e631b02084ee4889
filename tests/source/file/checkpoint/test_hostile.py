"""Checkpoints and SavedModels from strangers: refused in one line or listed, soon and within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.source.file.checkpoint import hostile
from tests.source.file.conftest import ReadApart


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_a_hostile_checkpoint_is_refused(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    hostile.REFUSED[name]()(tmp_path / name)
    outcome = read_apart(tmp_path / name)
    assert (outcome["error"] + outcome["hint"]).isprintable()


@pytest.mark.parametrize("name", hostile.LISTED)
def test_a_strange_checkpoint_lists(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    hostile.LISTED[name]()(tmp_path / name)
    outcome = read_apart(tmp_path / name)
    assert outcome["variables"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.LARGE)
def test_an_index_of_as_many_tensors_as_there_may_be_lists_within_bounds(
    name: str, tmp_path: Path, read_apart: ReadApart
) -> None:
    count, write = hostile.LARGE[name]
    write(tmp_path / name)
    outcome = read_apart(tmp_path / name)
    assert len(outcome["paths"]) == count
    assert outcome["mebibytes"] < (150 if name == "names" else 200)


@pytest.mark.parametrize("name", ["state_of_elsewhere", "state_of_blank_lines"])
def test_a_strange_state_of_a_folder_is_passed_over(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    hostile.LISTED[name]()(tmp_path / name)
    assert read_apart(tmp_path)["variables"] == 1


@pytest.mark.parametrize("name", hostile.REFUSED_MODELS)
def test_a_hostile_saved_model_is_refused(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    hostile.write_saved_model(tmp_path / name, hostile.REFUSED_MODELS[name]())
    outcome = read_apart(tmp_path / name)
    assert (outcome["error"] + outcome["hint"]).isprintable()


@pytest.mark.parametrize("name", hostile.LISTED_MODELS)
def test_a_strange_saved_model_lists(name: str, tmp_path: Path, run: Run, read_apart: ReadApart) -> None:
    hostile.write_saved_model(tmp_path / name, hostile.LISTED_MODELS[name]())
    assert len(read_apart(tmp_path / name)["paths"]) == 1
    shown = run("inspect", tmp_path / name)
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout + shown.stderr
