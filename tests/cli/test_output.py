"""What is written where: terminals, pipes, files, colours, encodings."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.terminal import WEIGHTSCOPE, run_in_pipe, run_in_terminal, without_colours
from tests.conftest import HANG, SAMPLES, Run, assert_two_line_error, clean_environment, of_the_present_keras

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_a_table_fits_the_terminal_and_shows_whole_paths(width: int) -> None:
    result = run_in_terminal("inspect", "text_bidirectional_lstm.keras", width=width, cwd=SAMPLES)
    text = without_colours(result.stdout)
    assert result.code == 0
    assert max(map(cell_len, text.splitlines())) <= width
    first_column = "".join(line.strip().split("  ")[0] for line in text.splitlines())
    assert "reader/backward_lstm/lstm_cell/recurrent_kernel" in "".join(first_column.split())


def test_a_terminal_shows_colours_and_a_pipe_does_not() -> None:
    in_terminal = run_in_terminal("inspect", CNN, width=200)
    in_pipe = run_in_pipe("inspect", CNN)
    assert "\x1b[" in in_terminal.stdout
    assert "\x1b" not in in_pipe.stdout
    assert without_colours(in_terminal.stdout).startswith(in_pipe.stdout)


@pytest.mark.parametrize(
    ("options", "environment", "has_colours"),
    [
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--json"], {}, False),
    ],
)
def test_colours_in_a_terminal_can_be_turned_off(
    options: list[str], environment: dict[str, str], has_colours: bool
) -> None:
    result = run_in_terminal("inspect", CNN, *options, environment=environment)
    assert ("\x1b[" in result.stdout) is has_colours


@pytest.mark.parametrize(
    ("options", "environment", "has_colours"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": ""}, False),
        (["--color", "always"], {}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_in_a_pipe_can_be_turned_on(
    options: list[str], environment: dict[str, str], has_colours: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("inspect", CNN, *options).stdout) is has_colours


def test_a_pipe_does_not_fold(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for format_name in ("table", "json", "csv", "markdown"):
        text = run("inspect", SAMPLES / "text_bidirectional_lstm.keras", "--format", format_name).stdout
        assert "reader/backward_lstm/lstm_cell/recurrent_kernel" in text


def test_a_file_gets_what_a_pipe_gets(run: Run, tmp_path: Path) -> None:
    for format_name in ("table", "json", "jsonl", "csv", "markdown"):
        there = tmp_path / format_name
        assert run("inspect", CNN, "--format", format_name, "-o", there).stdout == ""
        assert there.read_text(encoding="utf-8") == run("inspect", CNN, "--format", format_name).stdout


@of_the_present_keras
@pytest.mark.parametrize(
    "arguments",
    [
        ["schema"],
        ["inspect", str(CNN), "--json", "--preview", "1000"],
        pytest.param(["inspect", str(CNN), "--live", "--json", "--preview", "1000"], marks=pytest.mark.slow),
    ],
)
def test_a_closed_pipe_ends_the_program_silently(arguments: list[str]) -> None:
    process = subprocess.Popen(
        [*WEIGHTSCOPE, *arguments], env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()  # nobody reads: the first write fails
    stderr = process.stderr.read()
    process.stderr.close()
    assert (process.wait(HANG), stderr) == (0, "")


def test_head_sees_one_line_and_nobody_complains() -> None:
    models = " ".join([str(CNN)] * 40)
    line = f"{' '.join(WEIGHTSCOPE)} inspect {models} --json --preview 1000 | head -1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", line], env=clean_environment(), capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("{\n0\n", "")


@pytest.mark.parametrize(
    ("arguments", "closed"),
    [
        pytest.param("layer CustomDense --input-shape 1,4 --json", "0<&- 2>&-", marks=pytest.mark.slow),
        (f"inspect {CNN} --json", "0<&- 2>&-"),
        (f"inspect {CNN} --json", "2>&-"),
        (f"inspect {CNN} --json", "<&-"),
    ],
)
def test_a_stream_that_was_closed_before_the_start_is_missed_by_nobody(arguments: str, closed: str) -> None:
    line = f"{' '.join(WEIGHTSCOPE)} {arguments} {closed}"
    result = subprocess.run(["bash", "-c", line], env=clean_environment(), capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)["variables"]


def test_a_result_for_a_closed_stdout_is_an_error() -> None:
    line = f"{' '.join(WEIGHTSCOPE)} inspect {CNN} --json >&-"
    result = subprocess.run(["bash", "-c", line], env=clean_environment(), capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.splitlines()[0]) == (
        2,
        "error: stdout: cannot be written: Bad file descriptor",
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_encoding_without_the_letters_changes_how_they_are_written_and_not_what_is_said(
    encoding: str, tmp_path: Path
) -> None:
    there = tmp_path / "modèle.keras"
    there.write_bytes(CNN.read_bytes())
    document = run_in_pipe("inspect", there.name, "--json", cwd=tmp_path, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert json.loads(document.stdout)["source"]["location"] == "modèle.keras"
    table = run_in_pipe("inspect", there.name, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert table.code == 0
    assert table.stdout.isascii()
    assert re.search("^-{20,}$", table.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("end", "format_name"),
    [("json", "json"), ("jsonl", "jsonl"), ("csv", "csv"), ("md", "markdown"), ("txt", "table"), ("CSV", "csv")],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", CNN],
        ["check", CNN],
        ["diff", CNN, CNN],
        ["layer", "CustomDense", "--input-shape", "1,4"],
        ["layers"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_end_of_the_file_chooses_the_format(
    arguments: list[str], end: str, format_name: str, run: Run, tmp_path: Path
) -> None:
    run(*arguments, "-o", tmp_path / f"x.{end}")
    assert (tmp_path / f"x.{end}").read_text("utf-8") == run(*arguments, "--format", format_name).stdout


def test_a_format_that_is_named_wins_over_the_end(run: Run, tmp_path: Path) -> None:
    run("inspect", CNN, "--format", "markdown", "-o", tmp_path / "x.csv")
    run("show", CNN, "conv2d/bias", "--json", "-o", tmp_path / "x.npy")
    assert (tmp_path / "x.csv").read_text("utf-8") == run("inspect", CNN, "--format", "markdown").stdout
    assert json.loads((tmp_path / "x.npy").read_text("utf-8"))["path"] == "conv2d/bias"


@pytest.mark.parametrize("name", ["x.xml", "x", "x.csv.gz", "x.pdf", "csv"])
def test_an_end_that_says_no_format_is_refused_with_those_that_do(name: str, run: Run, tmp_path: Path) -> None:
    text = ".json, .jsonl, .csv, .md, .txt"
    commands: list[tuple[list[str | Path], str]] = [
        (["inspect", CNN], f"{text}, .png, .svg, or add --format"),
        (["check", CNN], f"{text}, .sarif, or add --format"),
        (["show", CNN, "conv2d/bias"], f"{text}, .npy, .png, .svg, or add --format"),
    ]
    for arguments, ends in commands:
        assert_two_line_error(run(*arguments, "-o", tmp_path / name), saying="says", hinting=ends)
    assert list(tmp_path.iterdir()) == []
    assert_two_line_error(run("inspect", CNN, "-o", tmp_path / "x.sarif"), saying=".sarif says no format")
