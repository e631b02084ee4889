"""`weightscope layer --doctor` and its parts: what is printed, and the exit code."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, Run, assert_two_line_error, parse_documents
from weightscope.view.documents.schema import json_schema

ZOO = ROOT / "tests/source/live/doctor/sick_layers.py"


def document_of(run: Run, name: str, *options: str) -> dict[str, Any]:
    result = run("layer", f"{ZOO}:{name}", "--input-shape", "2,3", "--json", *options)
    (document,) = parse_documents(result.stdout)
    Draft202012Validator(json_schema()).validate(document)
    return document


def test_findings_stand_in_the_notes_of_the_document_with_their_fix(run: Run) -> None:
    (note,) = document_of(run, "UntrackedAttribute")["notes"]
    assert (note["code"], note["level"], note["variable"]) == (
        "untracked-variable",
        "error",
        "untracked_attribute/shift",
    )
    assert "self.add_weight(" in note["fix"]


def test_the_document_says_where_variables_were_created_and_what_gradient_reaches_them(run: Run) -> None:
    document = document_of(run, "UntrackedAttribute", "--gradients")
    scale, shift = document["variables"]
    assert (scale["created_in"], shift["created_in"]) == ("build", "constructor")
    assert scale["gradient_norm"] > 0
    assert "gradient_norm" not in shift
    assert (shift["role"], shift["trainable"]) == ("untracked", False)
    assert document["totals"]["variables"] == 1
    assert document_of(run, "NoGradient", "--gradients")["variables"][0]["gradient_norm"] is None
    assert "gradient_norm" not in document_of(run, "NoGradient")["variables"][0]


def test_findings_are_a_table_below_the_totals(run: Run) -> None:
    result = run("layer", f"{ZOO}:UntrackedAttribute", "--input-shape", "2,3")
    assert result.exit_code == 0
    findings = result.stdout.split("Findings  1\n")[1].splitlines()
    assert findings[0].split() == ["error", "untracked-variable"]
    assert findings[1].strip().startswith("untracked_attribute/shift: ")
    assert result.stderr == ""


def test_a_healthy_layer_has_no_findings(run: Run) -> None:
    result = run("layer", f"{ZOO}:CuredUntracked", "--input-shape", "2,3")
    assert "Findings" not in result.stdout


@pytest.mark.slow  # loads it in a process of its own, as an example of the README does
def test_a_healthy_layer_that_was_examined_has_none(run: Run) -> None:
    examined = run("layer", f"{ZOO}:CuredUntracked", "--input-shape", "2,3", "--doctor")
    assert examined.stdout.splitlines()[-1] == "Findings  none"


@pytest.mark.parametrize("format_name", ["csv", "jsonl"])
def test_formats_of_rows_alone_leave_findings_to_stderr(format_name: str, run: Run) -> None:
    result = run("layer", f"{ZOO}:UntrackedAttribute", "--input-shape", "2,3", "--format", format_name)
    assert "untracked_attribute/shift: a tf.Variable" in result.stderr


def test_csv_has_a_column_for_what_the_document_has(run: Run) -> None:
    name = f"{ZOO}:UntrackedAttribute"
    result = run("layer", name, "--input-shape", "2,3", "--gradients", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["created_in"] for row in rows] == ["build", "constructor"]
    assert float(rows[0]["gradient_norm"]) > 0
    assert rows[1]["gradient_norm"] == ""


def test_markdown_lists_the_findings_too(run: Run) -> None:
    result = run("layer", f"{ZOO}:UntrackedAttribute", "--input-shape", "2,3", "--format", "markdown")
    assert "| level | finding | where | what |" in result.stdout


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("CuredUntracked", ["--strict"], 0),
        ("CountsCalls", ["--strict"], 0),  # a note
        ("DuplicateVariable", ["--strict"], 1),  # a warning
        ("UntrackedAttribute", ["--strict"], 1),  # an error
        ("UntrackedAttribute", [], 0),
        ("NoGradient", ["--strict"], 0),  # not looked for
        ("NoGradient", ["--strict", "--gradients"], 1),
    ],
)
def test_strict_makes_a_warning_or_worse_the_exit_code(name: str, options: list[str], code: int, run: Run) -> None:
    result = run("layer", f"{ZOO}:{name}", "--input-shape", "2,3", *options)
    assert result.exit_code == code, result.output
    assert "scale" in result.stdout


def test_verbose_shows_where_each_variable_was_created(run: Run) -> None:
    plain, verbose = (
        run("layer", f"{ZOO}:UntrackedAttribute", "--input-shape", "2,3", *options).stdout
        for options in ([], ["--verbose"])
    )
    assert "created in" not in plain
    assert "created in" in verbose
    (row,) = (line for line in verbose.splitlines() if "shift" in line and "untracked" in line and "error" not in line
              and ":" not in line)  # fmt: skip
    assert "constructor" in row


def test_a_missing_gradient_is_no_zero_in_the_table(run: Run) -> None:
    result = run("layer", f"{ZOO}:UnusedWeight", "--input-shape", "2,3", "--gradients", "--only", "all")
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines() if line.startswith("unused_weight/")}
    assert float(rows["unused_weight/scale"][5]) > 0
    assert rows["unused_weight/unused"][5] == "none"


@pytest.mark.slow
def test_the_doctor_does_all_of_it(run: Run) -> None:
    document = document_of(run, "ConfigChanged", "--doctor")
    assert [note["code"] for note in document["notes"]] == ["round-trip", "config-incomplete"]
    assert document["variables"][0]["gradient_norm"] > 0


def test_a_layer_too_large_to_run_is_listed_from_shapes(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=1000000", "--input-shape", "1,1000000", "--symbolic", "--json")
    (document,) = parse_documents(result.stdout)
    Draft202012Validator(json_schema()).validate(document)
    assert [one["shape"] for one in document["variables"]] == [[1000000, 1000000], [1000000]]
    assert [one["preview"] for one in document["variables"]] == [[], []]
    assert document["forward_pass"]["outputs"] == [{"shape": [1, 1000000], "dtype": "float32"}]


def test_what_has_no_values_has_no_statistics(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=2", "--input-shape", "1,3", "--symbolic", "--stats")
    assert_two_line_error(result, saying="no values")


def test_a_dtype_policy_builds_it_so(run: Run) -> None:
    options = ("--arg", "units=2", "--input-shape", "1,3", "--json", "--dtype-policy")
    (document,) = parse_documents(run("layer", "Dense", *options, "bfloat16").stdout)
    assert {one["dtype"] for one in document["variables"]} == {"bfloat16"}
    assert document["forward_pass"]["outputs"][0]["dtype"] == "bfloat16"
    (document,) = parse_documents(run("layer", "Dense", *options, "mixed_float16").stdout)
    assert {one["dtype"] for one in document["variables"]} == {"float32"}
    assert document["notes"] == []
    assert_two_line_error(
        run("layer", "Dense", *options, "float17"), saying="float17", hinting="did you mean float16 or"
    )
