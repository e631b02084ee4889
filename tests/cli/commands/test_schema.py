"""`weightscope schema`."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.conftest import Run, assert_two_line_error


def test_the_schema_is_printed_and_is_a_schema(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    Draft202012Validator.check_schema(json.loads(result.stdout))


def test_it_is_written_to_files_that_say_json(run: Run, tmp_path: Path) -> None:
    assert_two_line_error(run("schema", "-o", tmp_path / "weights.csv"), saying=".json", hinting="-o weights.json")
    assert list(tmp_path.iterdir()) == []
    assert run("schema", "-o", tmp_path / "weights.json").exit_code == 0
    assert (tmp_path / "weights.json").read_text("utf-8") == run("schema").stdout
