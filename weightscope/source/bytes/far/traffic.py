"""Counts what reading a far file took."""

from __future__ import annotations

import threading


class Traffic:
    """What was transferred for one location. It may be used by several threads.

    Attributes:
        bytes_read: Bytes of the bodies of answers that were received.
        requests: Requests that were sent, repeated and redirected ones included.
        rounds: Sets of requests that are sent together, without waiting for answers.
    """

    def __init__(self) -> None:
        self.bytes_read = 0
        self.requests = 0
        self.rounds = 0
        self._lock = threading.Lock()

    def add(self, *, bytes_read: int = 0, requests: int = 0, rounds: int = 0) -> None:
        """Adds to the counts."""
        with self._lock:
            self.bytes_read += bytes_read
            self.requests += requests
            self.rounds += rounds
