"""Constructor arguments as users type them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.errors import UsageError
from weightscope.source.arguments import MadeBy, parse_argument

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(JSON_VALUES)
def test_an_argument_that_is_json_is_read_as_json(value: Any) -> None:
    assert parse_argument(f"name={json.dumps(value)}") == ("name", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,3", (3, 3)),
        ("(3, 3)", (3, 3)),
        ("3,", (3,)),
        ("0.5,1", (0.5, 1)),
        ("[3,3]", [3, 3]),
        ("same", "same"),
        ("a,b", "a,b"),
        ("true", True),
        ("True", "True"),
        ("null", None),
        ("1e-3", 1e-3),
        ('"3,3"', "3,3"),
        ("", ""),
        ("a=b", "a=b"),
    ],
)
def test_an_argument_is_json_or_numbers_or_text(text: str, value: Any) -> None:
    name, parsed = parse_argument(f"name={text}")
    assert name == "name"
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", ["units", "=3", "two words=3", ""])
def test_an_argument_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not in the form NAME=VALUE"):
        parse_argument(text)


@given(st.text(max_size=40))
def test_whatever_stands_after_the_equals_sign_is_some_value(text: str) -> None:
    assert parse_argument(f"name={text}")[0] == "name"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Dense(units=3)", MadeBy("Dense", (), {"units": 3})),
        ("Dense(3, activation='relu')", MadeBy("Dense", (3,), {"activation": "relu"})),
        ("keras.layers.Dense(-3)", MadeBy("Dense", (-3,), {})),
        ("Dense(3, activation=relu, use_bias=False)", MadeBy("Dense", (3,), {"activation": "relu", "use_bias": False})),
        ("Wrap(Dense(3), sizes=(1, 2))", MadeBy("Wrap", (MadeBy("Dense", (3,), {}),), {"sizes": (1, 2)})),
        ("[LSTMCell(3), LSTMCell(4)]", [MadeBy("LSTMCell", (3,), {}), MadeBy("LSTMCell", (4,), {})]),
        ("f({'a': [1, g()]})", MadeBy("f", ({"a": [1, MadeBy("g", (), {})]},), {})),
    ],
)
def test_an_argument_may_be_made_by_a_call(text: str, made: Any) -> None:
    assert parse_argument(f"name={text}") == ("name", made)
    assert parse_argument(f"name={made!r}") == ("name", made)


@pytest.mark.parametrize(
    "text", ["a + f()", "f(x for x in y)", "f(**options)", "f()()", "f(1 + 2)", "f(", "lambda: f()"]
)
def test_what_computes_something_is_text(text: str) -> None:
    assert parse_argument(f"name={text}") == ("name", text)
