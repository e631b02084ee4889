"""Compares the values of pairs of variables, block by block.

Blocks with equal bits are skipped. Their norm matters only if another block of the variable differs; it is then
computed at the end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.compare.compared_values import ComparedValues
from weightscope.measure.compare.settings import Tolerance
from weightscope.measure.compare.sums import Precise, Sums, precise
from weightscope.measure.reading.fetching import fetch_small
from weightscope.measure.reading.gather import READ_BYTES, Block, Gatherer, Progress, gather_each
from weightscope.measure.reading.scratch import PIECE, SCRATCH
from weightscope.measure.statistics.statistics import as_numbers

#: Dtypes whose values cannot be subtracted.
NO_NUMBERS = ("string", "resource", "variant")


class _Scratch(threading.local):
    """Memory to read the other variable into, separate for each thread."""

    def __init__(self) -> None:
        self.memory = bytearray(READ_BYTES)


_SCRATCH = _Scratch()


class ValueComparer(Gatherer):
    """Compares a variable of A with a variable of B of the same shape.

    Attributes:
        sums: The sums so far, without the norms of equal blocks.
    """

    __slots__ = ("_a", "_b", "_equal", "_has_differed", "_tolerance", "sums")

    def __init__(self, a: Variable, b: Variable, tolerance: Tolerance) -> None:
        self.sums = Sums()
        self._a = a
        self._b = b
        self._tolerance = tolerance
        self._equal: list[Selection] = []
        self._has_differed = False

    def add(self, block: Block) -> None:
        """Takes in one block of the scanned variable, and reads the same block of the other variable."""
        if _scanned(self._a, self._b) is self._a:
            a, b = block.values, self._b.read(block.selection, _SCRATCH.memory)
        else:
            a, b = self._a.read(block.selection, _SCRATCH.memory), block.values
        self.sums.elements += a.size
        # after a block that differed the next one most likely differs too, so its bits are not compared first
        if not self._has_differed and _same_bits(a, b):
            self._equal.append(block.selection)
        elif not self._has_numbers:
            self.sums.changed += int(np.count_nonzero(a != b))
        else:
            self._has_differed = True
            ones, others = _numbers(a), _numbers(b)
            for start in range(0, ones.size, PIECE):
                self._add(ones[start : start + PIECE], others[start : start + PIECE])

    def merge(self, later: ValueComparer) -> None:
        """Merges the results of another comparison."""
        self.sums.merge(later.sums)
        self._equal += later._equal

    @property
    def _has_numbers(self) -> bool:
        return self._a.info.dtype not in NO_NUMBERS and self._b.info.dtype not in NO_NUMBERS

    def result(self, *, with_norms: bool) -> ComparedValues:
        """Returns the result.

        Args:
            with_norms: Whether to read equal blocks again for their norms, also if no values differ.
        """
        result = ComparedValues(self.sums, self._has_numbers)
        if self._has_numbers and (with_norms or result.is_computed):
            for selection in self._equal:
                self.sums.add_equal(self._a.read(selection, _SCRATCH.memory))
        return result

    def _add(self, a: Array, b: Array) -> None:
        """Takes in a piece: one axis, at least one element."""
        with np.errstate(over="ignore", invalid="ignore"):
            x, y, distances = _precise_and_distances(a, b)
            if not np.isfinite(distances.max()):
                x, y, distances = self._finite(x, y, distances)
        if distances.size:
            self.sums.reach(float(distances.max()))
            self.sums.changed += self._beyond_tolerance(distances, y)
            self.sums.add_finite(x, y, distances)

    def _finite(self, x: Precise, y: Precise, distances: Precise) -> tuple[Precise, Precise, Precise]:
        """Takes in the positions where a value is not finite, and returns the other positions."""
        finite = np.isfinite(x) & np.isfinite(y)
        apart = distances[~finite & (x != y) & ~(np.isnan(x) & np.isnan(y))]
        self.sums.changed += apart.size
        self.sums.not_finite += apart.size
        if apart.size:
            self.sums.reach(float(apart.max()))
        return x[finite], y[finite], distances[finite]

    def _beyond_tolerance(self, distances: Precise, b: Precise) -> int:
        """Returns how many of the distances between finite values are larger than the tolerance."""
        if self._tolerance == Tolerance():
            return int(np.count_nonzero(np.not_equal(distances, 0, out=SCRATCH.flags[: distances.size])))
        allowed = self._tolerance.absolute + self._tolerance.relative * np.abs(b)
        return int(np.count_nonzero(distances > allowed))


def compare_values(
    pairs: Sequence[tuple[Variable, Variable]],
    tolerance: Tolerance,
    progress: Progress | None = None,
    *,
    with_norms: bool = False,
) -> Iterator[ComparedValues]:
    """Yields the comparison of the values of each pair; the two variables of a pair have the same shape.

    Args:
        pairs: Pairs of a variable of A and a variable of B.
        tolerance: The largest difference between equal values.
        progress: Called with the number of bytes of either model read since the last call.
        with_norms: Whether to compute the norms of equal values too.
    """
    fetch_small(one for pair in pairs for one in pair)
    scanned = [_scanned(a, b) for a, b in pairs]
    compared = gather_each(scanned, lambda place: ValueComparer(*pairs[place], tolerance), progress)
    return (one.result(with_norms=with_norms) for one in compared)


def _scanned(a: Variable, b: Variable) -> Variable:
    """Returns the variable to iterate over: the chunked one; A if both or neither are chunked."""
    return b if a.values.chunk_shape is None and b.values.chunk_shape is not None else a


def _same_bits(a: Array, b: Array) -> bool:
    if a.dtype != b.dtype or a.dtype.hasobject or a.dtype.itemsize == 0:
        return False
    one, other = _flat(a), _flat(b)
    word = np.uint64 if one.nbytes % 8 == 0 else np.uint8
    return bool(np.array_equal(one.view(word), other.view(word)))


def _precise_and_distances(a: Array, b: Array) -> tuple[Precise, Precise, Precise]:
    """Returns both as float64 or complex128, and `|a - b|`; float arrays are reused for the next piece."""
    if a.dtype.kind == b.dtype.kind == "f":
        count = a.size
        x, y, distances = SCRATCH.doubles[:count], SCRATCH.others[:count], SCRATCH.distances[:count]
        np.copyto(x, a)
        np.copyto(y, b)
        np.subtract(x, y, out=distances)
        return x, y, np.abs(distances, out=distances)
    x, y = precise(a), precise(b)
    return x, y, _distances(a, b, x, y)


def _distances(a: Array, b: Array, x: Precise, y: Precise) -> Precise:
    """Returns `|a - b|`; for integers the difference is exact before it becomes float64.

    Args:
        a: Values of A.
        b: Values of B.
        x: The values of A as float64 or complex128.
        y: The values of B, likewise.
    """
    common = np.result_type(a, b)
    if common.kind not in "iu":
        return np.asarray(np.abs(x - y), np.float64)
    one, other = a.astype(common, copy=False), b.astype(common, copy=False)
    # as unsigned numbers the difference of the larger and the smaller one cannot overflow
    distances = np.maximum(one, other).astype(np.uint64) - np.minimum(one, other).astype(np.uint64)
    return np.asarray(distances, np.float64)


def _numbers(values: Array) -> Array:
    """Returns the values along one axis, in a dtype that numpy computes with."""
    flat = _flat(values)
    return flat if flat.dtype.kind == "c" else as_numbers(flat)


def _flat(values: Array) -> Array:
    flat: Array = np.ascontiguousarray(values).reshape(-1)
    return flat
