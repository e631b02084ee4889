"""Files from strangers: each attack ends in an error or changes nothing, soon and within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.source.file import hostile

_PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    hostile.make_all(folder)
    return folder


def outcome_of(path: Path) -> dict[str, Any]:
    """Reads the file in a process of its own, whose working folder is the file's."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.source.file.bounded", str(path)],
        cwd=path.parent,
        env={"PYTHONPATH": str(_PROJECT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    outcome: dict[str, Any] = json.loads(run.stdout)
    assert "traceback" not in outcome, outcome["traceback"]
    assert outcome["foreign"] == []
    assert outcome["seconds"] < 60  # a loop without end, not a slow machine
    assert outcome["mebibytes"] < 200
    return outcome


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_an_attack_is_refused_in_one_line(name: str, files: Path) -> None:
    before = sorted(path.name for path in files.iterdir())
    outcome = outcome_of(files / name)
    assert "variables" not in outcome
    assert outcome["error"]
    assert outcome["hint"]
    assert (outcome["error"] + outcome["hint"]).isprintable()
    assert sorted(path.name for path in files.iterdir()) == before


@pytest.mark.parametrize("name", hostile.LISTED)
def test_an_attack_that_needs_to_be_loaded_only_lists(name: str, files: Path) -> None:
    before = sorted(path.name for path in files.iterdir())
    outcome = outcome_of(files / name)
    assert outcome.get("variables") == 2
    assert sorted(path.name for path in files.iterdir()) == before


def test_bytecode_is_told_and_not_run(files: Path) -> None:
    assert "lambda-bytecode" in outcome_of(files / "lambda.keras")["notes"]


def test_a_class_that_is_none_of_keras_is_told(files: Path) -> None:
    outcome = outcome_of(files / "names_a_function.keras")
    assert outcome["custom_objects"] == ["system"]


def test_names_are_handed_on_as_they_are(files: Path) -> None:
    (kernel, _) = outcome_of(files / "escapes.keras")["paths"]
    assert kernel.endswith("\x1b[31mred\x1b[0m\n\u202etxt.\x07[bold]/kernel")


def test_the_last_config_counts(files: Path) -> None:
    outcome = outcome_of(files / "repeated_config.keras")
    assert outcome["paths"][0] == "other/kernel"
    assert "repeated-member" in outcome["notes"]
