"""What scanning many models costs, as ratios in one run: CPU against a bare loop, processes against each other, memory.

`bench.py` calls it. The models are copies of the sample models.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "sample_models"
WEIGHTSCOPE = [sys.executable, "-m", "weightscope"]

#: How often each of the sample models is copied: the scan then takes some seconds, of which starting is a small part.
COPIES = 330

LOOP = """
import glob, os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from weightscope import inspect_model, list_variables
for path in glob.glob("models/*"):
    {body}
"""

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        print(cluster.scheduler_address, *(one.pid for one in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""

ROWS = """
from weightscope.measure.listing.row_options import RowOptions
from weightscope.view.fields.scanned import columns_of
from weightscope.view.many import table
columns = columns_of(RowOptions())
import json
def lines():
    for first in range(0, {rows}, 1000):
        rows = ({{**dict.fromkeys(columns), "path": f"layer/{{number}}", "parameters": number}}
                for number in range(first, first + 1000))
        yield "".join(json.dumps(row) + "\\n" for row in rows).encode()
with open("x.parquet", "wb") as file:
    file.writelines(table("parquet", lines(), RowOptions()))
"""

RATE = """
import os, sys, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"
{without}
from weightscope import inspect_model
from weightscope.measure.statistics.gathering import gather_statistics
from weightscope.measure.statistics.kernels import load_kernels
from weightscope.measure.reading.processes import use_processors
use_processors(1)
load_kernels()
variables = inspect_model("big.weights.h5").variables
begun = time.process_time()
list(gather_statistics(variables))
print(sum(one.info.bytes for one in variables) / (time.process_time() - begun) / 1e9)
"""


@dataclass(frozen=True)
class Spent:
    """CPU seconds of a command and the processes that it started, seconds that it took, and MiB of the largest."""

    cpu: float
    wall: float
    mebibytes: float


def spent(command: Sequence[str], folder: Path, runs: int) -> Spent:
    """Returns the medians of some runs of a command."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        found.append(Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss / 1024))
    return Spent(*(statistics.median(getattr(one, name) for one in found) for name in ("cpu", "wall", "mebibytes")))


def measure_many(folder: Path, runs: int) -> None:
    """Prints the ratios.

    Args:
        folder: An empty folder.
        runs: How often each command runs; its median counts.
    """
    (folder / "models").mkdir()
    for model in [*SAMPLES.glob("*.keras"), *SAMPLES.glob("*.h5")]:
        for number in range(COPIES):
            shutil.copy(model, folder / "models" / f"{number}-{model.name}")
    count = len(list((folder / "models").iterdir()))
    loop = spent([sys.executable, "-c", LOOP.format(body="inspect_model(path)")], folder, runs)
    listing = spent([sys.executable, "-c", LOOP.format(body="list_variables(inspect_model(path))")], folder, runs)
    scan = [*WEIGHTSCOPE, "scan", "models", "--force", "-o", "x.jsonl"]
    models = spent([*scan, "--models", "--jobs", "1"], folder, runs)
    one, two = (spent([*scan, "--jobs", jobs], folder, runs) for jobs in ("1", "2"))
    print(f"{count} models, a bare loop over inspect_model: {count / loop.cpu:.0f} a CPU second (promised: 200)")
    print(f"  scan --models  {models.cpu / loop.cpu:.2f} of its CPU (promised: at most 1.15)")
    print(
        f"  scan           {one.cpu / listing.cpu:.2f} of that of listing each, {one.cpu / loop.cpu:.2f} of a bare loop"
    )
    print(f"  two processes  {one.wall / two.wall:.2f} times one (promised: at least 1.5 on idle processors)")
    print(f"  memory         {two.mebibytes:.0f} MiB, the largest process (promised: at most 120)")
    measure_cluster(folder, loop.cpu, runs)
    measure_rows(folder)
    measure_trend(folder, runs)


def measure_rows(folder: Path) -> None:
    """Prints the memory that a table of a million rows takes, and one of a tenth."""
    tenth, million = (
        spent([sys.executable, "-c", ROWS.format(rows=rows)], folder, 1).mebibytes for rows in (10**5, 10**6)
    )
    print(f"Parquet of a million rows: {million:.0f} MiB, of a tenth {tenth:.0f} MiB (promised: the same)")


def measure_cluster(folder: Path, loop: float, runs: int) -> None:
    """Prints what a Dask cluster spends on the same models; its workers are warm."""
    script = folder / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen([sys.executable, str(script)], stdin=-1, stdout=-1, stderr=-3, text=True) as cluster:
        assert cluster.stdout is not None
        assert cluster.stdin is not None
        address, *workers = cluster.stdout.readline().split()
        command = [*WEIGHTSCOPE, "scan", "models", "--models", "--force", "-o", "x.jsonl", "--dask", address]
        spent(command, folder, 1)
        before = sum(map(cpu_of, workers))
        here = spent(command, folder, runs)
        cpu = here.cpu + (sum(map(cpu_of, workers)) - before) / runs
        print(f"  scan --dask    {cpu / loop:.2f} of its CPU, all processes together (promised: at most 1.5)")
        cluster.stdin.close()


def cpu_of(process: str) -> float:
    """Returns the CPU seconds that a process and its threads have spent."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_trend(folder: Path, runs: int) -> None:
    """Prints what the trend of 100 checkpoints costs against the statistics of each."""
    (folder / "run").mkdir()
    for number in range(100):
        shutil.copy(SAMPLES / "text_bidirectional_lstm.keras", folder / "run" / f"{number}.keras")
    files = [f"run/{number}.keras" for number in range(100)]
    start = spent([*WEIGHTSCOPE, "inspect", files[0], "--stats", "--preview", "0"], folder, runs)
    stats = spent([*WEIGHTSCOPE, "inspect", *files, "--stats", "--preview", "0", "--format", "jsonl"], folder, runs)
    trend = spent([*WEIGHTSCOPE, "trend", "run", "--format", "jsonl"], folder, runs)
    ratio = (trend.cpu - start.cpu) / (stats.cpu - start.cpu)
    print(f"trend of 100 checkpoints: {ratio:.2f} of the CPU of --stats on each, without start-ups (promised: 1.1)")


def measure_rate(model: Path) -> None:
    """Prints how fast the statistics of a large model are computed on one core, with numba and without."""
    folder = model.parent
    if not (folder / "big.weights.h5").exists():
        (folder / "big.weights.h5").symlink_to(model)
    rates = [
        float(
            subprocess.run(
                [sys.executable, "-c", RATE.format(without=without)], cwd=folder, stdout=-1, check=True
            ).stdout
        )
        for without in ("", "sys.modules['numba'] = None")
    ]
    print(f"statistics on one core: {rates[0]:.2f} GB/s with numba (promised: 2), {rates[1]:.2f} without")
    scan = [*WEIGHTSCOPE, "scan", "big.weights.h5", "--stats", "--jobs", "1", "--force", "-o", "x.jsonl"]
    print(f"scan --stats of it: {spent(scan, folder, 1).mebibytes:.0f} MiB, the largest process (promised: 120)")
