"""A new file is whole, or it is not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import ROOT
from weightscope.api import export
from weightscope.errors import WeightscopeError

ENDS = ["npz", "safetensors", "weights.h5"]


def weights(path: Path, mebibytes: int = 1) -> Path:
    with h5py.File(path, "w") as file:
        for number in range(mebibytes):
            name = f"layers/dense{f'_{number}' if number else ''}/vars/0"
            file[name] = np.full((512, 512), number, np.float32)
    return path


@pytest.mark.parametrize(
    ("end", "attempts"),
    [("npz", 2), *(pytest.param(end, 12, marks=pytest.mark.slow) for end in ENDS)],
)
def test_a_kill_at_any_moment_leaves_the_old_file_and_nothing_that_looks_whole(
    end: str, attempts: int, tmp_path: Path
) -> None:
    model = weights(tmp_path / "model.weights.h5", 64)
    out = tmp_path / "new" / f"out.{end}"
    out.parent.mkdir()
    out.write_text("old")
    program = (
        "import sys; from weightscope.api import export; print('ready', flush=True);export(*sys.argv[1:], force=True)"
    )
    command = [sys.executable, "-c", program, str(model), str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    was_killed = False
    for attempt in range(attempts):
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == b"ready\n"
            time.sleep(0.02 + 0.04 * attempt)
            running.send_signal(signal.SIGKILL)
            was_killed = running.wait() == -signal.SIGKILL or was_killed
        others = [one.name for one in out.parent.iterdir() if one != out]
        assert all(name.startswith(".weightscope-") for name in others)
        assert out.read_bytes()[:3] == b"old" or out.stat().st_size > 64 << 20
    assert was_killed


def exported(model: Path, out: Path, after_block: Callable[[], None]) -> None:
    """Exports a model, and calls a function after each block that is written or compared."""

    def progress(_total: int) -> Any:
        return nullcontext(lambda _size: after_block())

    export(model, out, force=True, show_progress=progress)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="finds the file without a name in /proc")
@pytest.mark.parametrize("end", ENDS)
def test_what_is_read_back_wrong_never_takes_the_name(end: str, tmp_path: Path) -> None:
    model, out = weights(tmp_path / "model.weights.h5", 3), tmp_path / f"out.{end}"
    out.write_text("old")

    def damage() -> None:
        for one in Path("/proc/self/fd").iterdir():
            if one.is_symlink() and str(one.readlink()).startswith(str(tmp_path)) and one.stat().st_size > 1 << 20:
                with suppress(OSError), one.open("r+b") as file:
                    file.seek(1 << 19)
                    file.write(b"\x55")

    with pytest.raises(WeightscopeError) as raised:
        exported(model, out, damage)
    assert raised.value.location == str(out)
    assert out.read_text() == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model.weights.h5", out.name]


@pytest.mark.parametrize("end", ENDS)
def test_a_model_that_changes_while_it_is_exported_is_an_error(end: str, tmp_path: Path) -> None:
    model, out = weights(tmp_path / "model.weights.h5", 3), tmp_path / f"out.{end}"

    def change() -> None:
        with model.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"\x01")

    with pytest.raises(WeightscopeError, match="changed"):
        exported(model, out, change)
    assert not out.exists()
