"""A temporary folder is removed when it is left, and when a signal ends the process."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import clean_environment
from weightscope.source.temporary_folder import temporary_folder

_WAITS = """
import sys, time
from weightscope.source.temporary_folder import temporary_folder
with temporary_folder() as folder:
    (folder / "file").write_text("values")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_temporary_folder_is_removed_at_the_end_and_handlers_are_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with temporary_folder() as folder:
        (folder / "file").write_text("values")
    assert not folder.exists()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_that_ends_the_process_leaves_no_temporary_folder(name: str) -> None:
    number = getattr(signal, name)
    process = subprocess.Popen(
        [sys.executable, "-c", _WAITS], env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert folder.is_dir()
    process.send_signal(number)
    process.communicate(timeout=60)
    assert (process.returncode, folder.exists()) == (-number, False)
