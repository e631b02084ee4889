"""A set of byte ranges is the set of its bytes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from weightscope.source.bytes.extents import Extents, cut, merged, without

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: (one[0], one[0] + one[1])))


def bytes_of(ranges: object) -> set[int]:
    return {byte for start, stop in ranges for byte in range(start, stop)}  # type: ignore[attr-defined]


@given(RANGES, st.integers(0, 50), st.integers(1, 20))
def test_what_is_missing_is_what_was_not_added(ranges: list[tuple[int, int]], start: int, count: int) -> None:
    extents = Extents()
    for one in ranges:
        extents.add(*one)
    assert bytes_of(extents.missing(start, start + count)) == set(range(start, start + count)) - bytes_of(ranges)
    assert extents.size == len(bytes_of(ranges))


@given(RANGES, RANGES, st.integers(0, 5), st.integers(1, 7))
def test_ranges_are_joined_over_gaps_and_cut_to_pieces(
    ranges: list[tuple[int, int]], others: list[tuple[int, int]], gap: int, most: int
) -> None:
    joined = merged(ranges, gap)
    assert bytes_of(joined) >= bytes_of(ranges)
    assert all(later[0] - earlier[1] > gap for earlier, later in pairwise(joined))
    pieces = list(cut(joined, most))
    assert bytes_of(pieces) == bytes_of(joined)
    assert all(stop - start <= most for start, stop in pieces)
    assert bytes_of(without(ranges, others)) == bytes_of(ranges) - bytes_of(others)
