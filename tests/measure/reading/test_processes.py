"""Work that is shared among processes: the same results in the same order, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.cli.terminal import run_in_pipe
from tests.conftest import clean_environment, parse_documents
from weightscope.measure.reading.processes import in_processes

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked"),
    # the test runner has threads; these tests' own work takes no lock
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.mark.parametrize("processes", [1, 2, 3, 50])
def test_results_come_in_the_order_of_the_tasks(processes: int) -> None:
    assert list(in_processes(range(20), lambda task: task * task, processes)) == [task * task for task in range(20)]


def test_the_work_is_done_by_other_processes() -> None:
    workers = set(in_processes(range(8), lambda _: os.getpid(), 2))
    assert len(workers) == 2
    assert os.getpid() not in workers


def test_an_error_is_raised_as_it_is() -> None:
    results = in_processes([4, 2, 0, 1], lambda task: 8 // task, 2)
    assert [next(results), next(results)] == [2, 4]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_what_a_killed_process_did_not_do_is_done_here() -> None:
    parent = os.getpid()

    def work(task: int) -> int:
        if task == 3 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return task

    assert list(in_processes(range(10), work, 2)) == list(range(10))


def test_processes_are_gone_when_nobody_wants_their_results() -> None:
    results = in_processes(range(1000), lambda _: os.getpid(), 2)
    workers = [next(results), next(results)]
    results.close()  # type: ignore[attr-defined]  # a generator
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_only_a_process_without_other_threads_may_be_copied() -> None:
    code = (
        "import threading\n"
        "from weightscope.measure.reading.processes import can_fork\n"
        "print(can_fork())\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "print(can_fork())\n"
    )
    environment = clean_environment(OPENBLAS_NUM_THREADS="1")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == [str(sys.platform == "linux"), "False"]


def test_statistics_of_a_large_file_are_those_of_numpy(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(17, 1024, 1024)).astype(np.float32)
    values[3, 5, 7] = np.nan
    path = tmp_path / "large.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = values
    done = run_in_pipe("inspect", path, "--stats", "--json")
    ((variable,),) = (document["variables"] for document in parse_documents(done.stdout))
    finite = values[np.isfinite(values)].astype(np.float64)
    statistics = variable["statistics"]
    assert statistics["nan"] == 1
    assert statistics["zeros"] == int((values == 0).sum())
    assert statistics["minimum"] == pytest.approx(finite.min())
    assert statistics["mean"] == pytest.approx(finite.mean(), rel=1e-9)
    assert statistics["standard_deviation"] == pytest.approx(finite.std(), rel=1e-12)
    assert sum(variable["histogram"]["counts"]) == finite.size


COUNTS_FORKS = """
import os, sys, threading
forks = []
os.register_at_fork(before=lambda: forks.append(1))
import weightscope
inspection = weightscope.inspect_model(sys.argv[1])
if len(sys.argv) > 2:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
statistics = inspection.to_dict(statistics=True)["variables"][0]["statistics"]
print(statistics["zeros"], bool(forks))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor has nobody to share with")
def test_from_python_several_processes_are_used_where_there_is_no_other_thread(tmp_path: Path) -> None:
    path = tmp_path / "large.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", (17, 1024, 1024), "float32")[0, 0, 0] = 1
    printed = [
        subprocess.run(
            [sys.executable, "-c", COUNTS_FORKS, str(path), *extra],
            capture_output=True,
            text=True,
            check=True,
            env=clean_environment(OPENBLAS_NUM_THREADS="1"),
        ).stdout.split()
        for extra in ([], ["thread"])
    ]
    zeros = str(17 * 1024 * 1024 - 1)
    assert printed == [[zeros, "True"], [zeros, "False"]]
