"""The processes that read models: what one of them meets costs a row, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, clean_environment
from tests.many.scans import WEIGHTSCOPE, huge, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded, and processes are seen, on Linux")

READS_WITH_LITTLE_MEMORY = """
import sys
from pathlib import Path
from weightscope.many.pool import Processes
from weightscope.many.work_folder import WorkFolder
from weightscope.measure.listing.row_options import RowOptions
from weightscope.source.file import import_readers
from weightscope.source.file.candidate import Candidate
import_readers()
taken = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmData"))
folder = WorkFolder.begin(Path("scan"), {}, map(Candidate, sys.argv[1:]))
list(Processes(1, 600.0, (int(taken.split()[1]) << 10) + (24 << 20)).run(folder, RowOptions()))
sys.stdout.buffer.writelines(folder.rows(0))
"""


def with_long_config(path: Path) -> Path:
    """Writes a model whose config takes some 40 MiB when it is parsed."""
    with zipfile.ZipFile(SAMPLES / "nan_weights.keras") as model, zipfile.ZipFile(path, "w") as out:
        for name in model.namelist():
            content = model.read(name)
            if name == "config.json":
                content = json.dumps({**json.loads(content), "extra": [[0]] * 500_000}).encode()
            out.writestr(name, content)
    return path


def test_a_model_that_needs_too_much_memory_costs_a_row(tmp_path: Path) -> None:
    with_long_config(tmp_path / "long.keras")
    files = [str(SAMPLES / "legacy.h5"), "long.keras", str(SAMPLES / "nan_weights.keras")]
    ran = subprocess.run(
        [sys.executable, "-c", READS_WITH_LITTLE_MEMORY, *files],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(OPENBLAS_NUM_THREADS="1"),
    )
    errors = {row["location"]: row["error"] for row in map(json.loads, ran.stdout.splitlines())}
    assert errors == {files[0]: None, files[1]: "it needs more memory than a process may take", files[2]: None}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_ends_with_the_program_that_started_it(tmp_path: Path, number: int) -> None:
    huge(tmp_path / "a.h5", 1 << 36)
    begun = subprocess.Popen([*WEIGHTSCOPE, "scan", "a.h5", "--stats", "-o", "x.jsonl"], cwd=tmp_path)
    children = Path(f"/proc/{begun.pid}/task/{begun.pid}/children")
    wait_until(lambda: any((tmp_path / "x.jsonl.parts").glob("part-*")))
    (child,) = map(int, children.read_text().split())
    os.kill(begun.pid, number)
    assert begun.wait() == -number
    wait_until(lambda: not is_running(child))


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
