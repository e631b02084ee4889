"""The distribution of a variable's values, in a cell of a table."""

from __future__ import annotations

from weightscope.inspection.statistics import Histogram, Statistics
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.tables.grid import Cell, Piece


def distribution(statistics: Statistics, glyphs: Glyphs) -> Cell:
    """Returns a block for each bin of the histogram, or words where they say more.

    The height of a block is the share that its bin has of the fullest one's values, rounded up: a bin with a value in
    it is never drawn as an empty one. Words describe values that are all the same, those that are not finite, and
    none at all; a single value is shown as it is.
    """
    if not statistics.elements:
        return (("no values", "dim"),)
    strange = non_finite(statistics)
    pieces: list[Piece] = []
    for piece in (*_finite(statistics, glyphs), *strange):
        pieces += [(" ", ""), piece] if pieces else [piece]
    return tuple(pieces)


def _finite(statistics: Statistics, glyphs: Glyphs) -> tuple[Piece, ...]:
    """Returns a description of the finite values; empty if there are none."""
    if statistics.minimum is None or statistics.histogram is None:
        return ()
    if statistics.minimum != statistics.maximum:
        return ((_blocks(statistics.histogram, glyphs), "cyan"),)
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


def _blocks(histogram: Histogram, glyphs: Glyphs) -> str:
    most = max(histogram.counts)
    steps = len(glyphs.heights)
    return "".join(glyphs.heights[-(-count * steps // most) - 1] if count else glyphs.gap for count in histogram.counts)
