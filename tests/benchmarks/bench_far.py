"""Times weightscope on far files against downloading them first, side by side, and prints the ratios.

Usage: python -m tests.benchmarks.bench_far FILE... [--delay SECONDS] [--rate BYTES_A_SECOND]. The files are served on
loopback with a delay for each request and a rate for each connection. No test depends on what this prints.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.bench import WEIGHTSCOPE, run_once
from tests.range_server import serving

DOWNLOAD = """
import os, subprocess, sys, tempfile, urllib.request
with tempfile.TemporaryDirectory() as folder:
    file, _ = urllib.request.urlretrieve(sys.argv[1], os.path.join(folder, "model"))
    subprocess.run([sys.executable, "-m", "weightscope", "inspect", file, *sys.argv[2:]])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--rate", type=float, default=25e6)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    print(f"{'':40} {'rounds':>6} {'requests':>8} {'share':>7} {'ours':>6} {'theirs':>6} ratio")
    for file in given.files:
        with serving(file.parent, delay=given.delay, rate=given.rate) as server:
            location = f"{server.url}{file.name}"
            for options in ((), ("--stats",)):
                command = [*WEIGHTSCOPE, "inspect", location, "--json", *options]
                found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
                remote, size = found["source"]["remote"], file.stat().st_size
                theirs = [sys.executable, "-c", DOWNLOAD, location, "--json", *options]
                pairs = [(run_once(command), run_once(theirs)) for _ in range(given.runs)]
                ours, whole = (min(cost.seconds for cost in costs) for costs in zip(*pairs, strict=True))
                print(
                    f"{' '.join((file.name, *options)):40} {remote['rounds']:6} {remote['requests']:8}"
                    f" {remote['bytes_read'] / size:7.2%}"
                    f" {ours:5.2f}s {whole:5.2f}s {ours / whole:5.2f}"
                )


if __name__ == "__main__":
    main()
