"""The program as a whole: help, version, usage errors, and what it never imports for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error, clean_environment
from weightscope.cli.main import COMMANDS


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


@pytest.mark.parametrize(
    "arguments",
    [
        [],
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


def test_the_hint_of_a_usage_error_is_the_help_of_the_command(run: Run) -> None:
    assert_two_line_error(run("inspect", "a", "--frmat", "x"), saying="--frmat", hinting="weightscope inspect --help")
    assert_two_line_error(run(), saying="Missing command", hinting="weightscope --help")


PROBE = """
import sys
from weightscope.cli.main import main
sys.argv = ["weightscope", *{arguments!r}]
try:
    main()
except SystemExit as exit:
    code = exit.code
heavy = sorted({{"tensorflow", "keras", "h5py", "jax", "torch"}} & {{name.split(".")[0] for name in sys.modules}})
print(code, heavy, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["inspect", "--help"], 0),
        (["layer", "--help"], 0),
        (["layers", "--help"], 0),
        (["schema"], 0),
        ([], 2),
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
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else str(one),
)
def test_what_needs_no_keras_imports_neither_keras_nor_tensorflow(
    arguments: list[str], code: int, tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments)],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr.splitlines()[-1] == f"{code} []"


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
