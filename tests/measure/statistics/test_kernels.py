"""The compiled loops against those of numpy."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.conftest import clean_environment
from weightscope.inspection import Array
from weightscope.inspection.statistics import Statistics
from weightscope.measure.reading.gather import Block
from weightscope.measure.reading.scratch import PIECE
from weightscope.measure.statistics.kernels import Kernels, load_kernels
from weightscope.measure.statistics.statistics import StatisticsGatherer


@pytest.fixture(scope="module")
def kernels() -> Kernels:
    pytest.importorskip("numba", reason="numba is not installed")
    found = load_kernels()
    assert found is not None
    return found


def measured(values: Array, kernels: Kernels | None, parts: int = 3) -> Statistics:
    gatherer = StatisticsGatherer(kernels)
    for part in np.array_split(values, parts):
        later = StatisticsGatherer(kernels)
        later.add(Block((), part))
        gatherer.merge(pickle.loads(pickle.dumps(later)))
    return gatherer.statistics()


def cases() -> dict[str, npt.NDArray[Any]]:
    random = np.random.default_rng(7)
    usual = random.normal(size=3 * PIECE + 17).astype(np.float32) * np.float32(0.05)
    strange = usual.copy()
    strange[[5, 700, PIECE]] = np.nan, np.inf, -np.inf
    sparse = usual * (random.random(usual.size) < 0.1)
    spread = (usual.astype(np.float64) * 10.0 ** random.integers(-40, 38, usual.size)).astype(np.float32)
    return {
        "usual": usual,
        "strange": strange,
        "sparse": sparse.astype(np.float32),
        "spread": spread,
        "far from 0": usual + np.float32(1000),  # digits cancel out
        "large": usual * np.float32(1e38),
        "tiny": usual * np.float32(1e-40),
        "one": np.ones(5, np.float32),
        "half precision": usual[:5000].astype(np.float16),
        "whole": random.integers(-128, 128, 5000).astype(np.int8),
        "double": usual[:5000].astype(np.float64),
    }


@pytest.mark.parametrize("name", cases())
def test_counts_and_extremes_are_equal_and_moments_to_twelve_digits(kernels: Kernels, name: str) -> None:
    values = cases()[name]
    with_numpy, compiled = measured(values, None), measured(values, kernels)
    same = ("elements", "minimum", "maximum", "zeros", "nan", "positive_infinity", "negative_infinity", "grid")
    for field in (*same, "histogram"):
        assert getattr(compiled, field) == getattr(with_numpy, field), field
    scale = with_numpy.l2_norm or 0.0
    for field in ("mean", "standard_deviation", "l2_norm"):
        expected = getattr(with_numpy, field)
        assert math.isclose(getattr(compiled, field), expected, rel_tol=1e-12, abs_tol=1e-12 * scale / values.size**0.5)
    assert compiled == measured(values, kernels)
    assert with_numpy == measured(values, None)


LOADS = """
from pathlib import Path
from weightscope.measure.statistics.kernels import load_kernels
is_loaded = load_kernels() is not None
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(is_loaded, int(peak.split()[1]) >> 10)
"""


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")


def loaded(**environment: str) -> list[str]:
    program = [sys.executable, "-c", LOADS]
    ran = subprocess.run(program, capture_output=True, text=True, check=True, env=clean_environment(**environment))
    return ran.stdout.split()


@on_linux
def test_what_was_compiled_before_is_loaded_in_little_memory(kernels: Kernels) -> None:
    is_loaded, mebibytes = loaded()
    assert is_loaded == "True"
    assert int(mebibytes) < 100  # numba takes 140


@on_linux
def test_numpy_computes_where_nothing_can_be_kept(kernels: Kernels) -> None:
    assert loaded(XDG_CACHE_HOME=os.devnull)[0] == "False"


@on_linux
@pytest.mark.slow  # compiles
def test_a_damaged_file_in_the_cache_is_replaced(kernels: Kernels, tmp_path: Path) -> None:
    assert loaded(XDG_CACHE_HOME=str(tmp_path))[0] == "True"
    folder = tmp_path / "weightscope"
    (kept,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)
    kept.write_text("damaged")
    assert loaded(XDG_CACHE_HOME=str(tmp_path), NUMBA_DISABLE_JIT="1")[0] == "True"
    assert kept.stat().st_size > 1000


@pytest.fixture
def kept(kernels: Kernels, tmp_path: Path) -> Path:
    """Returns a copy of the machine code that is kept."""
    from weightscope.measure.statistics import machine_code

    copy = tmp_path / "loops.json"
    copy.write_bytes(machine_code._cached().read_bytes())
    copy.chmod(0o600)
    machine_code.load(copy)
    return copy


def test_machine_code_with_one_wrong_bit_is_not_loaded(kept: Path) -> None:
    from weightscope.measure.statistics.machine_code import load

    content = bytearray(kept.read_bytes())
    place = content.index(b'"object": "') + 1000
    content[place] ^= 1
    kept.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged"):
        load(kept)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_machine_code_that_another_user_can_write_is_not_loaded(kept: Path, mode: int) -> None:
    from weightscope.measure.statistics.machine_code import load

    kept.chmod(mode)
    with pytest.raises(PermissionError, match="another user"):
        load(kept)


@on_linux
def test_no_machine_code_is_kept_in_a_folder_of_everyone(kernels: Kernels, tmp_path: Path) -> None:
    folder = tmp_path / "weightscope"
    folder.mkdir()
    folder.chmod(0o777)
    assert loaded(XDG_CACHE_HOME=str(tmp_path))[0] == "False"
    assert not list(folder.iterdir())


def test_memory_that_is_read_only_is_taken_too(kernels: Kernels) -> None:
    values = np.frombuffer(np.arange(2048, dtype=np.float32).tobytes(), np.float32)
    assert not values.flags.writeable
    assert measured(values, kernels, 1).l2_norm == pytest.approx(np.linalg.norm(values.astype(np.float64)), rel=1e-12)
