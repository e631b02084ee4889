"""Whatever a user's code does to its process, the program answers: two lines, the right code, clean streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.terminal import WEIGHTSCOPE, run_in_pipe, run_in_terminal
from tests.conftest import SAMPLES, clean_environment

#: Each class does one thing to the process when it is built.
HARMFUL = """
import os, sys, signal, threading, time
import keras

if "AT_IMPORT" in os.environ:
    exec(os.environ["AT_IMPORT"], globals())


class Does(keras.layers.Layer):
    def __init__(self, what, **options):
        super().__init__(**options)
        exec(what)

    def build(self, shape):
        self.w = self.add_weight(shape=(2,), name="w")

    def call(self, x):
        return x
"""


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("harmful") / "harmful_layers.py"
    path.write_text(HARMFUL)
    return path


def assert_two_lines(stderr: str, saying: str, hinting: str = "") -> None:
    error, hint = stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert saying in error
    assert hinting in hint


@pytest.mark.parametrize(
    ("what", "saying", "hinting"),
    [
        ("os._exit(0)", "its code ended the process with exit code 0", "os._exit"),
        pytest.param("os.abort()", "its code crashed the process: Aborted", "--debug", marks=pytest.mark.slow),
        pytest.param(
            "os.kill(os.getpid(), signal.SIGKILL)", "the process was killed", "smaller", marks=pytest.mark.slow
        ),
        pytest.param("sys.exit(0)", "SystemExit: 0", "", marks=pytest.mark.slow),
        pytest.param("bytearray(1 << 50)", "MemoryError", "", marks=pytest.mark.slow),
    ],
)
def test_code_that_ends_the_process_is_an_error(what: str, saying: str, hinting: str, harmful: Path) -> None:
    result = run_in_pipe(
        "layer", f"{harmful}:Does", "--arg", f"what={json.dumps(what)}", "--input-shape", "1,2", AT_IMPORT=""
    )
    assert (result.code, result.stdout) == (2, "")
    assert_two_lines(result.stderr, saying, hinting)


@pytest.mark.slow
def test_a_module_that_ends_the_process_is_an_error_of_the_model_too(harmful: Path) -> None:
    model = SAMPLES / "bfloat16.keras"
    result = run_in_pipe("inspect", model, "--module", harmful, AT_IMPORT="os._exit(0)")
    assert (result.code, result.stdout) == (2, "")
    assert_two_lines(result.stderr, f"{model}: its code ended the process")


@pytest.mark.slow
def test_to_debug_the_line_of_a_crash_is_shown(harmful: Path) -> None:
    result = run_in_pipe("layer", f"{harmful}:Does", "--debug", AT_IMPORT="os.kill(os.getpid(), signal.SIGSEGV)")
    assert result.code == 2
    assert f'File "{harmful}", line 6' in result.stderr
    assert result.stderr.splitlines()[-1] == "hint: the Python lines stand above"


def test_code_that_takes_too_long_is_stopped(harmful: Path) -> None:
    options = ["--arg", "what=while True: time.sleep(0.1)", "--input-shape", "1,2", "--timeout", "6"]
    result = run_in_pipe("layer", f"{harmful}:Does", *options)
    assert (result.code, result.stdout) == (2, "")
    assert_two_lines(result.stderr, "it took more than 6 seconds and was stopped", "--timeout 12")


@pytest.mark.slow
def test_a_slow_import_is_reported(harmful: Path) -> None:
    result = run_in_pipe(
        "layer", f"{harmful}:Does", "--arg", "what=pass", "--input-shape", "1,2", "--json", AT_IMPORT="time.sleep(2.5)"
    )
    assert result.code == 0
    assert f"note: importing {harmful} takes long" in result.stderr


MESS = """
os.write(1, b"from a descriptor")
print("from print")
os.chdir("/")
def repeat(write):
    while True:
        write()
        time.sleep(0.0005)
for write in (lambda: print("from a thread"), lambda: os.write(1, b"x")):
    threading.Thread(target=repeat, args=[write], daemon=True).start()
"""


@pytest.mark.parametrize("output", ["x.json", pytest.param(None, marks=pytest.mark.slow)], ids=["file", "stdout"])
def test_what_a_module_prints_changes_and_starts_reaches_neither_stdout_nor_the_result(
    output: str | None, harmful: Path, tmp_path: Path
) -> None:
    options = ["--arg", "what=pass", "--input-shape", "1,2", *(["-o", output] if output else ["--json"])]
    result = run_in_pipe("layer", f"{harmful}:Does", *options, cwd=tmp_path, AT_IMPORT=MESS)
    assert result.code == 0
    assert "from print" in result.stderr
    assert output is None or result.stdout == ""
    written = (tmp_path / output).read_text("utf-8") if output else result.stdout
    assert json.loads(written)["model"]["class_name"] == "Does"


def test_the_terminal_is_as_it_was_after_a_crash(harmful: Path) -> None:
    mess = "import tty; [tty.setraw(one) for one in range(3, 40) if os.isatty(one)]; os.abort()"
    result = run_in_terminal("layer", f"{harmful}:Does", environment={"AT_IMPORT": mess})
    assert result.code == 2
    assert result.stderr.rpartition("\x1b[?25l")[2].count("\x1b[?25h") >= 1
    assert result.stderr.rstrip().endswith("which shows the Python line")
    assert "\nhint: " in result.stderr  # a raw terminal would have no carriage return before it


@pytest.mark.slow
@pytest.mark.parametrize("handles", ["pass", "signal.signal(signal.SIGINT, signal.SIG_IGN)"])
def test_an_interrupt_ends_with_130_also_where_the_code_does_not_listen(handles: str, harmful: Path) -> None:
    code = f"{handles}; open('started', 'w').close()\nwhile True:\n    time.sleep(1)"
    process = subprocess.Popen(
        [*WEIGHTSCOPE, "layer", f"{harmful}:Does"],
        cwd=harmful.parent,
        env=clean_environment(AT_IMPORT=code),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    started = harmful.parent / "started"
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.05)
    started.unlink()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr


@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGKILL])
def test_no_child_is_left_behind(number: signal.Signals, harmful: Path) -> None:
    code = "open('child', 'w').write(str(os.getpid()))\nwhile True:\n    time.sleep(1)"
    process = subprocess.Popen(
        [*WEIGHTSCOPE, "layer", f"{harmful}:Does"],
        cwd=harmful.parent,
        env=clean_environment(AT_IMPORT=code),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    marker = harmful.parent / "child"
    while not (marker.exists() and marker.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    child = int(marker.read_text())
    marker.unlink()
    assert child != process.pid
    process.send_signal(number)
    process.wait(timeout=30)
    assert process.returncode in (128 + signal.SIGTERM, -signal.SIGKILL)
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["layer"], pytest.param(["inspect", SAMPLES / "bfloat16.keras", "--module"], marks=pytest.mark.slow)],
)
def test_tensorflow_sees_no_gpu_unless_it_is_asked_for(
    arguments: list[str | Path], harmful: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"):  # set by what ran in this process before
        monkeypatch.delenv(name, raising=False)
    probe = (
        "import tensorflow as tf; print(os.environ.get('CUDA_VISIBLE_DEVICES'), "
        "os.environ.get('HIP_VISIBLE_DEVICES'), os.environ.get('TF_FORCE_GPU_ALLOW_GROWTH'))"
    )
    target = [f"{harmful}:Does", "--arg", "what=pass", "--input-shape", "1,2"] if arguments == ["layer"] else [harmful]
    hidden = run_in_pipe(*arguments, *target, CUDA_VISIBLE_DEVICES="0", AT_IMPORT=probe)
    assert "-1 -1 None" in hidden.stderr
    asked = run_in_pipe(*arguments, *target, "--gpu", CUDA_VISIBLE_DEVICES="0", AT_IMPORT=probe)
    assert "0 None true" in asked.stderr


@pytest.mark.slow
def test_a_setting_that_has_no_effect_is_noted_and_one_that_has_is_not(harmful: Path) -> None:
    options = ["Dense", "--arg", "units=3", "--input-shape", "1,2"]
    result = run_in_pipe("layer", *options, KERAS_BACKEND="jax", TF_USE_LEGACY_KERAS="1")
    assert result.code == 0
    assert "note: KERAS_BACKEND=jax has no effect" in result.stderr
    assert "note: TF_USE_LEGACY_KERAS=1 has no effect" in result.stderr
    (harmful.parent / "tf_keras_layers.py").write_text(
        "import tensorflow as tf\n\n\nclass Old(tf.keras.layers.Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight('w', (2, 2))\n\n    def call(self, x):\n        return x @ self.w\n"
    )
    old = [f"{harmful.parent}/tf_keras_layers.py:Old", "--input-shape", "1,2"]
    used = run_in_pipe("layer", *old, "--json", TF_USE_LEGACY_KERAS="1", KERAS_BACKEND="tensorflow")
    assert used.stderr == ""
    assert json.loads(used.stdout)["source"]["keras_version"].startswith("2.")
