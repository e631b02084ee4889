"""A comparison in every format: the same rows, safe names, strict JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.conftest import parse_documents
from tests.records import HOSTILE_NAMES, inspection, variable
from weightscope.inspection.difference import Comparison
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings
from weightscope.view.documents.schema import json_schema
from weightscope.view.formats import FORMATS, find_format
from weightscope.view.text.surface import Surface
from weightscope.view.text.words import is_unsafe

BEFORE = inspection(
    variable("same/kernel"),
    variable("moved/kernel", values=np.zeros((2, 3), "float32"), trainable=False),
    variable("broken/kernel"),
    variable("reshaped/kernel", (4, 2)),
    variable("gone/kernel"),
    location="before.keras",
)
AFTER = inspection(
    variable("same/kernel"),
    variable("moved/kernel", values=np.ones((2, 3), "float32"), trainable=False),
    variable("broken/kernel", values=np.full((2, 3), np.nan, "float32")),
    variable("reshaped/kernel", (2, 4)),
    variable("new/kernel"),
    location="after.keras",
)


@pytest.fixture(
    params=[CompareSettings(frozen=True), CompareSettings(include_equal=False), CompareSettings(by_layer=True)]
)
def comparison(request: pytest.FixtureRequest) -> Comparison:
    return compare(BEFORE, AFTER, request.param)


def show(comparison: Comparison, format_name: str, surface: Surface | None = None) -> str:
    return "".join(find_format(format_name).comparison(comparison, surface or Surface()))


def names(comparison: Comparison) -> list[str | None]:
    if comparison.layers is not None:
        return [one.layer for one in comparison.layers]
    return [one.a or one.b for one in comparison.differences]


def test_the_document_is_as_the_schema_says(comparison: Comparison) -> None:
    (document,) = parse_documents(show(comparison, "json"))
    Draft202012Validator(json_schema()).validate(document)


def test_every_format_tells_of_the_same_rows(comparison: Comparison) -> None:
    (document,) = parse_documents(show(comparison, "json"))
    entries = document["layers" if comparison.layers is not None else "differences"]
    lines = [json.loads(line) for line in show(comparison, "jsonl").splitlines()]
    rows = list(csv.DictReader(io.StringIO(show(comparison, "csv"))))
    assert len(entries) == len(lines) == len(rows) == len(names(comparison))
    for entry, line, row in zip(entries, lines, rows, strict=True):
        assert line == {"location_a": "before.keras", "location_b": "after.keras", **entry}
        assert list(row) == list(line)
    for format_name in ("table", "markdown"):
        text = show(comparison, format_name)
        places = [text.index(name) for name in names(comparison) if name is not None]
        assert places == sorted(places)


def test_totals_stand_in_table_and_markdown(comparison: Comparison) -> None:
    for format_name in ("table", "markdown"):
        assert "6 compared: 3 differ, 1 equal, 1 only in A, 1 only in B" in show(comparison, format_name)


def test_a_bar_shows_how_large_a_difference_is() -> None:
    def scaled(factor: float) -> np.ndarray:
        return np.full((2, 3), factor, "float32")

    before = inspection(*(variable(f"{name}/kernel", values=scaled(1)) for name in ("same", "half", "whole", "nan")))
    after = inspection(
        variable("same/kernel", values=scaled(1)),
        variable("half/kernel", values=scaled(1.5)),
        variable("whole/kernel", values=scaled(2)),
        variable("nan/kernel", values=scaled(np.nan)),
    )
    settings = CompareSettings(sort="relative_l2")
    for width, widest in ((None, 20), (120, 20), (84, 17), (72, 13), (46, 7), (40, 0)):
        table = show(compare(before, after, settings), "table", Surface(width))
        bars = [(line.split("/")[0], line.count("█")) for line in table.splitlines() if "/kernel" in line]
        assert bars == [("nan", widest), ("whole", widest), ("half", round(widest / 2)), ("same", 0)]


def test_where_no_variable_has_a_partner_nothing_could_be_compared() -> None:
    one, other = inspection(variable("a/kernel", (2, 2))), inspection(variable("b/bias", (7,)), variable("b/w", (9,)))
    for format_name in ("table", "markdown"):
        said = show(compare(one, other, CompareSettings()), format_name)
        assert "nothing could be compared: 1 only in A, 2 only in B" in said
        assert "nothing could be compared: there are no variables" in show(
            compare(inspection(), inspection(), CompareSettings()), format_name
        )


def test_findings_stand_in_table_markdown_and_json() -> None:
    found = compare(BEFORE, AFTER, CompareSettings(frozen=True))
    for format_name in ("table", "markdown", "json"):
        assert "frozen-moved" in show(found, format_name)


def test_not_a_number_is_a_string_in_json() -> None:
    (document,) = parse_documents(show(compare(BEFORE, AFTER, CompareSettings()), "json"))
    (broken,) = (one for one in document["differences"] if one["a"] == "broken/kernel")
    assert (broken["maximum_absolute"], broken["changed"]) == ("NaN", 1.0)


def test_without_rows_csv_has_its_heading_and_the_table_its_totals() -> None:
    nothing = compare(BEFORE, BEFORE, CompareSettings(include_equal=False))
    assert show(nothing, "csv").splitlines() == [
        "location_a,location_b,kind,a,b,maximum_absolute,relative_l2,cosine,changed,message,explained"
    ]
    assert show(nothing, "jsonl") == ""
    assert show(nothing, "table").endswith("5 compared: 0 differ, 5 equal, 0 only in A, 0 only in B\n")


@pytest.mark.parametrize("width", [30, 60, 100])
def test_in_a_narrow_terminal_nothing_is_lost(comparison: Comparison, width: int) -> None:
    text = show(comparison, "table", Surface(width=width))
    assert all(len(line) <= width for line in text.splitlines())
    whole = "".join(text.split())
    assert all(name in whole for name in names(comparison) if name is not None)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_do_no_harm(format_name: str, name: str) -> None:
    a = inspection(variable(name, dtype=name, layer_class=name, trainable=False), location=name)
    b = inspection(variable(name, values=np.ones((2, 3)), layer_class=name), location=name)
    for settings in (CompareSettings(frozen=True), CompareSettings(by_layer=True)):
        text = show(compare(a, b, settings), format_name)
        assert not any(is_unsafe(char) for char in text.replace("\n", ""))


def test_ascii_is_enough() -> None:
    for format_name in FORMATS:
        assert show(
            compare(BEFORE, AFTER, CompareSettings(frozen=True)), format_name, Surface(encoding="ascii")
        ).isascii()


def test_what_differs_is_coloured_and_says_the_same_without_colours() -> None:
    found = replace(compare(BEFORE, AFTER, CompareSettings()), findings=())
    assert "\x1b[" in show(found, "table", Surface(color="standard"))
    assert "\x1b[" not in show(found, "table")
