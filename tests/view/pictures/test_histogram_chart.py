"""The histogram: as wide as the terminal, higher where there is more, every value on it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weightscope.inspection.statistics import Histogram
from weightscope.view.pictures.histogram_chart import HistogramChart, bins_that_fit
from weightscope.view.text.glyphs import Glyphs
from weightscope.view.text.surface import Surface

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=300).filter(any)


def histogram(counts: list[int]) -> Histogram:
    edges = np.linspace(-1, 1, len(counts) + 1)
    return Histogram(tuple(edges.tolist()), tuple(counts))


def columns_of(lines: list[str]) -> list[int]:
    """Returns the height of each column of a chart, in eighths of a line."""
    heights = Glyphs().heights
    bodies = [line.split("│", 1)[1] for line in lines if "│" in line]
    width = max(map(len, bodies))
    return [
        sum(heights.index(body[at]) + 1 for body in bodies if at < len(body) and body[at] != " ") for at in range(width)
    ]


@settings(deadline=None)
@given(COUNTS, st.integers(40, 250), st.booleans())
def test_a_column_is_as_high_as_its_bins_are_full(counts: list[int], width: int, log: bool) -> None:
    lines = Surface(width).draw(HistogramChart(histogram(counts), log)).splitlines()
    assert max(map(len, lines)) <= width
    bins = int(re.findall(r"(\d+) bins", " ".join(lines))[0])
    together = -(-len(counts) // bins)
    joined = [sum(counts[at : at + together]) for at in range(0, len(counts), together)]
    while joined and not joined[-1]:
        joined.pop()  # lines end where the last column does
    found = columns_of(lines)
    wide = len(found) // len(joined)
    own = [found[at * wide] for at in range(len(joined))]
    assert [found[at // wide * wide] for at in range(len(found))] == found
    assert [height > 0 for height in own] == [count > 0 for count in joined]
    assert sorted(range(len(joined)), key=lambda at: (own[at], joined[at])) == sorted(
        range(len(joined)), key=lambda at: joined[at]
    )


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("elements", [100, 1_000, 10_000_000])
def test_it_fills_the_terminal(width: int, elements: int) -> None:
    bins = bins_that_fit(width, elements)
    counts = [elements - bins + 1, *[1] * (bins - 1)]  # nearly all values in one bin: the widest numbers there are
    lines = Surface(width).draw(HistogramChart(histogram(counts))).splitlines()
    assert 0.8 * width <= max(map(len, lines)) <= width


def test_in_a_pipe_it_is_still_to_be_looked_at() -> None:
    lines = Surface().draw(HistogramChart(histogram([5] * bins_that_fit(None, 10**6)))).splitlines()
    assert 100 <= max(map(len, lines)) <= 120
