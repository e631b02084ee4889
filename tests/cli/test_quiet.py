"""Whatever TensorFlow and other people's code write, the two streams of a real process stay clean."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.terminal import WEIGHTSCOPE, run_in_pipe, run_in_terminal
from tests.conftest import HANG, SAMPLES, clean_environment, of_the_present_keras

NOISY = """
import os, sys, warnings, logging, keras
print("printed")
os.write(1, b"from C to stdout\\n")
os.write(2, b"from C to stderr\\n")
sys.stderr.write("from Python to stderr\\n")
warnings.warn("a warning")
logging.getLogger("tensorflow").warning("a log line")
"""


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    path = tmp_path / "noisy_layers.py"
    path.write_text(NOISY)
    return path


@pytest.mark.slow  # the test below looks at the same two streams
def test_tensorflow_writes_to_neither_stream() -> None:
    result = run_in_pipe("layer", "CustomDense", "--input-shape", "1,4", "--json")
    assert result.stderr == ""
    assert result.code == 0
    json.loads(result.stdout)


@of_the_present_keras
def test_the_users_print_goes_to_stderr_and_what_libraries_write_goes_nowhere(noisy: Path) -> None:
    result = run_in_pipe("inspect", SAMPLES / "bfloat16.keras", "--module", noisy, "--json")
    json.loads(result.stdout)
    assert result.stderr.splitlines() == ["printed", "from C to stdout"]


@pytest.mark.slow
@of_the_present_keras
def test_debug_lets_everything_through_to_stderr(noisy: Path) -> None:
    result = run_in_pipe("inspect", SAMPLES / "bfloat16.keras", "--module", noisy, "--json", "--debug")
    json.loads(result.stdout)
    for line in ("printed", "from C to stdout", "from C to stderr", "from Python", "a warning", "a log line"):
        assert line in result.stderr


@pytest.mark.slow
def test_debug_shows_where_a_failure_came_from(tmp_path: Path) -> None:
    (tmp_path / "broken_layers.py").write_text("raise RuntimeError('no')\n")
    result = run_in_pipe("inspect", SAMPLES / "bfloat16.keras", "--module", "broken_layers.py", "--debug", cwd=tmp_path)
    assert 'broken_layers.py", line 1' in result.stderr
    assert result.stderr.splitlines()[-1].startswith("hint: ")
    assert result.code == 2


@of_the_present_keras
def test_a_spinner_on_the_terminal_says_what_is_waited_for_and_a_name_like_markup_is_text(tmp_path: Path) -> None:
    there = tmp_path / "folder[" / "red]\x1b]0;title\x07.keras"
    there.parent.mkdir()
    there.write_bytes((SAMPLES / "bfloat16.keras").read_bytes())
    result = run_in_terminal("inspect", there.relative_to(tmp_path), "--live", cwd=tmp_path)
    assert result.code == 0, result.stderr
    assert "Loading folder[/red]" in result.stderr
    assert "with Keras" in result.stderr
    assert "\x1b[?25h" in result.stderr  # the cursor is shown again
    assert "Loading" not in result.stdout
    assert "\x1b]0;" not in result.stderr
    assert "\x1b]0;" not in result.stdout


@pytest.mark.parametrize("options", [pytest.param([], marks=pytest.mark.slow), ["-o", "out.txt"]])
def test_an_interrupt_ends_with_130_and_leaves_nothing_behind(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "slow_layers.py").write_text("import pathlib, time\npathlib.Path('started').touch()\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [*WEIGHTSCOPE, "inspect", str(SAMPLES / "bfloat16.keras"), "--module", "slow_layers.py", *options],
        cwd=tmp_path,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # who runs the tests in the background has interrupts ignored, and a child inherits that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=HANG)
    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    assert not (tmp_path / "out.txt").exists()
