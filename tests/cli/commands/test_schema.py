"""`weightscope schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import weightscope
from tests.conftest import SAMPLES, Run, assert_two_line_error, parse_documents
from weightscope.measure.listing.row_options import RowOptions
from weightscope.view.documents.schema import json_schema

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
NAN = SAMPLES / "nan_weights.keras"
LEGACY = SAMPLES / "legacy.h5"

#: Command lines that print JSON, of every command that prints it without TensorFlow.
PRINTING_JSON = (
    ("inspect", CNN, NAN, "--json", "--stats", "--optimizer", "--id"),
    ("inspect", CNN, "--json", "--by", "layer", "--stats"),
    ("inspect", CNN, NAN, "--json", "--by", "model"),
    ("inspect", CNN, "--json", "--by", "class", "--depth", "1", "--by", "layer"),
    ("inspect", NAN, "--format", "jsonl", "--stats"),
    ("show", NAN, "scores/kernel", "--json", "--slice", ":2,0"),
    ("show", CNN, "--json", "--sort", "bytes", "--top", "2"),
    ("check", NAN, "--json"),
    ("check", LEGACY, "--into", NAN, "--plan", "--json"),
    ("diff", LEGACY, NAN, "--json", "--include-equal"),
    ("diff", LEGACY, NAN, "--json", "--by", "layer"),
    ("id", CNN, SAMPLES / "weights_only.weights.h5", "--json"),
    ("lock", CNN, NAN),
    ("verify", "weights.lock", "--json"),
    ("export", CNN, "-o", "new.npz", "--dtype", "float16", "--dry-run", "--json"),
    ("trend", CNN, SAMPLES / "cnn_checkpoint", "--of", "mean,change", "--json"),
)


def test_the_schema_is_printed_and_is_a_schema(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    Draft202012Validator.check_schema(json.loads(result.stdout))


def test_it_is_written_to_files_that_say_json(run: Run, tmp_path: Path) -> None:
    assert_two_line_error(run("schema", "-o", tmp_path / "weights.csv"), saying=".json", hinting="-o weights.json")
    assert list(tmp_path.iterdir()) == []
    assert run("schema", "-o", tmp_path / "weights.json").exit_code == 0
    assert (tmp_path / "weights.json").read_text("utf-8") == run("schema").stdout


def test_all_json_that_is_printed_is_valid(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("lock", CNN, "-o", "weights.lock").exit_code == 0
    schema = Draft202012Validator(json.loads(run("schema").stdout))
    for line in PRINTING_JSON:
        result = run(*line)
        assert result.exit_code in (0, 1), (line, result.stderr)
        for document in parse_documents(result.stdout):
            assert schema.is_valid(document), (line, document)


@pytest.mark.slow
def test_all_rows_of_a_scan_are_valid(tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_bytes(b"")
    schema = Draft202012Validator(json_schema())
    for options in (
        RowOptions(sort="nan", top=2),
        RowOptions(models=True, statistics=True, check=True, fingerprint=True),
    ):
        rows = list(weightscope.scan([NAN, tmp_path], options, jobs=1))
        assert [row["error"] for row in rows if row["error"]] == ["the file is empty"]
        assert [row["nan"] for row in rows if not row["error"]] == ([3] if options.models else [3, 0])
        assert [row for row in rows if not schema.is_valid(row)] == []
