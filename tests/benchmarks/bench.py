"""Times weightscope against what users do today, side by side in one run, and prints the ratios.

Usage: bench.py [--big] [--runs N]. The models are those of ../shared/bench/make_models.py, made in a temporary folder;
each command runs as a process of its own, warm, in turn with its peer. No test depends on what this prints.
"""

from __future__ import annotations

import argparse
import importlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

PEERS = Path(__file__).parents[3] / "shared" / "bench"
WEIGHTSCOPE = [sys.executable, "-m", "weightscope"]

SAMPLES = Path(__file__).parents[2] / "sample_models"
CHECKPOINT = str(SAMPLES / "cnn_checkpoint" / "ckpt-1")
SAVED_MODEL = str(SAMPLES / "cnn_savedmodel")

#: Keras recurses once a layer and more: its 2,000-layer model is beyond Python's usual limit, saving and loading.
DEEP = (
    "import runpy, sys; sys.setrecursionlimit(10**6); del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
)

#: The SHA-256 of the bytes of a file, as fast as Python has it.
SHA_256 = "import hashlib, sys; hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256')"

#: Seconds that a command may take; one that takes longer is stopped, and its time is a lower bound.
PATIENCE = 120.0

#: As an installed program has it: bytecode is cached.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Comparison:
    """Our command, what it is held against, and the ratio that is promised."""

    name: str
    ours: list[str]
    theirs: list[str]
    promise: str


@dataclass(frozen=True)
class Cost:
    """The median wall time in seconds and the largest peak memory in MiB of some runs."""

    seconds: float
    mebibytes: float


def run_once(command: list[str]) -> Cost:
    """Runs a command to its end, or for `PATIENCE` seconds, and returns what it cost."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    impatience = threading.Timer(PATIENCE, process.kill)
    impatience.start()
    _, status, usage = os.wait4(process.pid, 0)
    impatience.cancel()
    seconds = time.perf_counter() - before
    if os.waitstatus_to_exitcode(status) != 0 and seconds < PATIENCE:
        raise SystemExit(f"failed: {' '.join(command)}")
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Cost(seconds, usage.ru_maxrss / scale)


def side_by_side(comparison: Comparison, runs: int) -> tuple[Cost, Cost]:
    """Runs both commands in turn, once to warm up and then `runs` times; returns the median of each.

    A command that ran out of patience once is not run again.
    """
    ours, theirs = [run_once(comparison.ours)], [run_once(comparison.theirs)]
    for _ in range(runs):
        ours.append(run_once(comparison.ours))
        if theirs[0].seconds < PATIENCE:
            theirs.append(run_once(comparison.theirs))
    return median(ours[1:]), median(theirs[1:] or theirs)


def median(costs: list[Cost]) -> Cost:
    """Returns the median time and memory."""
    return Cost(statistics.median(cost.seconds for cost in costs), statistics.median(cost.mebibytes for cost in costs))


def comparisons(models: Path) -> list[Comparison]:
    """Returns what is measured, of the models that are there."""
    load = [sys.executable, "-c", DEEP, str(PEERS / "peer_load_model.py")]
    load_stats = [sys.executable, "-c", DEEP, str(PEERS / "peer_load_model_statistics.py")]
    inspect = [*WEIGHTSCOPE, "inspect"]
    completion = ["env", "_WEIGHTSCOPE_COMPLETE=zsh", *WEIGHTSCOPE]
    stats = [*inspect, "--stats"]
    report = [*WEIGHTSCOPE, "report"]
    small, resnet, wide, big = (str(models / f"{name}.keras") for name in ("small", "resnet50", "wide", "big"))
    copy = str(models / "copy_of_big.keras")
    export = [*WEIGHTSCOPE, "export", big, "--force", "-o"]
    new = str(models / "new")
    hashed = [sys.executable, "-c", SHA_256, big]
    copied = ["sh", "-c", f'cp "$0" {new} && "$1" -c "$2" {new}', big, sys.executable, SHA_256]
    page = ["--pictures", "none", "--force", "-o", str(models / "page.html")]
    imports = [sys.executable, "-c", "import click, pyfive"]
    with_tensorflow = "import tensorflow as tf; tf."
    list_variables = [sys.executable, "-c", f"{with_tensorflow}train.list_variables({CHECKPOINT!r})"]
    load_saved_model = [sys.executable, "-c", f"{with_tensorflow}saved_model.load({SAVED_MODEL!r}).variables"]
    all_of_them = [
        Comparison("inspect small.keras --json", [*inspect, small, "--json"], [*load, small], "at most 0.10"),
        Comparison("  against import click, pyfive", [*inspect, small, "--json"], imports, "at most 0.75"),
        Comparison("inspect --help; import click, pyfive", [*inspect, "--help"], imports, "at most 0.50"),
        Comparison("completion of an option; the same", [*completion, "inspect", "--fo"], imports, "at most 0.50"),
        Comparison("completion of a variable; the same", [*completion, "show", small, "d"], imports, "under 0.3 s"),
        Comparison("inspect resnet50.keras", [*inspect, resnet], [*load, resnet], "at most 0.10"),
        Comparison("inspect wide.keras --json", [*inspect, wide, "--json"], [*load, wide], "at most 0.10"),
        Comparison("inspect big.keras", [*inspect, big], [*load, big], "at most 0.025, and 80 MiB"),
        Comparison("inspect resnet50.keras --stats", [*stats, resnet], [*load_stats, resnet], "at most 0.10"),
        Comparison("inspect big.keras --stats", [*stats, big], [*load_stats, big], "at most 0.10, and 150 MiB"),
        Comparison("inspect cnn_checkpoint", [*inspect, CHECKPOINT], list_variables, "at most 0.10"),
        Comparison("inspect cnn_savedmodel", [*inspect, SAVED_MODEL], load_saved_model, "at most 0.10"),
        Comparison("check big.keras", [*WEIGHTSCOPE, "check", big], [*stats, big], "about 1"),
        Comparison(
            "report resnet50.keras; --stats", [*report, resnet, *page], [*stats, resnet, "--json"], "at most 1.15"
        ),
        Comparison("report big.keras; --stats", [*report, big, *page], [*stats, big, "--json"], "at most 1.15"),
        Comparison("diff big.keras, a copy; cmp", [*WEIGHTSCOPE, "diff", big, copy], ["cmp", big, copy], "about 1"),
        Comparison("id big.keras; SHA-256", [*WEIGHTSCOPE, "id", big], hashed, "at most 1.3, and 100 MiB"),
        Comparison("export to .npz; cp and SHA-256", [*export, f"{new}.npz"], copied, "at most 1.5, and 150 MiB"),
        Comparison("export to .safetensors; same", [*export, f"{new}.safetensors"], copied, "at most 1.5, and 150 MiB"),
        Comparison("export to .weights.h5; same", [*export, f"{new}.weights.h5"], copied, "at most 2.5, and 150 MiB"),
        Comparison("inspect small.keras --live", [*inspect, small, "--live"], [*load, small], "at most 1.10"),
        Comparison("inspect resnet50.keras --live", [*inspect, resnet, "--live"], [*load, resnet], "at most 1.10"),
    ]
    return [one for one in all_of_them if all(Path(part).exists() for part in one.ours if part.endswith(".keras"))]


def many_models() -> ModuleType:
    """Returns the module beside this script."""
    return importlib.import_module("many_models")


def main() -> None:
    """Makes the models, measures, prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--big", action="store_true", help="the 2.1 GB model too; it takes 12 GB of memory to make")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        make_models(Path(folder), big=arguments.big)
        print(f"{'work':<42} {'ours':>9} {'peer':>9} {'time':>7} {'ours':>9} {'peer':>9} {'memory':>7}  promised")
        for comparison in comparisons(Path(folder)):
            ours, theirs = side_by_side(comparison, arguments.runs)
            print(
                f"{comparison.name:<42} {ours.seconds:>7.2f} s {theirs.seconds:>7.2f} s"
                f" {ours.seconds / theirs.seconds:>7.3f} {ours.mebibytes:>5.0f} MiB {theirs.mebibytes:>5.0f} MiB"
                f" {ours.mebibytes / theirs.mebibytes:>7.2f}  {comparison.promise}",
                flush=True,
            )
        many = Path(folder) / "many"
        many.mkdir()
        many_models().measure_many(many, arguments.runs)
        if arguments.big:
            many_models().measure_rate(Path(folder) / "big.keras")
            against_one_sum(Path(folder) / "big.keras", arguments.runs)


def against_one_sum(model: Path, runs: int) -> None:
    """Prints how the statistics of all values compare with numpy's sum of the same bytes, already in memory."""
    values = np.fromfile(model, np.uint8)[: model.stat().st_size // 4 * 4].view(np.float32)
    sums, starts, stats = [], [], []
    for _ in range(runs):
        begun = time.perf_counter()
        values.sum()
        sums.append(time.perf_counter() - begun)
        starts.append(run_once([*WEIGHTSCOPE, "inspect", str(model)]).seconds)
        stats.append(run_once([*WEIGHTSCOPE, "inspect", str(model), "--stats"]).seconds)
    one, start, whole = (statistics.median(times) for times in (sums, starts, stats))
    read = values.nbytes / 1e9
    print(f"{read:.1f} GB: numpy's sum {one:.3f} s, start-up {start:.2f} s, statistics {whole:.2f} s, that is")
    print(f"  {read / whole:.2f} GB/s in all, {read / (whole - start):.2f} GB/s after start-up,")
    print(f"  {(whole - start) / one:.1f} sums after start-up, {whole / (one + start):.1f} x (sum and start-up)")


def make_models(folder: Path, *, big: bool) -> None:
    """Writes the models of the shared script."""
    command = [sys.executable, "-c", DEEP, str(PEERS / "make_models.py"), str(folder), *(["--big"] if big else [])]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    if big:
        shutil.copyfile(folder / "big.keras", folder / "copy_of_big.keras")


if __name__ == "__main__":
    main()
