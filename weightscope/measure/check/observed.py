"""What one pass over a variable's values teaches all the rules."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Variable, VariableInfo
from weightscope.inspection.statistics import Statistics
from weightscope.measure.axes import axes_of
from weightscope.measure.room import PIECE, ROOM
from weightscope.measure.scan import Block
from weightscope.measure.statistics import StatisticsGatherer, as_numbers

#: What the axis is called that counts what a layer gives.
_OUTPUT_AXES = ("out", "units", "gates")


class Observed:
    """Gathers statistics, the first value that is not finite, output channels, and how many values are denormal.

    Attributes:
        info: The variable.
        first_strange: The index of the first value in C order that is NaN or infinite; None where none is.
        denormals: How many values are below the smallest normal number of their dtype.
        silent: By output channel, whether all its values are 0; empty where there are no channels.
        strange: By output channel, whether it holds a value that is not finite.
    """

    def __init__(self, variable: Variable) -> None:
        self.info: VariableInfo = variable.info
        self._gatherer = StatisticsGatherer()
        self._axis = output_axis(variable.info)
        channels = variable.info.shape[self._axis] if self._axis is not None else 0
        self.silent: npt.NDArray[np.bool_] = np.ones(channels, np.bool_)
        self.strange: npt.NDArray[np.bool_] = np.zeros(channels, np.bool_)
        self.first_strange: tuple[int, ...] | None = None
        self.denormals = 0

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        values = as_numbers(block.values)
        before = self._gatherer.strange
        self._gatherer.add(Block(block.selection, values))
        is_strange = self._gatherer.strange > before
        if is_strange:
            self._find_first(block, values)
        if self._axis is not None:
            self._look_at_channels(block, values, is_strange)
        if values.dtype.kind == "f":
            self.denormals += _denormals(values.reshape(-1), self.info.dtype)

    def merge(self, later: Observed) -> None:
        """Takes in what another one learnt of the blocks that follow."""
        self._gatherer.merge(later._gatherer)
        self.silent &= later.silent
        self.strange |= later.strange
        self.denormals += later.denormals
        firsts = [one for one in (self.first_strange, later.first_strange) if one is not None]
        self.first_strange = min(firsts, default=None)

    def statistics(self) -> Statistics:
        """Returns the statistics of all values."""
        return self._gatherer.statistics()

    def _find_first(self, block: Block, values: Array) -> None:
        inside = np.unravel_index(int(np.argmin(np.isfinite(values))), values.shape)
        index = tuple(int(part.start or 0) + int(at) for part, at in zip(block.selection, inside, strict=True))
        if self.first_strange is None or index < self.first_strange:
            self.first_strange = index

    def _look_at_channels(self, block: Block, values: Array, is_strange: bool) -> None:
        """Only channels of which nothing but zeros was seen so far are looked at; most are seen at once."""
        assert self._axis is not None
        part = block.selection[self._axis]
        by_channel = np.moveaxis(values, self._axis, -1).reshape(-1, values.shape[self._axis])
        silent = self.silent[part]
        for start in range(0, len(by_channel), _ROWS):
            candidates = np.flatnonzero(silent)
            if not candidates.size:
                break
            rows = by_channel[start : start + _ROWS]
            silent[candidates] = ~(rows[:, candidates] != 0).any(axis=0)
        if is_strange:
            self.strange[part] |= ~np.isfinite(by_channel).all(axis=0)


_ROWS = 256


def output_axis(info: VariableInfo) -> int | None:
    """Returns which axis of a kernel counts output channels; None where there is none, or nobody knows."""
    axes = axes_of(info)
    if len(info.shape) < 2 or not prod(info.shape):
        return None
    return next((axes.index(name) for name in _OUTPUT_AXES if name in axes), None)


def _denormals(values: Array, dtype: str) -> int:
    """Counts the values of one axis that are not 0 and below the smallest normal number of `dtype`."""
    smallest = _SMALLEST_NORMAL.get(dtype)
    if smallest is None:
        return 0
    found = 0
    for start in range(0, values.size, PIECE):
        piece = values[start : start + PIECE]
        room = ROOM.singles if piece.dtype == np.float32 else ROOM.doubles
        magnitudes = np.abs(piece, out=room[: piece.size])
        is_small = np.less(magnitudes, piece.dtype.type(smallest), out=ROOM.flags[: piece.size])
        if is_small.any():
            found += int(np.count_nonzero(magnitudes[is_small]))
    return found


_SMALLEST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126, "float64": 2.0**-1022}
