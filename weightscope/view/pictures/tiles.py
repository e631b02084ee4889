"""The filters of a convolution side by side: a tile for each, with a gap between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightscope.inspection.statistics import Statistics
from weightscope.measure.closeup.subject import Filters


@dataclass(frozen=True, slots=True)
class Tile:
    """The position of a filter on the canvas, in values from the top left, and whether all its values are 0."""

    top: int
    left: int
    is_dead: bool


@dataclass(frozen=True, slots=True)
class Tiles:
    """A canvas with filters on it.

    Attributes:
        canvas: Float64; what lies between the filters is 0. Of filters of images it has a third axis: red, green, blue.
        gaps: Of the canvas' rows and columns: where nothing is drawn.
        tiles: Row by row, from left to right.
        labels: The first line of each row of tiles, and what the row shows: `in: 0, out: 0-15`.
    """

    canvas: npt.NDArray[np.float64]
    gaps: npt.NDArray[np.bool_]
    tiles: tuple[Tile, ...]
    labels: tuple[tuple[int, str], ...]


def lay_out(filters: Filters, columns: int) -> Tiles:
    """Returns the filters in rows of at most `columns`: a row for each input channel, for each run of outputs.

    Filters of the colours of an image have a row for each run of outputs: a tile shows their three channels.
    """
    height, width, inputs, outputs = filters.values.shape
    columns = min(columns, outputs)
    channels = [0] if filters.is_rgb else range(inputs)
    rows = [(start, channel) for start in range(0, outputs, columns) for channel in channels]
    size = (len(rows) * (height + 1) - 1, columns * (width + 1) - 1)
    canvas = np.zeros((*size, 3) if filters.is_rgb else size)
    gaps = np.ones(size, np.bool_)
    tiles: list[Tile] = []
    labels: list[tuple[int, str]] = []
    for row, (start, channel) in enumerate(rows):
        top, end = row * (height + 1), min(start + columns, outputs)
        for output in range(start, end):
            left = (output - start) * (width + 1)
            values = filters.values[:, :, :, output] if filters.is_rgb else filters.values[:, :, channel, output]
            canvas[top : top + height, left : left + width] = values
            gaps[top : top + height, left : left + width] = False
            tiles.append(Tile(top, left, not values.any()))
        labels.append((top, label(filters, channel, start, end)))
    return Tiles(canvas, gaps, tuple(tiles), tuple(labels))


def explain(filters: Filters, statistics: Statistics | None = None) -> str:
    """Returns a description of the tiles: their size, how many of all filters are shown, and what is bad in the others.

    Args:
        filters: The filters that are shown.
        statistics: Of all filters, if known.
    """
    height, width, inputs, outputs = filters.values.shape
    colors = " as red, green and blue" if filters.is_rgb else ""
    rows = f"{filters.input_name}: {_share(inputs, filters.inputs)}{colors}"
    columns = f"{filters.output_name}: {_share(outputs, filters.outputs)}"
    return f"tiles of {height} x {width}; {rows}, {columns}{_bad_elsewhere(filters, statistics)}"


def _bad_elsewhere(filters: Filters, statistics: Statistics | None) -> str:
    """Returns how many values that are not finite are in filters that are not shown; empty if none are."""
    if statistics is None:
        return ""
    values = filters.values
    counts = {
        "NaN": statistics.nan - np.count_nonzero(np.isnan(values)),
        "Inf": statistics.positive_infinity - np.count_nonzero(values == np.inf),
        "-Inf": statistics.negative_infinity - np.count_nonzero(values == -np.inf),
    }
    found = ", ".join(f"{name} x {count:,}" for name, count in counts.items() if count > 0)
    return f"; in filters that are not shown: {found}" if found else ""


def _share(shown: int, whole: int) -> str:
    return f"all {whole:,}" if shown == whole and whole > 1 else f"{shown:,} of {whole:,}"


def label(filters: Filters, channel: int, start: int, end: int) -> str:
    """Returns the label of a row: an input channel, if several, and output channels from `start` to `end`."""
    outputs = f"{filters.output_name}: {start}" + (f"-{end - 1}" if end - 1 > start else "")
    return outputs if filters.inputs == 1 or filters.is_rgb else f"{filters.input_name}: {channel}, {outputs}"
