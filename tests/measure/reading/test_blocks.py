from __future__ import annotations

from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weightscope.measure.reading.blocks import block_selections

SHAPES = st.lists(st.integers(0, 12), max_size=4).map(tuple)
MOST = st.integers(1, 60)


@given(SHAPES, MOST)
def test_boxes_one_after_the_other_are_the_whole_in_c_order(shape: tuple[int, ...], most: int) -> None:
    whole = np.arange(prod(shape)).reshape(shape)
    pieces = [whole[box] for box in block_selections(shape, None, most)]
    assert all(0 < piece.size <= most for piece in pieces)
    assert np.concatenate([np.zeros(0), *(piece.ravel() for piece in pieces)]).tolist() == list(range(prod(shape)))


@given(SHAPES.flatmap(lambda shape: st.tuples(st.just(shape), st.tuples(*(st.integers(1, 15) for _ in shape)))), MOST)
def test_boxes_hold_whole_chunks_and_each_value_once(drawn: tuple[tuple[int, ...], tuple[int, ...]], most: int) -> None:
    shape, chunk = drawn
    seen = np.zeros(shape, int)
    for box in block_selections(shape, chunk, most):
        for part, step, length in zip(box, chunk, shape, strict=True):
            assert part.start % step == 0
            assert part.stop % step == 0 or part.stop == length
        assert seen[box].size <= max(most, prod(map(min, chunk, shape)))
        seen[box] += 1
    assert (seen == 1).all()
