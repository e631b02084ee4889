"""Reports that somebody else's code takes long: whoever shows it to the user says how."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Seconds after which a wait is reported.
PATIENCE = 2.0

#: Called with what is waited for, from a thread of its own; None where nobody wants to know.
on_long_wait: ContextVar[Callable[[str], None] | None] = ContextVar("on_long_wait", default=None)


@contextmanager
def reported_when_slow(name: str) -> Iterator[None]:
    """Within it, after `PATIENCE`, whoever listens is told that the module `name` is still being imported."""
    report = on_long_wait.get()
    if report is None:
        yield
        return
    timer = threading.Timer(PATIENCE, report, [f"importing {name} takes long: its top-level code is running"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
