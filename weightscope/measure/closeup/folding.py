"""Views a variable as a matrix: a row as a matrix of one row, attention heads and their features as one axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from weightscope.inspection import Array, Selection
from weightscope.measure.reading.gather import Block

_HEADS = "heads"


@dataclass(frozen=True, slots=True)
class Folding:
    """How the axes of a variable become the two axes of a matrix.

    Attributes:
        shape: The shape of the variable: one to three axes.
        down: The axes of the variable that lie along the rows of the matrix, neighbours of each other.
        across: The axes that lie along the columns.
    """

    shape: tuple[int, ...]
    down: tuple[int, ...]
    across: tuple[int, ...]

    @classmethod
    def of(cls, shape: tuple[int, ...], axes: tuple[str, ...] = ()) -> Folding | None:
        """Returns the folding of a row, of a matrix, or of a kernel with attention heads; None for all else.

        Args:
            shape: The shape of the variable.
            axes: The meaning of each axis: of three axes, `heads` is folded with the axis behind it.
        """
        if len(shape) == 1:
            return cls(shape, (), (0,))
        if len(shape) == 2:
            return cls(shape, (0,), (1,))
        if len(shape) == 3 and _HEADS in axes[:2]:
            heads = axes.index(_HEADS)
            return cls(shape, (0, 1)[: 2 - heads], (1, 2)[1 - heads :])
        return None

    @property
    def rows(self) -> int:
        """The number of rows of the matrix."""
        return self._size(self.down)

    @property
    def columns(self) -> int:
        """The number of columns of the matrix."""
        return self._size(self.across)

    def pieces(self, block: Block) -> Iterator[tuple[int, int, Array]]:
        """Yields the values of a block as parts of the matrix: the first row, the first column, and two axes."""
        if len(self.shape) < 3:
            down, across = ([_start(block.selection, axis) for axis in axes] for axes in (self.down, self.across))
            yield sum(down), sum(across), np.atleast_2d(block.values)
            return
        heads = (self.down if len(self.down) == 2 else self.across)[0]
        for number in range(block.values.shape[heads]):
            part = np.take(block.values, number, axis=heads)
            starts = [_start(block.selection, axis) for axis in range(3)]
            starts[heads] += number
            yield self._place(starts, self.down), self._place(starts, self.across), part

    def _place(self, starts: list[int], axes: tuple[int, ...]) -> int:
        """Returns the row or column of an element: its axes counted as numpy counts in C order."""
        place = 0
        for axis in axes:
            place = place * self.shape[axis] + starts[axis]
        return place

    def _size(self, axes: tuple[int, ...]) -> int:
        size = 1
        for axis in axes:
            size *= self.shape[axis]
        return size


def _start(selection: Selection, axis: int) -> int:
    return (selection[axis].start or 0) if axis < len(selection) else 0
