"""The program as a whole: help, version, usage errors, and what it never imports for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.cli.terminal import run_in_terminal
from tests.conftest import SAMPLES, Run, assert_two_line_error, clean_environment
from weightscope.cli.command_list import COMMANDS, command_of


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, run: Run) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"  weightscope {command}" in result.stdout


def test_help_lists_every_command(run: Run) -> None:
    text = run("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command}" in text


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").stdout.startswith("weightscope 0.")
    assert run("-V").stdout == run("--version").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspekt"],
        ["inspect"],
        ["inspect", "a.keras", "--frmat", "json"],
        ["inspect", "a.keras", "--format", "yaml"],
        ["inspect", "a.keras", "--top", "0"],
        ["inspect", "a.keras", "--top", "many"],
        ["inspect", "a.keras", "--preview", "-1"],
        ["inspect", "a.keras", "--sort", "colour"],
        ["inspect", "a.keras", "--by", "colour"],
        ["layer", "Dense", "--seed", "-1"],
        ["layer", "Dense", "--arg", "units"],
        ["layer", "Dense", "Conv2D"],
        ["layers", "more"],
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_a_usage_error_is_two_lines_and_exit_code_2(arguments: list[str], run: Run) -> None:
    assert_two_line_error(run(*arguments))


def test_the_hint_of_a_usage_error_is_the_help_of_the_command_where_nothing_is_near(run: Run) -> None:
    assert_two_line_error(run("inspect", "a", "--xyzzy"), saying="--xyzzy", hinting="weightscope inspect --help")
    assert_two_line_error(run("xyzzy"), saying="no such command: xyzzy", hinting="weightscope --help")


def test_without_arguments_it_is_the_help(run: Run) -> None:
    result = run()
    assert (result.exit_code, result.stdout, result.stderr) == (0, run("--help").stdout, "")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_examples_first_and_the_exit_codes(command: str, run: Run) -> None:
    lines = run(*filter(None, [command]), "-h").stdout.splitlines()
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert (headings[0], headings[-1]) == ("Examples:", "Exit codes:")
    assert [line.split()[0] for line in lines[lines.index("Exit codes:") + 1 :]][-1] == "130"


@pytest.mark.parametrize("width", [60, 160])
def test_help_is_as_wide_as_the_terminal(width: int) -> None:
    lines = run_in_terminal("inspect", "-h", width=width).stdout.splitlines()
    widths = [len(line) for line in lines if not line.startswith("  weightscope ")]
    assert 0.8 * width < max(widths) <= width


def test_help_has_whole_sentences_and_the_options_in_groups(run: Run) -> None:
    for command in COMMANDS:
        context = click.Context(command_of(command), info_name=command)
        for option in context.command.params:
            if isinstance(option, click.Option) and option.help is not None:
                sentence = option.help.partition("  [")[0]
                assert sentence[0].isupper(), option.help
                assert sentence.endswith((".", "...")), option.help
    lines = run("inspect", "-h").stdout.splitlines()
    groups = ["What is listed:", "What is shown:", "Output:", "With Keras:", "Exit codes:"]
    assert [line for line in lines if line in groups] == groups


#: Runs the program with each of many lines in one process, and prints after each what has been imported by then.
PROBE = """
import contextlib, io, json, sys
from weightscope.cli.main import program
for arguments in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            program(arguments)
        except SystemExit as exit:
            code = exit.code
    heavy = {"tensorflow", "keras", "h5py", "jax", "torch"} & {name.split(".")[0] for name in sys.modules}
    print(json.dumps([code, *sorted(heavy)]))
"""


LINES: list[tuple[list[str], int]] = [
    (["--help"], 0),
    (["--version"], 0),
    (["inspect", "--help"], 0),
    (["layer", "--help"], 0),
    (["layers", "--help"], 0),
    (["schema"], 0),
    ([], 0),
    (["inspect"], 2),
    (["inspect", "missing.keras"], 2),
    (["inspect", "missing.keras", "--live"], 2),
    (["inspect", "missing.keras", "--unsafe"], 2),
    (["inspect", "missing.keras", "--module", "layers.py"], 2),
    (["inspect", "a.keras", "--input-shape", "twelve"], 2),
    (["inspect", "a.keras", "--live", "-o", "/no/such/folder/file"], 2),
    (["inspect", str(SAMPLES / "legacy.h5")], 0),
    (["layer"], 2),
    (["layer", "--spec", "missing.json"], 2),
    (["layer", "Dense", "--arg", "units"], 2),
    (["layer", "Dense", "--input-shape", "0"], 2),
    (["layer", "Dense"], 2),
    (["layer", "missing.py:Layer", "--input-shape", "1,2"], 2),
    (["layer", "Dense", "--input-shape", "1,2", "--module", "missing.py"], 2),
]


def test_what_needs_no_keras_imports_neither_keras_nor_tensorflow(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROBE],
        input=json.dumps([arguments for arguments, _ in LINES]),
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    found = [(arguments, *one) for (arguments, _), one in zip(LINES, printed, strict=True)]
    assert found == LINES


def test_a_json_listing_imports_nothing_of_what_it_does_not_do() -> None:
    others = (
        *("inspection.closeup", "inspection.difference", "inspection.fingerprint", "inspection.check_result"),
        *("measure.scan", "measure.quantiles", "writer.new_file", "view.fields.layer_entry"),
    )
    code = (
        "import sys; from weightscope.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"ours = {{'weightscope.' + name for name in {(*others, 'cli.waiting_parent', 'view.documents.schema')!r}}}\n"
        "theirs = {'rich', 'difflib', 'importlib.metadata'}\n"
        "print(sorted((ours | theirs) & set(sys.modules)), file=sys.stderr)"
    )
    model = str(SAMPLES / "cnn_frozen_batchnorm.keras")
    result = subprocess.run(
        [sys.executable, "-c", code, "inspect", model, "--json"],
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert result.stderr == "[]\n"


def test_the_package_imports_neither_tensorflow_nor_keras_nor_anything_that_takes_time() -> None:
    code = (
        "import sys, weightscope; weightscope.__version__; weightscope.inspect_model; weightscope.inspect_layer;"
        "print(sorted({'tensorflow', 'keras', 'h5py', 'rich', 'click'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_python_m_weightscope_works_alike(tmp_path: Path) -> None:
    for arguments in (["--version"], ["inspect", "missing.keras"], ["--help"]):
        results = [
            subprocess.run([*program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
            for program in (
                [sys.executable, "-m", "weightscope"],
                [str(Path(sys.executable).with_name("weightscope"))],
            )
        ]
        assert results[0].stdout == results[1].stdout
        assert results[0].stderr == results[1].stderr
        assert results[0].returncode == results[1].returncode
