"""The words that can complete a line, as a shell script receives them; `test_shells` runs the shells."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run, clean_environment
from weightscope.cli.command_list import COMMANDS
from weightscope.measure.check.rules import RULES

CNN = str(SAMPLES / "cnn_frozen_batchnorm.keras")

Answer = Callable[..., list[str]]


@pytest.fixture
def answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Returns the values of the answer for words up to the cursor; `file` stands for the files of the shell."""
    monkeypatch.setenv("_WEIGHTSCOPE_COMPLETE", "zsh")

    def values(*words: str) -> list[str]:
        result = run(*words)
        assert (result.exit_code, result.stderr) == (0, "")
        lines = [line.split("\t") for line in result.stdout.splitlines()]
        assert all(len(line) == 3 for line in lines)
        return [value or kind for kind, value, _ in lines]

    return values


@pytest.fixture
def bash(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Returns the values of the answer for a line in bash."""
    monkeypatch.setenv("_WEIGHTSCOPE_COMPLETE", "bash")
    monkeypatch.setenv("COMP_WORDBREAKS", " \t\n\"'><=;|&(:")

    def values(line: str) -> list[str]:
        monkeypatch.setenv("COMP_LINE", line)
        return [line.split("\t")[1] for line in run().stdout.splitlines()]

    return values


def test_commands_and_options_are_completed(answer: Answer) -> None:
    assert answer("") == list(COMMANDS)
    assert answer("ins") == ["inspect"]
    assert answer("--v") == ["--version"]
    assert answer("inspect", "--st") == ["--stats"]
    assert answer("check", "--fail") == ["--fail-on"]
    assert answer("no-such-command", "x") == []


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", ""],
        ["inspect", "a.keras", ""],
        ["check", "mod"],
        ["show", ""],
        ["diff", ""],
        ["diff", "a.keras", ""],
        ["inspect", "-o", ""],
        ["layer", "--spec", ""],
        ["inspect", "--module", "x"],
        ["check", "w.h5", "--into", ""],
        ["layer", ""],
    ],
)
def test_files_are_completed_where_files_are_meant(words: list[str], answer: Answer) -> None:
    assert answer(*words) == ["file"]


def test_choices_rules_and_sort_keys_are_completed(answer: Answer) -> None:
    assert answer("inspect", "--format", "j") == ["json", "jsonl"]
    assert answer("inspect", "--format=c") == ["--format=csv"]
    assert answer("check", "--format", "s") == ["sarif"]
    assert answer("inspect", "--only", "") == ["trainable", "non-trainable", "all"]
    assert answer("check", "--select", "") == list(RULES)
    assert answer("check", "--ignore", "nan-values,inf") == ["nan-values,infinite-values"]
    assert answer("check", "--explain", "untrained-b") == ["untrained-batchnorm"]
    assert answer("check", "--set", "exploding-v") == ["exploding-values="]
    assert answer("inspect", "--sort", "p") == ["path", "parameters", "positive_infinity"]
    assert answer("diff", "--sort", "rel") == ["relative_l2"]
    assert answer("completion", "") == ["bash", "zsh", "fish"]


def test_layers_and_their_arguments_are_completed(answer: Answer) -> None:
    assert answer("layer", "CustomC") == ["CustomConv2D", "file"]
    assert answer("layer", "conv2d") == ["Conv2D", "Conv2DTranspose", "file"]
    assert answer("layers", "--filter", "LayerN") == ["LayerNormalization"]
    assert answer("layer", "Dense", "--arg", "uni") == ["units="]
    assert answer("layer", "--arg", "uni") == []


def test_the_variables_of_the_file_on_the_line_are_completed(answer: Answer) -> None:
    assert answer("show", CNN, "dense/") == ["dense/kernel", "dense/bias"]
    assert answer("inspect", CNN, "--filter", "ga") == ["gamma"]
    assert answer("inspect", CNN, "--exclude=dense/b") == ["--exclude=dense/bias"]
    assert answer("diff", CNN, CNN, "--filter", "conv2d_1/") == ["conv2d_1/kernel", "conv2d_1/bias"]
    assert answer("check", "--only", "trainable", CNN, "--filter", "conv2d_") == ["conv2d_1"]


def test_a_file_that_cannot_be_read_completes_nothing(answer: Answer, tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 and no more")
    assert answer("show", str(tmp_path / "broken.keras"), "") == []
    assert answer("inspect", "missing.keras", "--filter", "k") == []


def test_bash_gets_what_follows_the_mark_where_it_breaks_the_word(bash: Callable[[str], list[str]]) -> None:
    assert bash("weightscope inspect --format=j") == ["json", "jsonl"]
    assert bash("weightscope inspect --format=") == ["table", "json", "jsonl", "csv", "markdown"]
    assert bash(f"weightscope show {CNN} dense/k") == ["dense/kernel"]
    assert bash("weightscope inspect 'unclosed") == [""]


def test_bash_gets_names_with_the_quotes_that_they_need(bash: Callable[[str], list[str]], tmp_path: Path) -> None:
    shutil.copy(CNN, tmp_path / "a model.keras")
    assert bash(f"weightscope show '{tmp_path}/a model.keras' conv2d_1/k") == ["conv2d_1/kernel"]
    assert bash(f'weightscope show "{tmp_path}/a model.keras" "conv2d_1/k') == ["conv2d_1/kernel"]


def test_completion_imports_neither_tensorflow_nor_numpy() -> None:
    code = (
        "import sys, contextlib; from weightscope.cli.main import program\n"
        "for line in 'layer Conv', 'check --select nan', 'diff --sort m', 'show --po', '':\n"
        "    with contextlib.suppress(SystemExit): program(line.split(' '))\n"
        "    print('imported', *({'tensorflow', 'keras', 'numpy', 'pyfive', 'rich'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environment(_WEIGHTSCOPE_COMPLETE="zsh"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in result.stdout.splitlines() if line.startswith("imported")] == ["imported"] * 5
