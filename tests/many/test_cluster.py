"""Scanning on a real Dask cluster of processes on this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HANG, SAMPLES
from tests.many.scans import WEIGHTSCOPE, huge, scan, wait_until

#: Prints the scheduler's address and the workers' processes, and goes on until stdin ends.
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    count = int(sys.argv[1])
    with LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        print(cluster.scheduler_address, *(one.pid for one in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[int]]]:
    """Yields the address of a cluster's scheduler and its workers' processes."""
    pytest.importorskip("distributed", reason="distributed is not installed")
    script = folder / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, str(script), str(workers)],
        cwd=script.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        address, *processes = running.stdout.readline().split()
        yield address, [int(one) for one in processes]
        running.stdin.close()


def errors(lines: str) -> dict[str, Any]:
    return {row["location"]: row["error"] for row in map(json.loads, lines.splitlines())}


def test_a_cluster_gives_the_same_table_and_a_hang_costs_a_row(tmp_path: Path) -> None:
    for number in range(60):
        shutil.copy(SAMPLES / ("legacy.h5" if number % 2 else "nan_weights.keras"), tmp_path / f"{number}.model")
    (tmp_path / "broken.keras").write_bytes(b"broken")
    (tmp_path / "text.md").write_text("no model")
    huge(tmp_path / "huge.h5")
    late = "took longer than 1 seconds (--timeout)"
    with cluster(tmp_path, 1) as (address, _):
        there = scan(".", "--models", "--stats", "--timeout=1", "--dask", address, cwd=tmp_path)
    (tmp_path / "huge.h5").unlink()
    here = scan(".", "--models", "--stats", "--jobs", "1", cwd=tmp_path)
    assert (here.returncode, there.returncode) == (1, 1), there.stderr
    assert errors(there.stdout)["./huge.h5"] == late
    assert [line for line in there.stdout.splitlines() if late not in line] == here.stdout.splitlines()


def test_no_cluster_at_the_address_is_an_error_in_two_lines(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed")
    ran = scan(SAMPLES, "--dask", "localhost", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "error: localhost: no Dask cluster answers at this address" in ran.stderr


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    for number in range(300):
        shutil.copy(SAMPLES / "legacy.h5", tmp_path / f"{number}.h5")
    huge(tmp_path / "zzz.h5", 1 << 28)
    with cluster(tmp_path, 2) as (address, workers):
        begun = subprocess.Popen(
            [*WEIGHTSCOPE, "scan", ".", "--stats", "--models", "-o", "x.jsonl", "--dask", address],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        kept = tmp_path / "x.jsonl.parts"
        wait_until(lambda: any(kept.glob("part-*.jsonl")) or begun.poll() is not None)
        os.kill(workers[0], signal.SIGKILL)
        _, said = begun.communicate(timeout=HANG)
    assert begun.returncode == 0, said
    found = errors((tmp_path / "x.jsonl").read_text())
    assert len(found) == 301
    assert set(found.values()) == {None}


def test_a_worker_of_another_version_is_an_error() -> None:
    from weightscope.errors import UsageError
    from weightscope.many.cluster import Errand, read_batch
    from weightscope.measure.listing.row_options import RowOptions

    with pytest.raises(UsageError, match=r"a worker: it has weightscope .*, and this is 9\.9"):
        read_batch([], Errand(RowOptions(), "", 1.0, "9.9"))
