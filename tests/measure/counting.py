"""Ways to see how values are read: how often, and with how many threads."""

from __future__ import annotations

import os

import pytest

from weightscope.inspection import Array, Selection


class Counting:
    """Values that are there already; `reads` is how often some of them were asked for."""

    chunk_shape = None

    def __init__(self, array: Array) -> None:
        self.array = array
        self.reads = 0

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values."""
        self.reads += 1
        return self.array[selection]


def use_processors(count: int, patch: pytest.MonkeyPatch) -> None:
    """Makes the machine one of `count` processors."""
    patch.setattr(os, "sched_getaffinity", lambda process: set(range(count)), raising=False)
