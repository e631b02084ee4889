"""Shapes as users type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.errors import UsageError
from weightscope.source.shapes import InputShape, check_memory, describe, parse_input_shape

SIZES = st.lists(st.integers(1, 10**12), min_size=1, max_size=6).map(tuple)
NAMES = st.none() | st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@given(SIZES, NAMES)
def test_a_shape_survives_being_typed(sizes: tuple[int, ...], name: str | None) -> None:
    given_shape = InputShape(sizes, name)
    assert parse_input_shape(describe(given_shape)) == given_shape


@pytest.mark.parametrize("text", ["1,28,28,3", "(1, 28, 28, 3)", "[1,28,28,3]", " 1 , 28,28,3 ", "1,28,28,3,"])
def test_a_shape_may_be_written_as_python_writes_it(text: str) -> None:
    assert parse_input_shape(text) == InputShape((1, 28, 28, 3))


@pytest.mark.parametrize("text", ["", ",", "abc", "1,x", "1.5,2", "1,,2", "None,3", "1 2", "1x28", "a b=1,2", "a=b=1"])
def test_what_is_no_shape_is_refused_and_the_hint_shows_one(text: str) -> None:
    with pytest.raises(UsageError, match="no shape") as refused:
        parse_input_shape(text)
    assert "1,28,28,3" in refused.value.hint


@pytest.mark.parametrize("text", ["0,3", "1,-3", "query=1,0"])
def test_sizes_below_one_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="a size of"):
        parse_input_shape(text)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_shape_or_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        assert all(size >= 1 for size in parse_input_shape(text).shape)


def test_a_huge_shape_is_refused_with_its_gibibytes() -> None:
    with pytest.raises(UsageError, match=r"take 3,725\.3 GiB"):
        check_memory([((1, 10**12), "float32")])


def test_inputs_are_refused_for_what_they_take_together() -> None:
    check_memory([((1, 3 << 28), "float32")])
    with pytest.raises(UsageError, match="GiB"):
        check_memory([((1, 3 << 28), "float32"), ((1, 3 << 28), "float32")])
