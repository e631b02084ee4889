"""What is read belongs to one state of a file, in every thread and process; inflated members leave nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.source.file import hostile
from weightscope.errors import FileError
from weightscope.inspection import Inspection
from weightscope.measure.reading.processes import in_processes
from weightscope.source.file import inspect_file


def write_weights(path: Path, value: float, layers: int = 1) -> None:
    with h5py.File(path, "w") as file:
        for index in range(layers):
            file[f"layers/dense_{index}/vars/0"] = np.full((30, 20), value + index, np.float32)


def write_archive(path: Path, value: float, compression: int = zipfile.ZIP_STORED) -> None:
    weights = path.with_suffix(".weights.h5")
    write_weights(weights, value)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("config.json", json.dumps(hostile.sequential(hostile.layer())))
        archive.write(weights, "model.weights.h5")


def _replace(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(path.read_bytes())
    new.replace(path)


def _rewrite_in_place(path: Path) -> None:
    data = path.read_bytes()
    with path.open("r+b") as file:
        file.write(data[::-1])


def _rewrite_and_hide(path: Path) -> None:
    before = path.stat()
    _rewrite_in_place(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


CHANGES = [_replace, _rewrite_in_place, _rewrite_and_hide, _append]


@pytest.mark.parametrize("write", [write_weights, write_archive])
@pytest.mark.parametrize("change", CHANGES)
def test_an_inspection_that_is_kept_reads_no_other_file(
    write: Callable[[Path, float], None], change: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / ("model.keras" if write is write_archive else "model.weights.h5")
    write(path, 1.0)
    (variable,) = inspect_file(str(path)).variables
    assert np.unique(variable.read()) == [1.0]
    change(path)
    with pytest.raises(FileError, match="changed after it was first read"):
        variable.read()


def test_the_chunks_of_a_changed_file_are_not_looked_up(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.ones((30, 20), np.float32), chunks=(10, 10))
    (variable,) = inspect_file(str(path)).variables
    _replace(path)
    with pytest.raises(FileError, match="changed after it was first read"):
        variable.read()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_forked_processes_read_no_other_file_either(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    write_weights(path, 1.0, layers=8)
    variables = inspect_file(str(path)).variables
    write_weights(path, 3.0, layers=8)
    with pytest.raises(FileError, match="changed after it was first read"):
        list(in_processes(variables, lambda one: float(one.read().sum()), 2))


def _deflated(folder: Path) -> Inspection:
    path = folder / "model.keras"
    write_archive(path, 2.0, zipfile.ZIP_DEFLATED)
    return inspect_file(str(path))


def test_an_inflated_member_reads_in_any_thread_and_process(tmp_path: Path) -> None:
    inspection = _deflated(tmp_path)
    (variable,) = inspection.variables

    def total(row: int) -> float:
        return float(variable.read((slice(row, row + 1),)).sum())

    if hasattr(os, "fork"):
        assert list(in_processes(range(30), total, 2)) == [40.0] * 30
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(total, list(range(30)) * 20)) == [40.0] * 600


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_program_that_is_ended_leaves_no_inflated_file(end: signal.Signals, tmp_path: Path) -> None:
    _deflated(tmp_path)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys; from weightscope import inspect_model; kept = inspect_model(sys.argv[1]);"
            "print(kept.variables[0].read().sum(), flush=True); os.kill(os.getpid(), int(sys.argv[2]))",
            str(tmp_path / "model.keras"),
            str(int(end)),
        ],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
        # who runs the tests in the background may ignore the signal, and a child inherits that
        preexec_fn=lambda: None if end == signal.SIGKILL else signal.signal(end, signal.SIG_DFL),
    )
    assert run.returncode == -end
    assert run.stdout == "1200.0\n"
    assert list(temporary.iterdir()) == []
