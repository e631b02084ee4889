"""Every format has the same variables and numbers of one model."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from tests.conftest import parse_documents
from tests.view.conftest import Show
from weightscope.inspection import Inspection
from weightscope.measure import Choice
from weightscope.view.fields.variables import GROUPS

CHOICES = [
    Choice(),
    Choice(preview=0),
    Choice(preview=100),
    Choice(only="trainable"),
    Choice(only="non-trainable", sort="bytes", top=2),
    Choice(filters=("conv/*", "*/moving_*"), sort="path"),
    Choice(filters=("nothing",)),
    Choice(by="layer"),
    Choice(by="layer", sort="parameters", top=2),
    Choice(by="layer", depth=1),
    Choice(by="class", sort="bytes"),
    Choice(by="dtype", statistics=True),
    Choice(by="model"),
    Choice(by="model", filters=("nothing",), statistics=True),
    Choice(statistics=True),
    Choice(statistics=True, sort="maximum", top=3),
    Choice(by="layer", statistics=True, sort="nan"),
]


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("name", ["network", "hostile"])
def test_all_formats_list_as_many_rows(name: str, choice: Choice, show: Show, request: pytest.FixtureRequest) -> None:
    model: Inspection = request.getfixturevalue(name)
    (document,) = parse_documents(show(model, "json", choice=choice))
    entries = [flat(entry) for entry in document[GROUPS[choice.by] if choice.by else "variables"]]
    lines = [json.loads(line) for line in show(model, "jsonl", choice=choice).split("\n")[:-1]]
    assert [{key: value for key, value in line.items() if key != "location"} for line in lines] == entries
    heading, *rows = list(csv.reader(io.StringIO(show(model, "csv", choice=choice))))
    assert len(rows) == len(entries)
    assert heading[0] == "location"
    assert heading[1:] == list(entries[0] if entries else heading[1:])
    assert all(len(row) == len(heading) for row in rows)
    assert len([line for line in show(model, "markdown", choice=choice).splitlines() if line[:1] == "|"]) - 2 == len(
        entries
    )
    table = show(model, "table", choice=Choice(choice.filters, choice.only or "all", choice.sort, choice.top, 0))
    if not choice.by and not choice.statistics:
        body = re.split(r"\n\n", table)[1].splitlines()[3:]
        assert len(body) == len(entries)


def flat(entry: dict[str, Any]) -> dict[str, Any]:
    """Returns the entry with its statistics beside the other fields."""
    statistics = entry.pop("statistics") or {}
    beside = {name: entry.pop(name) for name in ("histogram", "grid")} if statistics else {}
    return {**entry, **statistics, **beside}


@pytest.mark.parametrize("format_name", ["json", "jsonl", "csv", "markdown"])
def test_no_format_prints_what_a_terminal_obeys(format_name: str, hostile: Inspection, show: Show) -> None:
    text = show(hostile, format_name)
    assert all(char == "\n" or char.isprintable() for char in text)


def test_a_line_in_a_name_is_no_line_in_the_output(hostile: Inspection, show: Show) -> None:
    for format_name in ("jsonl", "csv"):
        heading = format_name == "csv"
        assert len(show(hostile, format_name).splitlines()) == len(hostile.variables) + heading
