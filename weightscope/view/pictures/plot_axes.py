"""Draws filters and histograms between the axes of a picture. Needs matplotlib."""

from __future__ import annotations

from sys import float_info
from typing import TYPE_CHECKING, Any

import numpy as np

from weightscope.inspection.statistics import Histogram
from weightscope.measure.closeup.subject import Filters, Subject
from weightscope.view.pictures.color_axes import Room, draw_colors, resize
from weightscope.view.pictures.color_map import ANCHORS, DEAD
from weightscope.view.pictures.ticks import round_ticks
from weightscope.view.pictures.tiles import Tiles, explain, lay_out
from weightscope.view.text import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_TILES = 256
_TILES_ACROSS = 16

#: In inches: a value of a filter, and of all filters together the longer side and the shortest width.
_VALUE, _LONG_SIDE, _SHORTEST_WIDTH = 1 / 6, 10.0, 3.0

_MOST_TICKS = 9

#: Between the tiles: neither the colour of zero nor that of the page.
_GAP = "#c8c8c8"
_BAR = ANCHORS[2]


def draw_filters(axes: Axes, subject: Subject) -> str:
    """Draws a tile for each filter, `_MOST_TILES` of them at most, and returns a description."""
    one = subject.filters(1, 1)
    inputs = min(one.inputs, _TILES_ACROSS)
    filters = subject.filters(inputs, _MOST_TILES // (1 if subject.is_rgb else inputs))
    tiles = lay_out(filters, _TILES_ACROSS)
    height, width = tiles.gaps.shape
    inch = min(_LONG_SIDE / max(height, width), max(_VALUE, _SHORTEST_WIDTH / width))
    resize(axes, width * inch + 2, height * inch + 1)
    draw_colors(axes, tiles.canvas, tiles.gaps, Room(width * inch, height * inch))
    middle = (filters.values.shape[0] - 1) / 2
    axes.set_yticks([row + middle for row, _ in tiles.labels], [label for _, label in tiles.labels], fontsize=7)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_facecolor(_GAP)
    dead = _frame_dead(axes, filters, tiles)
    return explain(filters, subject.statistics) + (f"; all 0.0: {dead:,}" if dead else "")


def _frame_dead(axes: Axes, filters: Filters, tiles: Tiles) -> int:
    """Frames the tiles whose every value is 0, and returns how many there are."""
    from matplotlib.patches import Rectangle

    height, width = filters.values.shape[:2]
    dead = [tile for tile in tiles.tiles if tile.is_dead]
    for number, tile in enumerate(dead):
        frame: Any = {"fill": False, "edgecolor": DEAD, "linewidth": 1.5, "label": "" if number else "all 0.0"}
        axes.add_patch(Rectangle((tile.left - 0.5, tile.top - 0.5), width, height, **frame))
    return len(dead)


def draw_histogram(axes: Axes, histogram: Histogram | None) -> str:
    """Draws the number of values in each bin, and returns their total number."""
    from matplotlib.ticker import MaxNLocator

    resize(axes, 7, 3.5)
    if histogram is None:
        resize(axes, 7, 1)
        axes.set_axis_off()
        return "no finite values"
    edges, counts = histogram.edges, histogram.counts
    if edges[0] == edges[-1]:
        axes.set_xticks([0], [words.value(edges[0])])
        axes.bar([0], [sum(counts)], width=0.2, color=_BAR)
        axes.set_xlim(-1, 1)
    else:  # by the numbers of the bins, which are equally wide: matplotlib cannot add up edges near the end of float64
        axes.stairs(counts, range(len(edges)), fill=True, color=_BAR)
        ends = np.clip(edges, -float_info.max, float_info.max)  # the outermost may lie beyond float64
        ticks = round_ticks(float(ends[0]), float(ends[-1]), _MOST_TICKS)
        axes.set_xticks(np.interp(ticks, ends, range(len(ends))), [words.value(tick) for tick in ticks])
    axes.set_xlabel("value")
    axes.set_ylabel("how many values")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return f"{sum(histogram.counts):,} finite values"
