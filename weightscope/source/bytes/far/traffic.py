"""Counts what reading a far file took, and reports it while it is being fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class TrafficDisplay(Protocol):
    """Shows a user that something is being fetched. Several threads may use it."""

    def show(self, location: str, bytes_read: int) -> None:
        """Called whenever bytes of a location came, with all of them so far."""
        ...

    def clear(self) -> None:
        """Called when nothing is being fetched any more."""
        ...


#: Shows the traffic of far locations that are opened from now on; None shows none.
on_traffic: ContextVar[TrafficDisplay | None] = ContextVar("weightscope_on_traffic", default=None)


class Traffic:
    """What was transferred for one location. It may be used by several threads.

    Attributes:
        bytes_read: Bytes of the bodies of answers that were received.
        requests: Requests that were sent, repeated and redirected ones included.
        rounds: Sets of requests that are sent together, without waiting for answers.
    """

    def __init__(self, location: str) -> None:
        """Starts to count.

        Args:
            location: What the user named, without secrets.
        """
        self.bytes_read = 0
        self.requests = 0
        self.rounds = 0
        self._location = location
        self._display = on_traffic.get()  # here, since other threads have contexts of their own
        self._lock = threading.Lock()

    def add(self, *, bytes_read: int = 0, requests: int = 0, rounds: int = 0) -> None:
        """Adds to the counts."""
        with self._lock:
            self.bytes_read += bytes_read
            self.requests += requests
            self.rounds += rounds
        if self._display is not None:
            self._display.show(self._location, self.bytes_read)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Shows what is added while the body runs, and nothing afterwards."""
        try:
            yield
        finally:
            if self._display is not None:
                self._display.clear()
