"""JSON: strict, safe on a terminal, and the same data after it was read back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.conftest import parse_documents
from tests.records import HOSTILE_NAMES, inspection, variable
from tests.view.conftest import Show
from weightscope.inspection import Inspection
from weightscope.measure import Choice
from weightscope.view.documents.schema import json_schema
from weightscope.view.text.json_text import compact, indented
from weightscope.view.text.surface import Surface

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_a_document_survives_being_written(document: Any) -> None:
    assert json.loads(indented(document)) == document
    assert json.loads(compact(document)) == document


@given(st.text(alphabet='[] ,12"ab\\\n', max_size=20))
def test_brackets_and_blanks_in_a_string_are_left_alone(text: str) -> None:
    assert json.loads(indented({"path": text, "shape": [1, 2]})) == {"path": text, "shape": [1, 2]}


@given(st.text())
def test_a_document_in_one_line_has_one_line(text: str) -> None:
    assert len(compact({"name": text}).splitlines()) == 1


def test_a_shape_stands_in_one_line() -> None:
    assert '"shape": [3, 3, 3, 8]' in indented({"shape": [3, 3, 3, 8]})


def test_not_a_number_and_infinities_are_strings(network: Inspection, show: Show) -> None:
    (document,) = parse_documents(show(network, "json"))
    (strange,) = (one for one in document["variables"] if one["path"] == "norm/moving_mean")
    assert strange["preview"] == ["NaN", "Infinity", "-Infinity", 0.1, -0.0]


def test_a_float32_of_a_tenth_is_written_as_a_tenth(network: Inspection, show: Show) -> None:
    for format_name in ("json", "jsonl", "csv"):
        assert "0.10000000149011612" not in show(network, format_name)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_comes_back_as_it_was(name: str, show: Show) -> None:
    text = show(inspection(variable(name), location=name), "json")
    (document,) = parse_documents(text)
    assert document["variables"][0]["path"] == name
    assert document["source"]["location"] == name


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("format_name", ["json", "jsonl"])
def test_json_is_json_in_every_encoding(name: str, format_name: str, show: Show) -> None:
    text = show(inspection(variable(name)), format_name, Surface(encoding="ascii"))
    assert text.isascii()
    document = json.loads(text)
    assert (document["variables"][0] if format_name == "json" else document)["path"] == name


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(preview=0),
        Choice(by="layer"),
        Choice(by="class"),
        Choice(by="dtype", statistics=True),
        Choice(by="model", statistics=True),
        Choice(filters=("x",)),
    ],
)
def test_every_document_is_as_the_schema_says(
    choice: Choice, network: Inspection, hostile: Inspection, show: Show
) -> None:
    for model in (network, hostile, inspection()):
        (document,) = parse_documents(show(model, "json", choice=choice))
        Draft202012Validator(json_schema()).validate(document)


def test_values_that_are_no_numbers_are_as_the_schema_says(show: Show) -> None:
    kinds = [np.asarray([True]), np.asarray([1 + 2j]), np.asarray([b"text"]), np.asarray(["text"], "O")]
    (document,) = parse_documents(
        show(inspection(*(variable(f"v{at}", (1,), values=v) for at, v in enumerate(kinds))), "json")
    )
    Draft202012Validator(json_schema()).validate(document)
    assert [one["preview"] for one in document["variables"]] == [[True], ["(1+2j)"], ["text"], ["text"]]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_refuses_what_the_contract_does_not_have(network: Inspection, show: Show) -> None:
    (document,) = parse_documents(show(network, "json"))
    validator = Draft202012Validator(json_schema())
    for key in document:
        assert not validator.is_valid({name: value for name, value in document.items() if name != key}), key
    assert not validator.is_valid({**document, "extra": 1})


def test_the_fields_stand_in_the_order_of_the_contract(network: Inspection, show: Show) -> None:
    (document,) = parse_documents(show(network, "json"))
    assert list(document) == [
        "schema", "source", "read_with", "model", "forward_pass", "totals", "variables", "notes",
    ]  # fmt: skip
    assert list(document["variables"][0]) == [
        "path", "name", "layer", "layer_class", "role", "shape", "dtype", "parameters", "bytes", "trainable",
        "stored_at", "preview", "statistics",
    ]  # fmt: skip
    assert list(document["source"]) == [
        "location", "format", "bytes", "keras_version", "saved_at", "backend", "tensorflow_version",
    ]  # fmt: skip
    assert list(document["model"]) == ["name", "class_name", "optimizer", "loss", "custom_objects"]
    assert list(document["totals"]) == [
        "variables", "parameters", "bytes", "trainable_variables", "trainable_parameters",
        "non_trainable_parameters", "unknown_parameters", "optimizer_bytes",
    ]  # fmt: skip
