"""A temporary folder that is removed also if the process is asked to end, as by `kill` or a closed terminal."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: The signals that end a process without unwinding it; Windows has no SIGHUP.
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yields an empty folder, and removes it at the end. Signals that have a handler already keep it."""
    owner = os.getpid()
    with tempfile.TemporaryDirectory(prefix="weightscope-") as name:

        def remove_and_end(number: int, _frame: Any) -> None:
            if os.getpid() == owner:  # and no process that was forked meanwhile
                shutil.rmtree(name, ignore_errors=True)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        in_main_thread = threading.current_thread() is threading.main_thread()  # only this thread may set handlers
        handled = [one for one in _ENDING if in_main_thread and signal.getsignal(one) is signal.SIG_DFL]
        for one in handled:
            signal.signal(one, remove_and_end)
        try:
            yield Path(name)
        finally:
            for one in handled:
                signal.signal(one, signal.SIG_DFL)
