"""Reads files in a process that has nothing of the tests in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

_PROJECT = Path(__file__).parents[3]


class ReadApart(Protocol):
    """Reads and checks a model as `bounded` does; returns what became of it."""

    def __call__(self, path: Path | str) -> dict[str, Any]: ...


@pytest.fixture(scope="session")
def read_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadApart]:
    errors = tmp_path_factory.mktemp("apart") / "stderr"
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.source.file.bounded"],
            # one thread: a process with more is not forked
            env={"PYTHONPATH": str(_PROJECT), "PATH": "", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        ask, answers = process.stdin, process.stdout

        def read(path: Path | str) -> dict[str, Any]:
            ask.write(f"{path}\n")
            ask.flush()
            answer = answers.readline()
            assert errors.read_text() == ""
            outcome: dict[str, Any] = json.loads(answer)
            assert "traceback" not in outcome, outcome["traceback"]
            assert outcome["foreign"] == []
            assert outcome["mebibytes"] < 200
            return outcome

        yield read
