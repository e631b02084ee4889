"""Times weightscope on far files against downloading them first, side by side, and prints the ratios.

Usage: python -m tests.benchmarks.bench_far [FILE...] [--delay SECONDS] [--rate BYTES_A_SECOND]. The files are served on
loopback with a delay for each request and a rate for each connection. No test depends on what this prints.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bench import WEIGHTSCOPE, make_models, run_once
from tests.range_server import serving

DOWNLOAD = """
import os, subprocess, sys, tempfile, urllib.request
with tempfile.TemporaryDirectory() as folder:
    file, _ = urllib.request.urlretrieve(sys.argv[1], os.path.join(folder, "model"))
    subprocess.run([sys.executable, "-m", "weightscope", "inspect", file, *sys.argv[2:]])
"""


def main() -> None:
    """Makes the models where none is named, measures, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--rate", type=float, default=25e6)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    print(f"{'far files':<42} {'rounds':>6} {'requests':>8} {'share':>7} {'ours':>9} {'peer':>9} {'time':>7}  promised")
    with tempfile.TemporaryDirectory() as folder:
        if not given.files:
            make_models(Path(folder), big=False)
        for file in given.files or sorted(Path(folder).glob("*.keras")):
            with serving(file.parent, delay=given.delay, rate=given.rate) as server:
                for options in ((), ("--stats",)):
                    compare(f"{server.url}{file.name}", file.stat().st_size, options, given.runs)


def compare(location: str, size: int, options: Sequence[str], runs: int) -> None:
    """Prints what inspecting a far file takes, and its ratio to downloading the file and inspecting the copy."""
    command = [*WEIGHTSCOPE, "inspect", location, "--json", *options]
    peer = [sys.executable, "-c", DOWNLOAD, location, "--json", *options]
    remote = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["source"]["remote"]
    pairs = [(run_once(command), run_once(peer)) for _ in range(runs)]
    ours, theirs = (min(cost.seconds for cost in costs) for costs in zip(*pairs, strict=True))
    name = " ".join(("inspect", location.rpartition("/")[2], *options))
    print(
        f"{name:<42} {remote['rounds']:6} {remote['requests']:8} {remote['bytes_read'] / size:7.1%}"
        f" {ours:>7.2f} s {theirs:>7.2f} s {ours / theirs:>7.2f}  about 1 at most",
        flush=True,
    )


if __name__ == "__main__":
    main()
