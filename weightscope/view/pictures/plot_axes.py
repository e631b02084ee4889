"""Draws between the axes of a picture: filters, a matrix, a histogram. The only other user of matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from weightscope.inspection import Array
from weightscope.inspection.statistics import Histogram
from weightscope.measure.downsample import downsampled
from weightscope.measure.subject import Filters, Subject
from weightscope.view import text as words
from weightscope.view.pictures.color_map import (
    ANCHORS,
    DEAD,
    NAN,
    NEGATIVE_INFINITY,
    POSITIVE_INFINITY,
    largest_magnitude,
)
from weightscope.view.pictures.tiles import Tiles, explain, lay_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_TILES = 256
_TILES_ACROSS = 16

#: In one direction; few enough for every cell to be seen, were it the only one that is NaN.
_MOST_CELLS = 512

_MOST_TICKS = 9

#: Between the tiles: neither the colour of zero nor that of the page.
_GAP = "#c8c8c8"
_BAR = ANCHORS[2]


def draw_filters(axes: Axes, subject: Subject) -> str:
    """Draws a tile for each filter, `_MOST_TILES` of them at most, and returns a description."""
    one = subject.filters(1, 1)
    inputs = min(one.inputs, _TILES_ACROSS)
    filters = subject.filters(inputs, _MOST_TILES // inputs)
    tiles = lay_out(filters, _TILES_ACROSS)
    height, width = tiles.canvas.shape
    _resize(axes, np.clip(width / 6, 4, 14) + 2, np.clip(height / 6, 1, 14) + 1)
    _draw_values(axes, tiles.canvas, tiles.gaps, "equal")
    middle = (filters.values.shape[0] - 1) / 2
    axes.set_yticks([row + middle for row, _ in tiles.labels], [label for _, label in tiles.labels], fontsize=7)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_facecolor(_GAP)
    dead = _frame_dead(axes, filters, tiles)
    return explain(filters) + (f"; all 0.0: {dead:,}" if dead else "")


def _frame_dead(axes: Axes, filters: Filters, tiles: Tiles) -> int:
    """Frames the tiles whose every value is 0, and returns how many there are."""
    from matplotlib.patches import Rectangle

    height, width = filters.values.shape[:2]
    dead = [tile for tile in tiles.tiles if not filters.values[:, :, tile.input, tile.output].any()]
    for number, tile in enumerate(dead):
        frame: Any = {"fill": False, "edgecolor": DEAD, "linewidth": 1.5, "label": "" if number else "all 0.0"}
        axes.add_patch(Rectangle((tile.left - 0.5, tile.top - 0.5), width, height, **frame))
    return len(dead)


def draw_matrix(axes: Axes, subject: Subject) -> str:
    """Draws a colour for each value, or for each of as many rectangles as fit, and returns which of the two."""
    small = downsampled(subject.variable, _MOST_CELLS, _MOST_CELLS)
    height, width = small.values.shape
    inches = [max(2.5, 8 * size / max(height, width)) for size in (width, height)]
    _resize(axes, inches[0] + 2, inches[1] + 1)
    is_long = max(height, width) > 4 * min(height, width)
    _draw_values(axes, small.values, np.zeros(small.values.shape, np.bool_), "auto" if is_long else "equal")
    shape = subject.variable.info.shape
    down, across = subject.axes or ("rows", "columns")
    axes.set_ylabel(f"{down} ({shape[0]:,})")
    axes.set_xlabel(f"{across} ({shape[1]:,})")
    _count_in_values(axes.xaxis, small.column_step, max(3, round(inches[0])))
    _count_in_values(axes.yaxis, small.row_step, max(3, round(inches[1])))
    if small.is_whole:
        return ""
    return f"each cell is the value of largest magnitude of {small.row_step} x {small.column_step}"


def _count_in_values(axis: Any, step: int, most: int) -> None:
    """Makes the numbers beside a picture, `most` or a few more, those of the values, not those of its cells."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=most, integer=True, min_n_ticks=1))
    axis.set_major_formatter(FuncFormatter(lambda cell, _: f"{round(cell) * step:,}"))


def _draw_values(axes: Axes, values: Array, gaps: Array, aspect: str) -> None:
    """Draws values on a scale that is symmetric around zero, and other values in colours that the legend explains."""
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap

    magnitude = largest_magnitude(values[~gaps])
    # between -1 and 1: matplotlib's own scaling leaves float64 for the largest values, and needs a width
    shares = np.ma.masked_where(gaps | ~np.isfinite(values), values) / (magnitude or 1.0)
    colors = LinearSegmentedColormap.from_list("weights", list(ANCHORS))
    how: Any = {"aspect": aspect, "interpolation": "nearest"}
    image = axes.imshow(shares, cmap=colors, vmin=-1, vmax=1, **how)
    if shares.count():
        bar = axes.figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02)
        places = (-1.0, -0.5, 0.0, 0.5, 1.0) if magnitude else (0.0,)
        bar.set_ticks(list(places), labels=[words.value(place * magnitude) for place in places])
    for name, color, where in (
        ("NaN", NAN, np.isnan(values)),
        ("Inf", POSITIVE_INFINITY, values == np.inf),
        ("-Inf", NEGATIVE_INFINITY, values == -np.inf),
    ):
        if (where & ~gaps).any():
            axes.imshow(np.ma.masked_where(~where | gaps, np.ones(values.shape)), cmap=ListedColormap([color]), **how)
            axes.fill_between([], [], color=color, label=name)  # for the legend


def draw_histogram(axes: Axes, histogram: Histogram | None) -> str:
    """Draws the number of values in each bin, and returns their total number."""
    from matplotlib.ticker import MaxNLocator

    _resize(axes, 7, 3.5)
    if histogram is None:
        _resize(axes, 7, 1)
        axes.set_axis_off()
        return "no finite values"
    edges, counts = histogram.edges, histogram.counts
    if edges[0] == edges[-1]:
        axes.set_xticks([0], [words.value(edges[0])])
        axes.bar([0], [sum(counts)], width=0.2, color=_BAR)
        axes.set_xlim(-1, 1)
    else:  # by the numbers of the bins, which are equally wide: matplotlib cannot add up edges near the end of float64
        axes.stairs(counts, range(len(edges)), fill=True, color=_BAR)
        step = -(-len(edges) // _MOST_TICKS)
        axes.set_xticks(range(0, len(edges), step), [words.value(edge) for edge in edges[::step]])
    axes.set_xlabel("value")
    axes.set_ylabel("how many values")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return f"{sum(histogram.counts):,} finite values"


def _resize(axes: Axes, width: float, height: float) -> None:
    """Sets the size of the whole figure, in inches."""
    figure: Any = axes.figure
    figure.set_size_inches(width, height)
