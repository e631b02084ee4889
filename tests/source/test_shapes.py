"""Shapes as users type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.errors import UsageError
from weightscope.source.shapes import DTYPES, InputShape, check_memory, describe, parse_input_shape, parse_input_shapes

SIZES = st.lists(st.integers(1, 10**12), max_size=6).map(tuple)
NAMES = st.none() | st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@given(SIZES, NAMES, st.none() | st.sampled_from(DTYPES))
def test_an_input_survives_being_typed(sizes: tuple[int, ...], name: str | None, dtype: str | None) -> None:
    given_shape = InputShape(sizes, name, dtype)
    assert parse_input_shape(describe(given_shape)) == given_shape


@pytest.mark.parametrize(
    "text",
    [
        *("1,28,28,3", "(1, 28, 28, 3)", "[1,28,28,3]", " 1 , 28,28,3 ", "1,28,28,3,", "(1,28,28,3,)"),
        *("1x28x28x3", "1 28 28 3", "1 x 28 x 28 x 3", "1X28X28X3"),
        *("None,28,28,3", "(None, 28, 28, 3)", "?,28,28,3", "Nonex28x28x3"),
    ],
)
def test_a_shape_may_be_written_as_people_write_it(text: str) -> None:
    assert parse_input_shape(text) == InputShape((1, 28, 28, 3))
    assert parse_input_shape(f"images={text}:uint8") == InputShape((1, 28, 28, 3), "images", "uint8")


@pytest.mark.parametrize(
    "text", ["states=[2,4],[2,8]", "states=[[2,4],[2,8]]", "states=(2,4),(2,8)", "states=[(2,4), [2x8]]"]
)
def test_a_list_of_states_is_several_inputs_of_one_name(text: str) -> None:
    assert parse_input_shapes(text) == (InputShape((2, 4), "states"), InputShape((2, 8), "states"))
    assert {one.dtype for one in parse_input_shapes(f"{text}:float16")} == {"float16"}


def test_the_shape_of_a_scalar_is_empty() -> None:
    assert parse_input_shape("t=()") == InputShape((), "t")


@pytest.mark.parametrize(
    "text",
    [
        *("", ",", "abc", "1,x", "1.5,2", "1,,2", "3,None", "a b=1,2", "a=b=1", "1=2", "[1,2", "1,2)", "((1,2)"),
        *("[1,2],3", "[1,2][3,4]", "1,2:", "1:2:float32", "1 , , 2", "x", "xx", "query="),
    ],
)
def test_what_is_not_a_shape_is_refused_and_the_hint_shows_one(text: str) -> None:
    with pytest.raises(UsageError, match="not a valid shape") as refused:
        parse_input_shapes(text)
    assert "1,28,28,3" in refused.value.hint


def test_a_dtype_that_keras_does_not_know_is_refused_and_the_nearest_is_named() -> None:
    with pytest.raises(UsageError, match="int33 is not a dtype") as refused:
        parse_input_shape("ids=2,3:int33")
    assert refused.value.hint == "--input-shape ids=2,3:int32"


@pytest.mark.parametrize("text", ["0,3", "1,-3", "query=1,0"])
def test_sizes_below_one_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="a size of"):
        parse_input_shape(text)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_shape_or_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        assert all(size >= 1 for one in parse_input_shapes(text) for size in one.shape)


def test_a_huge_shape_is_refused_with_its_gibibytes() -> None:
    with pytest.raises(UsageError, match=r"take 3,725\.3 GiB"):
        check_memory([((1, 10**12), "float32")])


def test_inputs_are_refused_for_what_they_take_together() -> None:
    check_memory([((1, 3 << 28), "float32")])
    with pytest.raises(UsageError, match="GiB"):
        check_memory([((1, 3 << 28), "float32"), ((1, 3 << 28), "float32")])
