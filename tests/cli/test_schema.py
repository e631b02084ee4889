"""`weightscope schema`."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from tests.conftest import Run


def test_the_schema_is_printed_and_is_a_schema(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    Draft202012Validator.check_schema(json.loads(result.stdout))
