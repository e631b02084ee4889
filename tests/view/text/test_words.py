"""Words and numbers as all views write them."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.view.text import words


@given(st.text())
def test_escaped_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert not {unicodedata.category(char) for char in words.escape(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert words.escape(text) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (217384, "212.3 KiB"),
        (1 << 20, "1.0 MiB"),
        (5 << 40, "5.0 TiB"),
        (1 << 62, "4,096.0 PiB"),
    ],
)
def test_bytes_are_told_in_binary_units(number: int, text: str) -> None:
    assert words.size(number) == text


@given(st.integers(0, 1 << 60))
def test_a_size_is_short(number: int) -> None:
    assert len(words.size(number)) <= len("1,024.0 KiB")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (123456.0, "1.23e+05"),
        (1e-10, "1e-10"),
        (math.nan, "NaN"),
        (math.inf, "Inf"),
        (-math.inf, "-Inf"),
        (12345678, "12345678"),
        (True, "True"),
        ("a\x1b", "'a\\x1b'"),
    ],
)
def test_values_have_three_digits_and_say_what_kind_they_are(value: Any, text: str) -> None:
    assert words.value(value) == text


@given(st.floats(-1e300, 1e300))
def test_a_value_is_told_to_three_digits(value: float) -> None:
    assert math.isclose(float(words.value(value)), value, rel_tol=0.005, abs_tol=1e-323)


def test_shapes_are_written_as_keras_writes_them() -> None:
    assert [words.shape(one) for one in ((3, 3, 3, 8), (8,), (), (None, 4))] == [
        "(3, 3, 3, 8)",
        "(8,)",
        "()",
        "(None, 4)",
    ]


@given(st.text(), st.integers(4, 40))
def test_a_shortened_text_has_its_begin_and_its_end(text: str, width: int) -> None:
    short = words.shortened(text, width)
    if len(text) <= width:
        assert short == text
    else:
        kept = (width - 3) // 3
        assert len(short) == width
        assert short == text[:kept] + "..." + text[len(text) - (width - 3 - kept) :]
