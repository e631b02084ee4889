"""The distribution of values in a cell of a table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weightscope.inspection import Array
from weightscope.measure.reading.gather import Block
from weightscope.measure.statistics.statistics import StatisticsGatherer
from weightscope.view.pictures.distribution import distribution
from weightscope.view.pictures.spark_scale import CELLS, SparkScale
from weightscope.view.text.glyphs import Glyphs

WIDE = Glyphs()
ASCII = Glyphs(heights=".:-=+*#@", gap="_", beyond="<>")


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
    assert cell[0] == ("█·······█·······", "cyan")


FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = arrays.arrays("float64", st.integers(2, 60), elements=FINITE).filter(lambda one: one.min() < one.max())


@settings(deadline=None)
@given(VALUES)
@example(np.asarray([2.22507386e-309, 0.0]))
@example(np.asarray([5e-324, 0.0]))
@example(np.asarray([1.797e308, -1.797e308]))
def test_a_block_is_there_where_values_are(values: Array) -> None:
    statistics = statistics_of(values).statistics()
    scale = SparkScale.of([statistics])
    assert scale is not None
    blocks = text_of(values, dtype="float64")
    assert len(blocks) == CELLS
    assert scale.edges[0] <= values.min()
    assert values.max() <= scale.edges[-1]
    assert WIDE.heights[-1] in blocks
    for value in values:
        place = max(np.searchsorted(scale.edges, value, "right") - 1, 0)
        assert blocks[min(place, CELLS - 1)] != WIDE.gap
    ascii_blocks = text_of(values, ASCII, "float64")
    assert [(ASCII.gap + ASCII.heights).index(one) for one in ascii_blocks] == [
        (WIDE.gap + WIDE.heights).index(one) for one in blocks
    ]


@settings(deadline=None)
@given(arrays.arrays("float64", st.integers(2, 60), elements=st.floats(-8.0, 7.99)).filter(lambda one: np.ptp(one) > 1))
def test_blocks_are_as_high_as_their_cells_are_dense(values: Array) -> None:
    wide = np.linspace(-8, 7.99, 2)  # another variable of the table
    scale = SparkScale.of([statistics_of(one).statistics() for one in (values, wide)])
    assert scale is not None
    if np.ptp(values) >= 3:
        assert np.all(np.diff(scale.edges) == 1.0)
    histogram = statistics_of(values).statistics().histogram
    assert histogram is not None
    found = [0.0 if one is None else one for one in scale.densities(histogram)]
    bins_are_narrow = histogram.edges[1] - histogram.edges[0] <= min(np.diff(scale.edges))
    if bins_are_narrow:
        density = np.histogram(values, scale.edges, density=True)[0]
        np.testing.assert_allclose(found, density / density.max())


@settings(deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=6))
def test_the_distributions_of_a_table_share_a_scale_and_a_width(tables: list[Array]) -> None:
    statistics = [statistics_of(one).statistics() for one in tables]
    scale = SparkScale.of(statistics)
    assert scale is not None
    assert list(scale.edges) == sorted(set(scale.edges))
    for one, values in zip(statistics, tables, strict=True):
        (blocks, _), *_ = distribution(one, WIDE, scale)
        assert len(blocks) == CELLS
        places = np.searchsorted(scale.edges, values, "right") - 1
        assert all(blocks[min(max(place, 0), CELLS - 1)] != WIDE.gap for place in places)
        assert (blocks[0] == WIDE.beyond[0]) == (values.min() < scale.edges[0])
        assert (blocks[-1] == WIDE.beyond[1]) == (values.max() > scale.edges[-1])


def test_narrow_and_wide_distributions_can_be_told_apart() -> None:
    random = np.random.default_rng(0)
    tables = [random.normal(0, deviation, 1000) for deviation in (0.01, 0.1, 1.0, 10.0)]
    statistics = [statistics_of(one).statistics() for one in tables]
    scale = SparkScale.of(statistics)
    assert scale is not None
    blocks = ["".join(text for text, _ in distribution(one, WIDE, scale)) for one in statistics]
    assert [one.count(WIDE.gap) for one in blocks] == sorted({one.count(WIDE.gap) for one in blocks}, reverse=True)
    assert scale.heading == "-64     0     64"
    assert scale.edges[8:11] == (0.0, 2**-8, 2**-6)


def test_the_state_of_a_seed_does_not_spoil_the_scale_of_the_weights() -> None:
    tables = [np.asarray([-0.3, 0.2, 0.1]), np.asarray([-0.4, 0.1]), np.asarray([0, 813847340])]
    statistics = [statistics_of(one).statistics() for one in tables]
    scale = SparkScale.of(statistics)
    assert scale is not None
    assert scale.words == "-0.5 to 0.5"
    assert distribution(statistics[2], WIDE, scale) == (("········███████▸", "cyan"),)
    assert distribution(statistics[2], ASCII, scale)[0][0][-1] == ">"


def test_without_a_distribution_there_is_no_scale() -> None:
    constant = statistics_of(np.ones(3)).statistics()
    assert SparkScale.of([None, constant, statistics_of(np.asarray([])).statistics()]) is None
