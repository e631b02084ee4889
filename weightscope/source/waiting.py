"""Reports slow imports of foreign code through a callback; the caller decides how to show them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Seconds after which a wait is reported.
PATIENCE = 2.0

#: Called with a message, in a separate thread, when a wait is long; None to report nothing.
on_long_wait: ContextVar[Callable[[str], None] | None] = ContextVar("on_long_wait", default=None)


@contextmanager
def reported_when_slow(name: str) -> Iterator[None]:
    """Calls `on_long_wait` if the body, which imports the module `name`, takes longer than `PATIENCE` seconds."""
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
