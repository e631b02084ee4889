"""Fields are listed once: what is added to a list is in every format."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import pytest

from tests.conftest import SAMPLES
from weightscope.api import inspect_model
from weightscope.inspection.statistics import STATISTICS, Statistic, Statistics
from weightscope.measure import Choice, list_measured
from weightscope.view.documents.schema import json_schema
from weightscope.view.formats import find_format
from weightscope.view.text.surface import Surface

MODEL = SAMPLES / "cnn_frozen_batchnorm.keras"


def printed(format_name: str) -> str:
    listing = list_measured(inspect_model(str(MODEL)), Choice(only="all", statistics=True))
    return "".join(find_format(format_name).inspections([listing], Surface(None)))


def objects_of(schema: Any) -> list[dict[str, Any]]:
    """Returns every schema of an object inside a schema."""
    if isinstance(schema, list):
        return [found for one in schema for found in objects_of(one)]
    if not isinstance(schema, dict):
        return []
    inside = [found for one in schema.values() for found in objects_of(one)]
    return [schema, *inside] if schema.get("type") == "object" and "properties" in schema else inside


def root_mean_square(statistics: Statistics) -> float | None:
    finite = statistics.finite
    return None if statistics.l2_norm is None else statistics.l2_norm / finite**0.5


def test_a_statistic_that_is_added_in_one_place_is_in_every_format(monkeypatch: pytest.MonkeyPatch) -> None:
    added = Statistic("The root of the mean square of the finite values.", "rms", False, root_mean_square)
    monkeypatch.setitem(STATISTICS, "root_mean_square", added)
    document = json.loads(printed("json"))
    jsonschema.validate(document, json_schema())
    expected = [row["statistics"]["root_mean_square"] for row in document["variables"]]
    assert all(number > 0 for number in expected if number != 0)
    assert any(expected)
    lines = [json.loads(line) for line in printed("jsonl").splitlines()]
    assert [line["root_mean_square"] for line in lines] == expected
    rows = list(csv.DictReader(io.StringIO(printed("csv"))))
    assert [float(row["root_mean_square"]) for row in rows] == expected
    assert " rms " in printed("table")
    heading, _, *cells = [line for line in printed("markdown").splitlines() if line.startswith("|")]
    assert "rms" in heading
    assert len(cells) == len(expected)


def test_every_row_of_markdown_has_a_cell_for_each_heading() -> None:
    table = [line for line in printed("markdown").splitlines() if line.startswith("|")]
    assert len(table) > 3
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1


def test_every_field_of_the_schema_of_a_record_is_described() -> None:
    schema = json_schema()
    described = [
        ("description" in its, name)
        for found in objects_of(schema)
        for name, its in found["properties"].items()
        if not set(found["properties"]) & {"schema", "selection", "lacks"} and not name.replace(".", "").isdigit()
    ]
    assert len(described) > 80
    assert [name for is_described, name in described if not is_described] == []
