"""The distribution of values in a cell of a table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weightscope.inspection import Array
from weightscope.measure.scan import Block
from weightscope.measure.statistics import StatisticsGatherer
from weightscope.view.glyphs import Glyphs
from weightscope.view.pictures.distribution import distribution

WIDE = Glyphs()
ASCII = Glyphs(heights=".:-=+*#@", gap="_")


def statistics_of(values: Array) -> StatisticsGatherer:
    gatherer = StatisticsGatherer()
    gatherer.add(Block((), values))
    return gatherer


def text_of(values: list[float] | Array, glyphs: Glyphs = WIDE, dtype: str = "float32") -> str:
    cell = distribution(statistics_of(np.asarray(values, dtype)).statistics(), glyphs)
    return "".join(text for text, _ in cell)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "no values"),
        ([0.0, -0.0, 0.0], "all 0.0"),
        ([-0.0, -0.0], "all 0.0"),
        ([1.0] * 8, "constant 1.0"),
        ([0.5], "0.5"),
        ([0.0], "0.0"),
        ([np.nan], "NaN"),
        ([-np.inf], "-Inf"),
        ([np.nan] * 1512, "NaN x 1,512"),
        ([np.inf, np.nan, -np.inf, np.inf], "NaN x 1 Inf x 2 -Inf x 1"),
        ([0.0, 0.0, np.nan], "0.0 x 2 NaN x 1"),
        ([1.0, np.inf], "1.0 x 1 Inf x 1"),
    ],
)
def test_words_tell_what_blocks_would_not(values: list[float], text: str) -> None:
    assert text_of(values) == text


def test_whole_numbers_stay_whole() -> None:
    assert text_of([7, 7], dtype="int32") == "constant 7"
    assert text_of([0, 0], dtype="bool") == "all 0"


def test_a_gap_between_values_is_seen() -> None:
    assert text_of([0.0] * 8 + [15.0] * 4) == "█··············▄"
    assert text_of([0.0] * 8 + [15.0] * 4, ASCII) == "@______________="


def test_non_finite_values_stand_out_beside_the_blocks() -> None:
    cell = distribution(statistics_of(np.asarray([0.0, 1.0, np.nan, np.inf], "float32")).statistics(), WIDE)
    assert [text for text, style in cell if style == "bold red"] == ["NaN x 1", "Inf x 1"]
    assert cell[0] == ("█·······█", "cyan")


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(arrays.arrays("float64", st.integers(2, 60), elements=FINITE).filter(lambda values: values.min() < values.max()))
def test_blocks_are_as_high_as_their_bins_are_full(values: Array) -> None:
    histogram = statistics_of(values).statistics().histogram
    assert histogram is not None
    blocks = text_of(values, dtype="float64")
    assert len(blocks) == len(histogram.counts) <= 16
    heights = (WIDE.gap + WIDE.heights).index
    most = max(histogram.counts)
    for block, count in zip(blocks, histogram.counts, strict=True):
        assert (block == WIDE.gap) == (count == 0)
        assert 0 <= heights(block) - 8 * count / most < 1
    ascii_blocks = text_of(values, ASCII, "float64")
    assert [(ASCII.gap + ASCII.heights).index(one) for one in ascii_blocks] == list(map(heights, blocks))
