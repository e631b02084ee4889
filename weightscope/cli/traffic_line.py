"""Shows on stderr how much of a far file is fetched, if that takes longer than half a second (terminals only)."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.source.bytes.far.traffic import on_traffic
from weightscope.view.text.words import escape, shortened, size

#: Seconds of fetching before the line is shown, and between two changes of it.
PATIENCE, _PAUSE = 0.5, 0.2


@contextmanager
def traffic_line() -> Iterator[None]:
    """Shows what far files take while the body runs; the line is gone whenever nothing is being fetched."""
    line = _TrafficLine() if sys.stderr.isatty() else None
    before = on_traffic.set(line)
    try:
        yield
    finally:
        on_traffic.reset(before)
        if line is not None:
            line.pause(True)  # threads whose fetching was broken off may still count a last request


@contextmanager
def no_traffic_line() -> Iterator[None]:
    """Shows no such line while the body runs: something else says how far it is."""
    line = on_traffic.get()
    if not isinstance(line, _TrafficLine):
        yield
        return
    line.pause(True)
    try:
        yield
    finally:
        line.pause(False)


class _TrafficLine:
    """A line that is drawn anew in place. Several threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_paused = False
        self._is_shown = False
        self._next: float | None = None

    def show(self, location: str, bytes_read: int) -> None:
        """Draws the line, if it is time."""
        now = time.monotonic()
        with self._lock:
            if self._next is None:
                self._next = now + PATIENCE
            if self._is_paused or now < self._next:
                return
            self._next = now + _PAUSE
            width = shutil.get_terminal_size().columns
            end = f": {size(bytes_read)} fetched"
            line = shortened(escape(location), max(0, width - len(end) - 1)) + end
            self._is_shown = True
            _write(f"\r{line[: width - 1]}\x1b[K")

    def clear(self) -> None:
        """Removes the line."""
        with self._lock:
            self._clear()

    def pause(self, is_paused: bool) -> None:
        """Removes the line and draws none until the pause ends."""
        with self._lock:
            self._is_paused = is_paused
            self._clear()

    def _clear(self) -> None:
        if self._is_shown:
            self._is_shown = False
            _write("\r\x1b[K")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
