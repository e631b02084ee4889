"""A result that is taller than the terminal goes through the pager, everything else does not."""

from __future__ import annotations

import os
import pty
import select
import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.cli.terminal import WEIGHTSCOPE, run_in_pipe, run_in_terminal, without_colours
from tests.conftest import HANG, SAMPLES, clean_environment

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"  # 29 lines, of a terminal's 24
SICK = SAMPLES / "nan_weights.keras"  # fewer than 24


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The file that the pager of these tests writes what it gets to."""
    return tmp_path / "pages"


def pager(pages: Path) -> dict[str, str]:
    return {"PAGER": f"tee '{pages}'"}


@pytest.mark.parametrize("options", [(), ("--json",), ("--format", "markdown", "--stats")])
def test_what_is_taller_than_the_terminal_goes_through_the_pager(options: tuple[str, ...], pages: Path) -> None:
    plain = run_in_terminal("inspect", CNN, CNN, "--no-pager", *options, width=200)
    paged = run_in_terminal("inspect", CNN, CNN, *options, width=200, environment=pager(pages))
    assert (paged.code, paged.stdout) == (0, plain.stdout)
    assert pages.read_text("utf-8") == plain.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("schema",),
        ("export", CNN, "-o", "new.npz", "--dry-run"),
        pytest.param(("id", *[CNN] * 6), marks=pytest.mark.slow),
        pytest.param(("check", "--rules"), marks=pytest.mark.slow),
        pytest.param(("lock", CNN, SICK, SAMPLES / "legacy.h5"), marks=pytest.mark.slow),
        pytest.param(("diff", CNN, SAMPLES / "legacy.h5", "--optimizer"), marks=pytest.mark.slow),
        pytest.param(("show", CNN, "conv2d/kernel"), marks=pytest.mark.slow),
        pytest.param(("scan", SAMPLES), marks=pytest.mark.slow),
        pytest.param(("trend", SAMPLES / "training", "--format", "jsonl"), marks=pytest.mark.slow),
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_command_has_the_pager(
    arguments: tuple[str, ...], pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_in_terminal(*arguments, width=200, environment=pager(pages))
    assert pages.exists()


def test_what_fits_the_terminal_does_not(pages: Path) -> None:
    result = run_in_terminal("inspect", SICK, "--only", "all", width=200, environment=pager(pages))
    assert "scores/kernel" in without_colours(result.stdout)
    assert not pages.exists()


@pytest.mark.parametrize(
    "environment", [{"PAGER": "cat"}, {"PAGER": ""}, {"PAGER": "no-such-program -x"}, {"TERM": "dumb"}], ids=str
)
def test_without_a_pager_all_is_printed(environment: dict[str, str], pages: Path) -> None:
    result = run_in_terminal("inspect", CNN, width=200, environment={**pager(pages), **environment})
    assert "Non-trainable" in result.stdout
    assert (result.code, result.stderr, pages.exists()) == (0, "", False)


def test_a_pipe_and_a_file_are_not_paged(pages: Path, tmp_path: Path) -> None:
    assert "Non-trainable" in run_in_pipe("inspect", CNN, CNN, PAGER=pager(pages)["PAGER"]).stdout
    run_in_terminal("inspect", CNN, CNN, "-o", tmp_path / "x.txt", environment=pager(pages))
    assert not pages.exists()


def test_what_is_said_while_the_pager_runs_is_on_its_pages(pages: Path) -> None:
    result = run_in_terminal("inspect", CNN, CNN, "missing.keras", width=200, environment=pager(pages))
    assert result.code == 2
    assert "error: missing.keras: no such file or folder" in pages.read_text("utf-8")
    assert result.stderr == ""


def test_leaving_the_pager_early_ends_the_program_silently() -> None:
    result = run_in_terminal("inspect", *[CNN] * 30, width=200, environment={"PAGER": "head -n 1"})
    assert (result.code, result.stderr) == (0, "")
    assert without_colours(result.stdout).startswith(str(CNN))
    assert len(result.stdout.splitlines()) == 1


def test_the_exit_code_is_that_of_the_command(pages: Path) -> None:
    assert run_in_terminal("check", *[SICK] * 3, environment=pager(pages)).code == 1
    assert pages.exists()


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_less_is_left_with_a_key_and_nothing_hangs() -> None:
    child, terminal = pty.fork()
    if child == 0:
        environment = clean_environment(TERM="xterm", LINES="24", COLUMNS="100")
        environment.pop("PAGER", None)
        environment.pop("LESS", None)
        os.execve(sys.executable, [*WEIGHTSCOPE, "inspect", str(CNN), "--json"], environment)
    shown, deadline, keys = b"", time.monotonic() + HANG, [b"q"]
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
        elif b"weightscope.inspection" in shown and keys:
            os.write(terminal, keys.pop())
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert keys == []
    assert b"conv2d/kernel" not in shown  # far below the first screen
