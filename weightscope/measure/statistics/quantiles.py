"""Exact quantiles of a variable of any size: the values are sorted by their leading bits, and then by the next."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Variable
from weightscope.measure.reading.gather import Block, Gatherer, Progress, gather
from weightscope.measure.reading.scratch import PIECE
from weightscope.measure.statistics.statistics import as_numbers

#: The shares that `weightscope show` prints.
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)

_BITS = 16


def quantiles(
    variable: Variable, finite: int, shares: Sequence[float] = SHARES, progress: Progress | None = None
) -> dict[float, float]:
    """Returns the values below which these shares of the finite values lie, as `numpy.quantile` does by default.

    Between two values it interpolates linearly. Whole numbers are taken as float64. Large variables are read once for
    each 16 bits of their dtype, 2 times for float32, and only counts are kept.

    Args:
        variable: Of a dtype that has an order.
        finite: How many of its values are finite.
        shares: From 0 to 1.
        progress: Called with the number of bytes read since the last call.
    """
    if not finite:
        return {}
    places = {share: share * (finite - 1) for share in shares}
    ranks = sorted({rank for place in places.values() for rank in (math.floor(place), math.ceil(place))})
    is_small = variable.info.parameters <= PIECE
    values = _sorted_at(variable, ranks, progress) if is_small else _of_ranks(variable, ranks, progress)
    return {share: _between(place, values) for share, place in places.items()}


def _between(place: float, values: Mapping[int, float]) -> float:
    below, above = values[math.floor(place)], values[math.ceil(place)]
    share = place - math.floor(place)
    if below == above:
        return below
    # weighted, so that the distance of two huge values does not overflow
    return below * (1 - share) + above * share


def _sorted_at(variable: Variable, ranks: Sequence[int], progress: Progress | None) -> dict[int, float]:
    """Returns the same as `_of_ranks` for a variable that is small enough to be sorted in memory."""
    values = as_numbers(variable.read()).reshape(-1).astype(np.float64)
    finite = np.sort(values[np.isfinite(values)] + 0.0)  # -0.0 is 0.0
    if progress is not None:
        progress(variable.info.bytes)
    return {rank: float(finite[rank]) for rank in ranks}


def _of_ranks(variable: Variable, ranks: Sequence[int], progress: Progress | None) -> dict[int, float]:
    """Returns the finite values that stand at these places when all are sorted."""
    kind = _key_type(variable)
    wanted = [(0, rank, rank) for rank in ranks]  # leading bits, place among those that share them, rank
    for known_bits in range(0, kind.itemsize * 8, _BITS):
        prefixes = sorted({prefix for prefix, _, _ in wanted})
        counter = _PrefixCounter(kind, known_bits, prefixes)
        gather([variable], lambda _: counter, progress)  # noqa: B023 - called in this turn of the loop alone
        wanted = [
            (*_next(prefix, place, counter.counts[prefixes.index(prefix)]), rank) for prefix, place, rank in wanted
        ]
    return {rank: _value(key, kind) for key, _, rank in wanted}


def _next(prefix: int, place: int, counts: npt.NDArray[np.int64]) -> tuple[int, int]:
    """Returns the leading bits with 16 more, and the place among the values that share all of them."""
    ends = np.cumsum(counts)
    digit = int(np.searchsorted(ends, place, side="right"))
    return (prefix << _BITS) | digit, place - (int(ends[digit - 1]) if digit else 0)


class _PrefixCounter(Gatherer):
    """Counts, for each of some leading bits, how often each of the next 16 bits follows.

    One object counts for all threads: it takes up to 7 MiB, and whole numbers add up to the same in any order.
    """

    def __init__(self, kind: np.dtype[np.unsignedinteger], known_bits: int, prefixes: Sequence[int]) -> None:
        self._kind = kind
        self._known = known_bits
        self._shift = kind.itemsize * 8 - known_bits - _BITS
        self._prefixes = prefixes
        self._lock = threading.Lock()
        self.counts: npt.NDArray[np.int64] = np.zeros((len(prefixes), 1 << _BITS), np.int64)

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        values = as_numbers(block.values).reshape(-1)
        for start in range(0, values.size, PIECE):
            self._add(_keys(values[start : start + PIECE], self._kind))

    def merge(self, later: _PrefixCounter) -> None:
        """Has nothing to do: the later one is this one."""
        assert later is self

    def _add(self, keys: npt.NDArray[np.unsignedinteger]) -> None:
        digits = keys >> self._kind.type(self._shift)
        for row, prefix in enumerate(self._prefixes):
            chosen = digits
            if self._known:
                chosen = digits[digits >> self._kind.type(_BITS) == self._kind.type(prefix)]
            low = (chosen & self._kind.type((1 << _BITS) - 1)).astype(np.intp)
            counts = np.bincount(low, minlength=1 << _BITS)
            with self._lock:
                self.counts[row] += counts


def _key_type(variable: Variable) -> np.dtype[np.unsignedinteger]:
    """Returns the unsigned integers that the values are sorted as: as wide as what they are computed with."""
    sample = variable.read((slice(0, 0),) * len(variable.info.shape)) if variable.info.shape else variable.read()
    return np.dtype(np.uint32 if as_numbers(sample).dtype == np.float32 else np.uint64)


def _keys(values: Array, kind: np.dtype[np.unsignedinteger]) -> npt.NDArray[np.unsignedinteger]:
    """Returns unsigned integers in the order of the finite values: of negative ones all bits are turned."""
    floats = values.astype(np.float32 if kind.itemsize == 4 else np.float64, copy=False)
    floats = floats[np.isfinite(floats)] + 0.0  # -0.0 is 0.0
    bits = floats.view(kind)
    top = kind.type(1 << (kind.itemsize * 8 - 1))
    keys: npt.NDArray[np.unsignedinteger] = np.where(bits & top, ~bits, bits | top)
    return keys


def _value(key: int, kind: np.dtype[np.unsignedinteger]) -> float:
    width = kind.itemsize * 8
    top = 1 << (width - 1)
    bits = key ^ top if key & top else key ^ ((1 << width) - 1)
    return float(np.array(bits, kind).view(np.float32 if width == 32 else np.float64))
