"""Reduces a matrix for display: each cell of the small matrix stands for a rectangle of the large one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Variable
from weightscope.inspection.closeup import Pool
from weightscope.measure.closeup.folding import Folding
from weightscope.measure.reading.gather import Block, Gatherer, gather
from weightscope.measure.statistics.moments import SAFE_EXPONENT
from weightscope.measure.statistics.statistics import as_numbers

Matrix = npt.NDArray[np.float64]

#: The values that are not finite, the later one winning over the earlier ones in a cell.
_STRANGE = (-np.inf, np.inf, np.nan)


@dataclass(frozen=True, slots=True)
class Downsampled:
    """A matrix of float64, of which each cell stands for the values of a rectangle of a larger one.

    A cell is NaN when one value of its rectangle is; else infinite when one value is, positive if there are both. Of
    two values of the same largest magnitude the positive one is taken. Where each cell has one value, it is that value.

    Attributes:
        values: As many rows and columns as were asked for at most.
        row_step: How many rows one cell stands for; fewer in the last row.
        column_step: How many columns it stands for.
        pool: How a cell stands for its values.
        row_norms: The L2 norm of each row of the large matrix; of several rows the root mean square of their norms.
            Not finite as cells are.
        column_norms: The same of the columns.
    """

    values: Matrix
    row_step: int
    column_step: int
    pool: Pool
    row_norms: Matrix
    column_norms: Matrix

    @property
    def is_whole(self) -> bool:
        """Whether every cell is one value."""
        return self.row_step == self.column_step == 1

    @property
    def has_signs(self) -> bool:
        """Whether cells can be negative: a root mean square of several values cannot."""
        return self.is_whole or self.pool != "rms"


def downsampled(variable: Variable, folding: Folding, size: tuple[int, int], pool: Pool = "rms") -> Downsampled:
    """Returns the values of a variable as a matrix of at most `size`, in rows and columns.

    The variable is read block by block.
    """
    (pooler,) = gather([variable], lambda _: _Pooler(folding, size, pool))
    return pooler.downsampled()


class _Pooler(Gatherer):
    """Adds up the finite values of each cell, their squares, or their extremes, and remembers which are not finite."""

    def __init__(self, folding: Folding, size: tuple[int, int], pool: Pool) -> None:
        self._folding, self._asked_for = folding, pool
        self._steps = (max(1, -(-folding.rows // size[0])), max(1, -(-folding.columns // size[1])))
        # the largest of one value is the value, to the last bit
        self._pool: Pool = "max" if self._steps == (1, 1) else pool
        cells = (-(-folding.rows // self._steps[0]), -(-folding.columns // self._steps[1]))
        self._strange: npt.NDArray[np.int8] = np.zeros(cells, np.int8)
        self._squares: Matrix = np.zeros(cells)
        self._sums: Matrix = np.zeros(cells if self._pool == "mean" else (0, 0))
        extremes = cells if self._pool == "max" else (0, 0)
        self._largest: Matrix = np.full(extremes, -np.inf)
        self._smallest: Matrix = np.full(extremes, np.inf)
        # sums are of values divided by 2**exponent, and squares of these: float64 holds the squares of most
        self._exponent: int | None = None  # before the first value that is not 0

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        for row, column, values in self._folding.pieces(Block(block.selection, as_numbers(block.values))):
            self._add(row, column, values)

    def _add(self, row: int, column: int, values: Array) -> None:
        row_starts, rows = _cells(row, values.shape[0], self._steps[0])
        column_starts, columns = _cells(column, values.shape[1], self._steps[1])
        cells = (rows, columns)

        def pooled(how: np.ufunc, one: Array) -> Array:
            # along the rows first: there the values of a cell lie side by side, which is ten times as fast
            return how.reduceat(how.reduceat(one, column_starts, axis=1), row_starts, axis=0)

        if not np.isfinite(values).all():
            found = pooled(np.maximum, _codes(values))
            self._strange[cells] = np.maximum(self._strange[cells], found)
            values = np.where(np.isfinite(values), values, 0)
        scaled = self._scaled(values)
        self._squares[cells] += pooled(np.add, scaled * scaled)
        if self._pool == "mean":
            self._sums[cells] += pooled(np.add, scaled)
        if self._pool == "max":
            self._largest[cells] = np.maximum(self._largest[cells], pooled(np.maximum, values))
            self._smallest[cells] = np.minimum(self._smallest[cells], pooled(np.minimum, values))

    def merge(self, later: _Pooler) -> None:
        """Merges the results of another one."""
        if later._exponent is not None:
            self._raise_exponent(later._exponent)
            later._raise_exponent(self._exponent or 0)
        np.maximum(self._strange, later._strange, out=self._strange)
        self._squares += later._squares
        self._sums += later._sums
        np.maximum(self._largest, later._largest, out=self._largest)
        np.minimum(self._smallest, later._smallest, out=self._smallest)

    def downsampled(self) -> Downsampled:
        """Returns the reduced matrix and its norms."""
        heights, widths = (
            np.minimum(step, size - np.arange(0, size, step))
            for size, step in zip((self._folding.rows, self._folding.columns), self._steps, strict=True)
        )
        row_norms = self._unscaled(np.sqrt(self._squares.sum(axis=1) / heights))
        column_norms = self._unscaled(np.sqrt(self._squares.sum(axis=0) / widths))
        return Downsampled(
            _with_strange(self._values(np.outer(heights, widths)), self._strange),
            *self._steps,
            self._asked_for,
            np.abs(_with_strange(row_norms, self._strange.max(axis=1))),
            np.abs(_with_strange(column_norms, self._strange.max(axis=0))),
        )

    def _values(self, counts: Array) -> Matrix:
        """Returns what stands for the finite values of each cell, of which `counts` has the number."""
        if self._pool == "max":
            return np.where(-self._smallest > self._largest, self._smallest, self._largest)
        if self._pool == "mean":
            return self._unscaled(self._sums / counts)
        return self._unscaled(np.sqrt(self._squares / counts))

    def _scaled(self, values: Array) -> Matrix:
        """Returns the values as float64, divided by a power of two that their squares need."""
        scaled: Matrix = values.astype(np.float64)
        if values.dtype == np.float64:  # the squares of no other dtype leave float64
            magnitude = float(np.max(np.abs(scaled), initial=0.0))
            if magnitude > 0:
                exponent = math.frexp(magnitude)[1]
                self._raise_exponent(exponent if abs(exponent) > SAFE_EXPONENT else 0)
        return np.ldexp(scaled, -self._exponent) if self._exponent else scaled

    def _raise_exponent(self, exponent: int) -> None:
        if self._exponent is not None and exponent > self._exponent:
            self._squares = np.ldexp(self._squares, 2 * (self._exponent - exponent))
            self._sums = np.ldexp(self._sums, self._exponent - exponent)
        self._exponent = exponent if self._exponent is None else max(self._exponent, exponent)

    def _unscaled(self, values: Matrix) -> Matrix:
        with np.errstate(over="ignore"):  # what is beyond float64 is infinite, as in statistics
            return np.ldexp(values, self._exponent or 0)


def _codes(values: Array) -> npt.NDArray[np.int8]:
    """Returns 0 for finite values, and for others their place in `_STRANGE`, from 1 on."""
    codes: npt.NDArray[np.int8] = np.isnan(values) * np.int8(3)
    codes[values == np.inf] = 2
    codes[values == -np.inf] = 1
    return codes


def _with_strange(values: Matrix, codes: npt.NDArray[np.int8]) -> Matrix:
    """Returns the values with those that are not finite in their places."""
    for code, strange in enumerate(_STRANGE, 1):
        values[codes == code] = strange
    return values


def _cells(first: int, count: int, step: int) -> tuple[Array, slice]:
    """Returns where in a run of `count` rows that begins at row `first` cells begin, and which cells they are."""
    numbers = np.arange(first // step, (first + count - 1) // step + 1)
    starts = np.maximum(numbers * step - first, 0)
    return starts, slice(int(numbers[0]), int(numbers[-1]) + 1)
