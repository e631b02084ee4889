"""Specs and arguments as users write them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.errors import UsageError
from weightscope.source.shapes import InputShape
from weightscope.source.spec import parse_spec, read_spec

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def test_a_spec_names_the_layer_its_config_and_its_input() -> None:
    spec = parse_spec({"class_name": "Dense", "config": {"units": 3}, "input_shape": [1, 4]}, "spec.json")
    assert (spec.name, spec.arguments, spec.inputs) == ("Dense", {"units": 3}, (InputShape((1, 4)),))


def test_several_inputs_are_named_in_a_spec() -> None:
    spec = parse_spec({"class_name": "MHA", "input_shape": {"query": [1, 4, 8], "value": [1, 6, 8]}}, "spec.json")
    assert spec.inputs == (InputShape((1, 4, 8), "query"), InputShape((1, 6, 8), "value"))


def test_the_shape_that_a_layer_was_built_with_serves_where_none_is_given() -> None:
    spec = parse_spec({"class_name": "Dense", "build_config": {"input_shape": [None, 4]}}, "spec.json")
    assert spec.inputs == (InputShape((1, 4)),)


def test_a_registered_name_goes_before_the_class_name() -> None:
    document = {"class_name": "CustomDense", "module": "denoiser", "registered_name": "weightscope>CustomDense"}
    assert parse_spec(document, "spec.json").name == "weightscope>CustomDense"


def test_an_unregistered_class_is_looked_for_in_its_module() -> None:
    assert parse_spec({"class_name": "Mine", "module": "my.layers"}, "spec.json").name == "my.layers:Mine"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "",
        "[]",
        "3",
        '"Dense"',
        "{}",
        '{"class_name": 3}',
        '{"class_name": "Dense", "config": 3}',
        '{"class_name": "Dense", "input_shape": 3}',
        '{"class_name": "Dense", "input_shape": [1, "a"]}',
        '{"class_name": "Dense", "input_shape": [1, 0]}',
        '{"class_name": "Dense", "input_shape": [1, true]}',
        "[" * 100_000,
    ],
)
def test_a_spec_that_does_not_say_what_is_needed_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_spec(text, "spec.json")


@given(JSON_VALUES)
def test_whatever_json_is_given_is_a_spec_or_a_usage_error(value: Any) -> None:
    with suppress(UsageError):
        parse_spec(value, "spec.json")
