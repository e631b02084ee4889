"""What every test may ask for: the sample models, and a way to run the program as a user does."""

from __future__ import annotations

import gc
import inspect
import json
import os
import signal
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from weightscope.cli.main import program
from weightscope.keras_facts.constructors import KERAS_VERSION
from weightscope.source import waiting

# a busy machine is no failure; `make check` tries more examples of each property
BUSY: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=40, **BUSY)
settings.register_profile("thorough", max_examples=200, **BUSY)
settings.load_profile(os.environ.get("WEIGHTSCOPE_PROPERTIES", "quick"))

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_models"
DENOISER = SAMPLES / "denoiser.py"

#: Seconds after which a process is taken to hang: far more than any takes on the slowest machine.
HANG = 900


#: Whether the installed Keras is older than the one that wrote the sample models.
IS_OLD_KERAS = tuple(map(int, version("keras").split(".")[:3])) < tuple(map(int, KERAS_VERSION.split(".")))

#: Marks tests that load a sample model, or compare facts of the newest Keras with the installed one.
of_the_present_keras = pytest.mark.skipif(
    IS_OLD_KERAS,
    reason=f"needs Keras {KERAS_VERSION}, which wrote the sample models and has the facts that are compared",
)


class Run(Protocol):
    """Runs `weightscope` with these arguments in this process; stdout and stderr are kept apart."""

    def __call__(self, *arguments: str | Path | int, stdin: str | None = None) -> Result: ...


#: Before 8.2, click mixed the streams unless it was asked not to.
APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


@pytest.fixture(scope="session")
def run() -> Run:
    def run_program(*arguments: str | Path | int, stdin: str | None = None) -> Result:
        return CliRunner(**APART).invoke(program, [str(one) for one in arguments], input=stdin, prog_name="weightscope")

    return run_program


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the colours and the width of whoever runs the tests out of them."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def a_busy_machine_prints_no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the note on a module that takes long to import out of errors of two lines."""
    monkeypatch.setattr(waiting, "PATIENCE", HANG)


def parse_documents(text: str) -> list[dict[str, Any]]:
    """Parses JSON documents that stand one after the other, strictly: NaN and Infinity are refused, as jq does."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    decoder = json.JSONDecoder(parse_constant=refuse)
    found, rest = [], text.lstrip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].lstrip()
    return found


def assert_two_line_error(result: Result, *, code: int = 2, saying: str = "", hinting: str = "") -> None:
    """Checks the error of the contract: two lines on stderr, nothing on stdout, the exit code."""
    lines = result.stderr.splitlines()
    assert result.exit_code == code, result.stderr
    assert result.stdout == ""
    assert len(lines) == 2, result.stderr
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("hint: ")
    assert len(lines[1]) > len("hint: ")
    assert saying in lines[0]
    assert hinting in lines[1]


def clean_environment(**changes: str) -> dict[str, str]:
    """Returns an environment for a process of its own, without the variables that change what is printed."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**kept, **changes}


def pytest_configure() -> None:
    """Lets SIGHUP end what tests start, below `nohup` too: a signal that is ignored is inherited, a handler is not."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)


def pytest_collection(session: pytest.Session) -> None:
    """Looks for no garbage while tests are imported: what importing makes stays."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leaves what was imported out of the search for garbage, which Keras asks for whenever it quantizes a layer."""
    gc.freeze()
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the files under tests/golden anew")
