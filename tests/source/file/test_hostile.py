"""Files from strangers: each attack ends in an error or changes nothing, soon and within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.file import hostile
from tests.source.file.conftest import ReadApart


def made(name: str, folder: Path) -> Path:
    """Writes the file of an attack into an empty folder; returns where it is."""
    (hostile.REFUSED | hostile.LISTED)[name](folder / name)
    return folder / name


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_an_attack_is_refused_in_one_line(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    outcome = read_apart(made(name, tmp_path))
    assert "variables" not in outcome
    assert outcome["error"]
    assert outcome["hint"]
    assert (outcome["error"] + outcome["hint"]).isprintable()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", hostile.LISTED)
def test_an_attack_that_needs_to_be_loaded_only_lists(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    outcome = read_apart(made(name, tmp_path))
    assert outcome.get("variables") == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_bytecode_is_told_and_not_run(tmp_path: Path, read_apart: ReadApart) -> None:
    assert "lambda-bytecode" in read_apart(made("lambda.keras", tmp_path))["notes"]


def test_a_class_that_is_none_of_keras_is_told(tmp_path: Path, read_apart: ReadApart) -> None:
    outcome = read_apart(made("names_a_function.keras", tmp_path))
    assert outcome["custom_objects"] == ["system"]


def test_names_are_handed_on_as_they_are(tmp_path: Path, read_apart: ReadApart) -> None:
    (kernel, _) = read_apart(made("escapes.keras", tmp_path))["paths"]
    assert kernel.endswith("\x1b[31mred\x1b[0m\n\u202etxt.\x07[bold]/kernel")


def test_the_last_config_counts(tmp_path: Path, read_apart: ReadApart) -> None:
    outcome = read_apart(made("repeated_config.keras", tmp_path))
    assert outcome["paths"][0] == "other/kernel"
    assert "repeated-member" in outcome["notes"]
