"""What a model of a hundred thousand variables costs: each command has a bound in bytes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import google_crc32c
import numpy as np
import pytest

from tests.conftest import Run
from tests.source.file.checkpoint.table import entry, header, table
from weightscope.inspection import Inspection
from weightscope.measure import Choice, list_measured
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings
from weightscope.measure.fingerprint.fingerprint import fingerprint
from weightscope.source.file import inspect_file

_FLOAT = 1
_SHAPE = (3, 4)

#: Runs the command line, and writes the peak of its memory, in KiB, to the file that the environment names.
_MEASURED = """
import atexit, os, re
from pathlib import Path
from weightscope.cli.main import main
peak = lambda: re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
atexit.register(lambda: Path(os.environ["PEAK"]).write_text(peak()))
main()
"""


def write_checkpoint(folder: Path, tensors: int, seed: int = 0) -> Path:
    """Writes a sound checkpoint of so many small tensors; returns its prefix."""
    values = np.random.default_rng(seed).normal(size=(tensors, *_SHAPE)).astype("<f4")
    rows, size = {b"": header()}, values[0].nbytes
    for number in range(tensors):
        checksum = google_crc32c.value(values[number].tobytes())
        rows[b"model/layer_%06d/kernel" % number] = entry(_FLOAT, _SHAPE, number * size, size, checksum)
    (folder / "ck.index").write_bytes(table(rows))
    (folder / "ck.data-00000-of-00001").write_bytes(values.tobytes())
    return folder / "ck"


def measured(arguments: list[str], folder: Path) -> tuple[subprocess.CompletedProcess[str], float]:
    """Runs the command line; returns what it printed, and the peak of its memory in MiB."""
    environment = {**os.environ, "PEAK": str(folder / "peak")}
    line = [sys.executable, "-c", _MEASURED, *arguments]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    return done, int((folder / "peak").read_text()) / 1024


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("large"), 131_000)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say how much memory was used")
@pytest.mark.parametrize(
    "words",
    [
        "inspect MODEL",
        "inspect MODEL --json",
        "inspect MODEL --format csv",
        "inspect MODEL --format jsonl",
        "inspect MODEL --format markdown",
        "inspect MODEL --stats --json",
        "inspect MODEL --stats --sort l2_norm --top 10",
        "inspect MODEL --by dtype --stats",
        "show MODEL model/layer_000777/kernel",
        "check MODEL",
        "id MODEL",
        "lock MODEL -o NEW",
        "export MODEL -o ARRAYS --dry-run",
        "export MODEL -o ARRAYS --dry-run --json",
    ],
)
def test_a_command_on_131_000_tensors_stays_below_150_mib(words: str, large: Path, tmp_path: Path) -> None:
    places = {"MODEL": str(large), "NEW": str(tmp_path / "x.lock"), "ARRAYS": str(tmp_path / "x.npz")}
    arguments = [places.get(word, word) for word in words.split()]
    done, peak = measured(arguments, tmp_path)
    assert done.returncode == 0, done.stderr
    assert peak < 150


@pytest.mark.slow
def test_a_lock_of_131_000_tensors_is_verified(large: Path, run: Run, tmp_path: Path) -> None:
    assert run("lock", large, "-o", tmp_path / "x.lock").exit_code == 0
    assert run("verify", tmp_path / "x.lock").stdout.endswith("unchanged\n")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say how much memory was used")
@pytest.mark.parametrize(
    ("words", "most"),
    [
        ("inspect MODEL --by layer --json", 170),
        ("inspect MODEL --by layer --stats --json", 180),
        ("diff MODEL MODEL --json", 280),
        ("diff MODEL OTHER --json", 280),
        ("diff MODEL OTHER --sort relative_l2 --top 10", 280),
    ],
)
def test_two_models_of_131_000_tensors_and_their_layers_have_bounds_of_their_own(
    words: str, most: int, large: Path, tmp_path: Path
) -> None:
    other = write_checkpoint(tmp_path, 131_000, seed=1)
    done, peak = measured(
        [{"MODEL": str(large), "OTHER": str(other)}.get(word, word) for word in words.split()], tmp_path
    )
    assert done.returncode == int("OTHER" in words), done.stderr
    assert peak < most


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    return inspect_file(str(write_checkpoint(tmp_path_factory.mktemp("small"), _MORE)))


#: Two numbers of variables: the difference of what they take leaves out what is taken once, such as blocks of values.
_FEWER, _MORE = 1_000, 2_000


@pytest.mark.parametrize(
    ("measure", "most"),
    [
        pytest.param(lambda model: list_measured(model, Choice()), 250, id="inspect"),
        pytest.param(lambda model: list_measured(model, Choice(statistics=True)), 700, id="statistics"),
        pytest.param(
            lambda model: list_measured(model, Choice(by="layer", statistics=True)),
            900,
            id="layers",
            marks=pytest.mark.slow,
        ),
        pytest.param(check_weights, 500, id="check"),
        pytest.param(fingerprint, 100, id="id"),
    ],
)
def test_each_variable_takes_few_bytes(measure: Callable[[Inspection], object], most: int, small: Inspection) -> None:
    assert bytes_of_each(lambda count: measure(first(small, count))) < most


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_each_pair_takes_few_bytes(seed: int, small: Inspection, tmp_path: Path) -> None:
    other = inspect_file(str(write_checkpoint(tmp_path, _MORE, seed)))
    settings = CompareSettings()
    assert bytes_of_each(lambda count: compare(first(small, count), first(other, count), settings)) < 800


def first(model: Inspection, count: int) -> Inspection:
    return replace(model, variables=model.variables[:count])


def bytes_of_each(measure: Callable[[int], object]) -> float:
    """Returns the bytes that `measure` takes at its peak for each further variable."""
    peaks = []
    for count in (10, _FEWER, _MORE):  # the first time, what is made once is made
        gc.collect()
        tracemalloc.start()
        try:
            assert measure(count) is not None
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    return (peaks[2] - peaks[1]) / (_MORE - _FEWER)
