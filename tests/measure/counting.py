"""Values in memory that count how often they are read."""

from __future__ import annotations

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
