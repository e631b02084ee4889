"""Gathers in one pass over a variable's values what all rules need."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Selection, Variable, VariableInfo
from weightscope.inspection.statistics import Statistics
from weightscope.measure.axes import axes_of, gates_of
from weightscope.measure.reading.gather import Block
from weightscope.measure.reading.scratch import PIECE, SCRATCH
from weightscope.measure.statistics.kernels import Kernels
from weightscope.measure.statistics.statistics import StatisticsGatherer, as_numbers

#: The names of axes along a layer's outputs.
_OUTPUT_AXES = ("out", "units", "gates")


@dataclass(frozen=True, slots=True)
class Outputs:
    """The groups in which a kernel's values are counted: output channels, or units of a recurrent layer.

    Attributes:
        axis: The axis of the kernel.
        gates: How many gates follow each other along this axis; each holds all units.
        count: How many channels or units there are.
        word: The word for one of them in messages.
    """

    axis: int
    gates: int
    count: int
    word: str

    def of_all_gates(self, flags: npt.NDArray[np.bool_]) -> list[int]:
        """Returns the flagged channels, or the units with every gate flagged; `flags` run along the axis."""
        return np.flatnonzero(flags.reshape(self.gates, self.count).all(axis=0)).tolist()

    def of_any_gate(self, flags: npt.NDArray[np.bool_]) -> list[int]:
        """Returns the flagged channels, or the units with any gate flagged; `flags` run along the axis."""
        return np.flatnonzero(flags.reshape(self.gates, self.count).any(axis=0)).tolist()


class Observed:
    """Gathers statistics, positions of values that are not finite, zero output channels, and the number of denormals.

    Attributes:
        info: The variable.
        outputs: Its output channels or units; None if there are none or they are unknown.
        nan: The positions of NaN.
        infinite: The positions of Inf and -Inf.
        denormals: How many values are below the smallest normal number of their dtype.
        silent: For each position along the axis of `outputs`, whether all values are 0; empty without `outputs`.
    """

    def __init__(self, variable: Variable, kernels: Kernels | None = None) -> None:
        self.info: VariableInfo = variable.info
        self._gatherer = StatisticsGatherer(kernels, has_grid=False)
        self.outputs = outputs_of(variable.info)
        self._axis = self.outputs.axis if self.outputs is not None else None
        channels = variable.info.shape[self._axis] if self._axis is not None else 0
        self.silent: npt.NDArray[np.bool_] = np.ones(channels, np.bool_)
        self.nan = Places(channels)
        self.infinite = Places(channels)
        self.denormals = 0

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        values = as_numbers(block.values)
        before = self._gatherer.strange
        self._gatherer.add(Block(block.selection, values))
        if self._gatherer.strange > before:
            self.nan.add(block.selection, np.isnan(values), self._axis)
            self.infinite.add(block.selection, np.isinf(values), self._axis)
        if self._axis is not None:
            self._look_at_channels(block, values)
        if values.dtype.kind == "f":
            self.denormals += _denormals(values.reshape(-1), self.info.dtype)

    def settle(self) -> None:
        """Counts what was set aside, and frees the memory that this needs."""
        self._gatherer.settle()

    def merge(self, later: Observed) -> None:
        """Merges the results of the blocks that follow."""
        self._gatherer.merge(later._gatherer)
        self.nan.merge(later.nan)
        self.infinite.merge(later.infinite)
        self.silent &= later.silent
        self.denormals += later.denormals

    def statistics(self) -> Statistics:
        """Returns the statistics of all values, without the grid of distinct ones, which no rule needs."""
        return self._gatherer.statistics()

    def _look_at_channels(self, block: Block, values: Array) -> None:
        """Only channels with nothing but zeros so far are read; most channels have another value in the first rows."""
        assert self._axis is not None
        part = block.selection[self._axis]
        by_channel = np.moveaxis(values, self._axis, -1).reshape(-1, values.shape[self._axis])
        silent = self.silent[part]
        start, count = 0, _ROWS
        while start < len(by_channel):
            candidates = np.flatnonzero(silent)
            if not candidates.size:
                break
            rows = by_channel[start : start + count]
            silent[candidates] = ~(rows[:, candidates] != 0).any(axis=0)
            start, count = start + count, count * 8


#: Rows of a block to read before channels with a value other than 0 are dropped; then eight times as many.
_ROWS = 16


class Places:
    """The positions of values of one kind, such as NaN.

    Attributes:
        first: The index of the first one in C order; None without any.
        channels: For each position along the axis of the outputs, whether it holds such a value.
    """

    def __init__(self, channels: int) -> None:
        self.first: tuple[int, ...] | None = None
        self.channels: npt.NDArray[np.bool_] = np.zeros(channels, np.bool_)

    def add(self, selection: Selection, flags: npt.NDArray[np.bool_], axis: int | None) -> None:
        """Takes in the positions of such values in a block."""
        if not flags.any():
            return
        inside = np.unravel_index(int(np.argmax(flags)), flags.shape)
        index = tuple(int(part.start or 0) + int(at) for part, at in zip(selection, inside, strict=True))
        self.first = index if self.first is None else min(self.first, index)
        if axis is not None:
            others = tuple(other for other in range(flags.ndim) if other != axis)
            self.channels[selection[axis]] |= flags.any(axis=others)

    def merge(self, later: Places) -> None:
        """Merges the results of the blocks that follow."""
        self.first = min((one for one in (self.first, later.first) if one is not None), default=None)
        self.channels |= later.channels


def outputs_of(info: VariableInfo) -> Outputs | None:
    """Returns the axis of a kernel along its layer's outputs; None if there is none or it is unknown.

    A bias of two axes counts too: the bias of a GRU has one row for the input and one for the state.
    """
    axes = axes_of(info)
    if len(info.shape) < 2 or not prod(info.shape):
        return None
    found = [axis for axis, name in enumerate(axes) if name in _OUTPUT_AXES]
    if not found:
        return None
    axis = found[-1]
    if axes[axis] == "out":
        return Outputs(axis, 1, info.shape[axis], "output channel")
    gates = gates_of(info) if axes[axis] == "gates" else 1
    if info.shape[axis] % gates:
        return None
    return Outputs(axis, gates, info.shape[axis] // gates, "unit")


def _denormals(values: Array, dtype: str) -> int:
    """Returns how many values of one axis are not 0 and below the smallest normal number of `dtype`."""
    smallest = _SMALLEST_NORMAL.get(dtype)
    if smallest is None:
        return 0
    found = 0
    for start in range(0, values.size, PIECE):
        piece = values[start : start + PIECE]
        room = SCRATCH.singles if piece.dtype == np.float32 else SCRATCH.doubles
        magnitudes = np.abs(piece, out=room[: piece.size])
        is_small = np.less(magnitudes, piece.dtype.type(smallest), out=SCRATCH.flags[: piece.size])
        if is_small.any():
            found += int(np.count_nonzero(magnitudes[is_small]))
    return found


_SMALLEST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126, "float64": 2.0**-1022}
