"""A new file is whole, or it is not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import ROOT, Run, assert_two_line_error

ENDS = ["npz", "safetensors", "weights.h5"]


def weights(path: Path, mebibytes: int = 1) -> Path:
    with h5py.File(path, "w") as file:
        for number in range(mebibytes):
            name = f"layers/dense{f'_{number}' if number else ''}/vars/0"
            file[name] = np.full((512, 512), number, np.float32)
    return path


@pytest.mark.parametrize(
    ("end", "attempts"),
    [("npz", 3), *(pytest.param(end, 12, marks=pytest.mark.slow) for end in ENDS)],
)
def test_a_kill_at_any_moment_leaves_the_old_file_and_nothing_that_looks_whole(
    end: str, attempts: int, tmp_path: Path
) -> None:
    model = weights(tmp_path / "model.weights.h5", 96)
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
        assert out.read_bytes()[:3] == b"old" or out.stat().st_size > 96 << 20
    assert was_killed


def test_what_is_read_back_wrong_never_takes_the_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = weights(tmp_path / "model.weights.h5")
    whole = os.pwrite

    def damaging(descriptor: int, data: Any, place: int) -> int:
        return whole(descriptor, bytes(data[:-1]) + b"\x55", place)

    monkeypatch.setattr(os, "pwrite", damaging)
    (tmp_path / "out.weights.h5").write_text("old")
    result = run("export", model, "-o", tmp_path / "out.weights.h5", "--force")
    assert_two_line_error(result, saying="not what had been written", hinting="another disk")
    assert (tmp_path / "out.weights.h5").read_text() == "old"


def test_a_model_that_changes_while_it_is_exported_is_an_error(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    model = weights(tmp_path / "model.weights.h5", 2)
    whole = os.pwrite

    def changing(descriptor: int, data: Any, place: int) -> int:
        with model.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"\x01")
        return whole(descriptor, data, place)

    monkeypatch.setattr(os, "pwrite", changing)
    result = run("export", model, "-o", tmp_path / "out.weights.h5")
    assert_two_line_error(result, saying="changed")
    assert not (tmp_path / "out.weights.h5").exists()
