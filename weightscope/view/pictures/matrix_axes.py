"""Draws a matrix between the axes of a picture, with the norms of its rows and columns in the margins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from weightscope.inspection import Array
from weightscope.inspection.closeup import Pool
from weightscope.measure.closeup.downsample import Downsampled, downsampled
from weightscope.measure.closeup.folding import Folding
from weightscope.measure.closeup.subject import Subject
from weightscope.view.pictures.color_axes import Room, draw_colors, resize
from weightscope.view.pictures.color_map import ANCHORS, NAN, largest_magnitude
from weightscope.view.pictures.ticks import round_ticks
from weightscope.view.pictures.words_of_cells import side, what_a_cell_is
from weightscope.view.text import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: In one direction; few enough for every cell to be seen, were it the only one that is NaN.
_MOST_CELLS = 512

#: In inches: the longer side of a map, its shortest side, the bars of norms, and what stands around all of it.
_LONG_SIDE, _SHORTEST_SIDE, _NORMS, _GAP, _AROUND = 8.0, 2.5, 0.6, 0.08, 1.2

#: More heads than these have no lines between them.
_MOST_HEADS = 64

_BAR = ANCHORS[2]


def draw_matrix(axes: Axes, subject: Subject, pool: Pool = "rms") -> str:
    """Draws a colour for each value, or for each of as many rectangles as fit, and returns what a cell is."""
    folding = subject.folding
    small = downsampled(subject.variable, folding, (_MOST_CELLS, _MOST_CELLS), pool)
    height, width = small.values.shape
    across, down = (max(_SHORTEST_SIDE, _LONG_SIDE * size / max(height, width)) for size in (width, height))
    resize(axes, across + _NORMS + _AROUND, down + _NORMS + _AROUND)
    is_long = max(height, width) * _SHORTEST_SIDE > _LONG_SIDE * min(height, width)
    room = Room(across, down, _NORMS + _GAP, "auto" if is_long else "equal", small.has_signs)
    draw_colors(axes, small.values, np.zeros(small.values.shape, np.bool_), room)
    axes.set_ylabel(side(subject, folding.down) or "rows")
    axes.set_xlabel(side(subject, folding.across) or "columns")
    _number(axes.xaxis, _Side(folding, folding.across, small.column_step), round(across))
    _number(axes.yaxis, _Side(folding, folding.down, small.row_step), round(down))
    _draw_norms(axes, small, room)
    cell = what_a_cell_is(small, f"{small.row_step} x {small.column_step}")
    rows, columns = ("1 row" if small.row_step == 1 else f"{small.row_step} rows"), small.column_step
    of = "" if small.is_whole else f", rms of {rows} and {columns} column{'s' * (columns > 1)}"
    return f"{cell}; bars: L2 norms of rows and columns{of}"


@dataclass(frozen=True, slots=True)
class _Side:
    """The axes of a variable along one side of its picture, and how many values a cell has in this direction."""

    folding: Folding
    axes: tuple[int, ...]
    step: int

    def place(self, value: float) -> float:
        """Returns where the value of this number begins, in cells."""
        return value / self.step - 0.5


def _number(axis: Any, side: _Side, inches: int) -> None:
    """Numbers the values of a side with round numbers, or, where attention heads are folded into it, the heads."""
    sizes = [side.folding.shape[one] for one in side.axes]
    if len(sizes) == 2 and sizes[0] <= _MOST_HEADS:
        heads, features = sizes
        shown = range(0, heads, -(-heads // (3 * inches)))
        axis.set_ticks([side.place((head + 0.5) * features) for head in shown], [f"{head}" for head in shown])
        axis.set_ticks([side.place(head * features) for head in range(1, heads)], minor=True)
        axis.set_tick_params(which="major", length=0)
        axis.grid(which="minor", color="black", linewidth=0.6)
        return
    size = math.prod(sizes)
    ticks = [int(tick) for tick in round_ticks(0, size - 1, max(3, inches)) if tick.is_integer()]
    axis.set_ticks([side.place(tick + 0.5) for tick in ticks], [f"{tick:,}" for tick in ticks])


def _draw_norms(axes: Axes, small: Downsampled, room: Room) -> None:
    """Draws a bar for the norm of each row, to the right, and of each column, above."""
    height, width = small.values.shape
    right = axes.inset_axes((1 + _GAP / room.width, 0, _NORMS / room.width, 1))
    top = axes.inset_axes((0, 1 + _GAP / room.height, 1, _NORMS / room.height))
    for bars, norms, is_right in ((right, small.row_norms, True), (top, small.column_norms, False)):
        shares, largest = _shares(norms)
        how: Any = {"orientation": "horizontal"} if is_right else {}
        bars.stairs(np.nan_to_num(shares, nan=0), np.arange(len(shares) + 1) - 0.5, fill=True, color=_BAR, **how)
        for place in np.flatnonzero(~np.isfinite(norms)):
            (bars.axhspan if is_right else bars.axvspan)(place - 0.5, place + 0.5, color=NAN)
        bars.spines[["top", "right"]].set_visible(False)
        _label_norms(bars, largest, is_right=is_right)
    right.set_ylim(height - 0.5, -0.5)
    top.set_xlim(-0.5, width - 0.5)


def _label_norms(bars: Any, largest: float, *, is_right: bool) -> None:
    """Numbers the ends of the bars' own scale, which begins at 0."""
    ends, labels = ([0, 1], ["0", words.value(largest)]) if largest else ([0], ["0"])
    if is_right:
        bars.set_xlim(0, 1.05)
        bars.set_xticks(ends, labels, fontsize=7)
        bars.set_yticks([])
    else:
        bars.set_ylim(0, 1.05)
        bars.set_yticks(ends, labels, fontsize=7)
        bars.set_xticks([])


def _shares(norms: Array) -> tuple[Array, float]:
    """Returns the norms as shares of the largest finite one, NaN for others, and that one."""
    largest = largest_magnitude(norms)
    return np.where(np.isfinite(norms), norms, np.nan) / (largest or 1.0), largest
