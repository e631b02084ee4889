"""The distribution of a variable's values, in a cell of a table."""

from __future__ import annotations

import math

from weightscope.inspection.statistics import Histogram, Statistics
from weightscope.view.pictures.spark_scale import SparkScale
from weightscope.view.text import words
from weightscope.view.text.folding import Cell, Piece
from weightscope.view.text.glyphs import Glyphs


def distribution(statistics: Statistics, glyphs: Glyphs, scale: SparkScale | None = None) -> Cell:
    """Returns a block for each cell of a scale, or words where they say more.

    The height of a block is the density of values in its cell as a share of the densest cell's, rounded up: a cell with
    a value in it is never drawn as an empty one. Words describe values that are all the same, those that are not
    finite, and none at all; a single value is shown as it is. Marks at the ends stand for values beyond the scale.

    Args:
        statistics: Of the values.
        glyphs: To draw with.
        scale: What the distributions of a table share; None for one of its own.
    """
    if not statistics.elements:
        return (("no values", "dim"),)
    strange = non_finite(statistics)
    pieces: list[Piece] = []
    for piece in (*_finite(statistics, glyphs, scale), *strange):
        pieces += [(" ", ""), piece] if pieces else [piece]
    return tuple(pieces)


def _finite(statistics: Statistics, glyphs: Glyphs, scale: SparkScale | None) -> tuple[Piece, ...]:
    """Returns a description of the finite values; empty if there are none."""
    if statistics.minimum is None or statistics.histogram is None:
        return ()
    if statistics.minimum != statistics.maximum:
        own = scale or SparkScale.of([statistics])
        return ((_blocks(statistics, statistics.histogram, glyphs, own), "cyan"),) if own else ()
    value = words.value(statistics.minimum if statistics.minimum else abs(statistics.minimum))
    if statistics.elements == 1:
        return ((value, ""),)
    if statistics.finite < statistics.elements:
        return ((f"{value} x {words.count(statistics.finite)}", ""),)
    return ((f"constant {value}" if statistics.minimum else f"all {value}", ""),)


def non_finite(statistics: Statistics) -> list[Piece]:
    """Returns how many values are NaN, infinite, and negative infinite: `NaN x 512`; nothing of those that are not."""
    counts = (
        ("NaN", statistics.nan),
        ("Inf", statistics.positive_infinity),
        ("-Inf", statistics.negative_infinity),
    )
    return [
        (name if statistics.elements == 1 else f"{name} x {words.count(number)}", "bold red")
        for name, number in counts
        if number
    ]


def _blocks(statistics: Statistics, histogram: Histogram, glyphs: Glyphs, scale: SparkScale) -> str:
    steps = len(glyphs.heights)
    blocks = [
        glyphs.gap if share is None else glyphs.heights[max(1, math.ceil(share * steps)) - 1]
        for share in scale.densities(histogram)
    ]
    if statistics.minimum is not None and statistics.minimum < scale.edges[0]:
        blocks[0] = glyphs.beyond[0]
    if statistics.maximum is not None and statistics.maximum > scale.edges[-1]:
        blocks[-1] = glyphs.beyond[1]
    return "".join(blocks)
