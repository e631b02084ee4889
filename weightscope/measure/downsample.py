"""Reduces a matrix for display: each cell of the small matrix stands for a rectangle of the large one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.scan import Block, scan

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Downsampled:
    """A matrix of float64, of which each cell is the value of largest magnitude, with its sign, of a rectangle.

    A cell is NaN when one value of its rectangle is; of two values of the same magnitude the positive one is taken.

    Attributes:
        values: As many rows and columns as were asked for at most.
        row_step: How many rows one cell stands for; fewer in the last row.
        column_step: How many columns it stands for.
    """

    values: Matrix
    row_step: int
    column_step: int

    @property
    def is_whole(self) -> bool:
        """Whether every cell is one value."""
        return self.row_step == self.column_step == 1


def downsampled(variable: Variable, rows: int, columns: int) -> Downsampled:
    """Returns the values of a variable of one or two axes, as a matrix of at most `rows` times `columns`.

    The variable is read block by block. One axis is one row.
    """
    (reducer,) = scan([variable], lambda one: _Reducer(one.info.shape, rows, columns))
    return reducer.downsampled()


class _Reducer:
    """Keeps the largest and the smallest value of each cell; numpy's extremes are NaN as soon as one value is."""

    def __init__(self, shape: tuple[int, ...], rows: int, columns: int) -> None:
        height, width = _as_matrix(shape)
        self.row_step = max(1, -(-height // rows))
        self.column_step = max(1, -(-width // columns))
        cells = (-(-height // self.row_step), -(-width // self.column_step))
        self._largest: Matrix = np.full(cells, -np.inf)
        self._smallest: Matrix = np.full(cells, np.inf)

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        first_row, first_column = _corner(block.selection)
        values = block.values.reshape(_as_matrix(block.values.shape))
        row_starts, rows = _cells(first_row, values.shape[0], self.row_step)
        column_starts, columns = _cells(first_column, values.shape[1], self.column_step)
        for extreme, kept in ((np.maximum, self._largest), (np.minimum, self._smallest)):
            # along the rows first: there the values of a cell lie side by side, which is ten times as fast
            by_column = extreme.reduceat(values, column_starts, axis=1)
            found = extreme.reduceat(by_column, row_starts, axis=0).astype(np.float64)
            extreme(kept[rows, columns], found, out=kept[rows, columns])

    def merge(self, later: _Reducer) -> None:
        """Merges the results of another one."""
        np.maximum(self._largest, later._largest, out=self._largest)
        np.minimum(self._smallest, later._smallest, out=self._smallest)

    def downsampled(self) -> Downsampled:
        """Returns the reduced matrix."""
        values = np.where(-self._smallest > self._largest, self._smallest, self._largest)
        return Downsampled(values, self.row_step, self.column_step)


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    return (1, shape[0]) if len(shape) == 1 else (shape[0], shape[1])


def _corner(selection: Selection) -> tuple[int, int]:
    starts = [part.start or 0 for part in selection]
    return (0, starts[0]) if len(starts) == 1 else (starts[0], starts[1])


def _cells(first: int, count: int, step: int) -> tuple[Array, slice]:
    """Returns where in a run of `count` rows that begins at row `first` cells begin, and which cells they are."""
    numbers = np.arange(first // step, (first + count - 1) // step + 1)
    starts = np.maximum(numbers * step - first, 0)
    return starts, slice(int(numbers[0]), int(numbers[-1]) + 1)
