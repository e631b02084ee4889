"""Runs `weightscope scan` in a process of its own, on models that take long to read."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import h5py

from tests.conftest import HANG, clean_environment

WEIGHTSCOPE = [sys.executable, "-m", "weightscope"]


def scan(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [*WEIGHTSCOPE, "scan", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=HANG, env=clean_environment()
    )


def huge(path: Path, values: int = 1 << 31) -> Path:
    """Writes a model of many values that take no room on disk."""
    with h5py.File(path, "w") as file:
        layer = file.create_group("layers/dense/vars")
        layer.create_dataset("0", (values,), "float32")
        made = file["layers/dense/vars/0"]
        made[values - 1 :] = 1.0
    return path


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HANG
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
