"""`weightscope id`, `inspect --id`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import weightscope
from tests.conftest import SAMPLES, Run, parse_documents
from weightscope.source.live.framework import keras, tensorflow
from weightscope.view.documents.schema import json_schema
from weightscope.view.formats import find_format
from weightscope.view.text.surface import Surface

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"


def ids_of(run: Run, *models: Path) -> list[dict[str, str | None]]:
    result = run("id", *models, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_format_prints_the_same_ids(run: Run) -> None:
    (document,) = parse_documents(run("id", CNN, "--json").stdout)
    Draft202012Validator(json_schema()).validate(document)
    assert document["schema"] == "weightscope.id/1"
    ids = [document[name] for name in ("values", "names", "structure")]
    (row,) = csv.DictReader(io.StringIO(run("id", CNN, "--format", "csv").stdout))
    assert [row[name] for name in ("values", "names", "structure")] == ids
    for text in (run("id", CNN).stdout, run("id", CNN, "--format", "markdown").stdout):
        assert all(one in text for one in ids)
    found = weightscope.fingerprint(CNN)
    assert [found.values, found.names, found.structure] == ids


def test_inspect_shows_the_ids_in_header_and_json(run: Run) -> None:
    (ids,) = ids_of(run, CNN)
    (document,) = parse_documents(run("inspect", CNN, "--id", "--json").stdout)
    Draft202012Validator(json_schema()).validate(document)
    assert document["id"] == {name: ids[name] for name in ("values", "names", "structure")}
    head = run("inspect", CNN, "--id").stdout.split("Trainable variables")[0]
    assert all(one in head for one in document["id"].values())
    assert "id" not in parse_documents(run("inspect", CNN, "--json").stdout)[0]


def test_seven_formats_of_one_model_have_the_same_values(run: Run, tmp_path: Path) -> None:
    layers = keras.layers
    inside = [layers.Dense(4), layers.BatchNormalization(), layers.Bidirectional(layers.LSTM(2)), layers.Dropout(0.5)]
    model = keras.Sequential([keras.Input((5, 3)), *inside, layers.Dense(2, dtype="float16")])
    model.compile("adam", "mse", run_eagerly=True)
    model.save(tmp_path / "without_steps.keras")
    model.fit(np.ones((2, 5, 3)), np.ones((2, 2)), verbose=0)
    model.save(tmp_path / "adam.keras")
    model.save(tmp_path / "legacy.h5")
    model.save_weights(tmp_path / "w.weights.h5")
    model.save_weights(tmp_path / "w.weights.json", max_shard_size=2e-7)
    tensorflow.train.Checkpoint(model=model).write(str(tmp_path / "checkpoint"))
    stripped = keras.models.load_model(tmp_path / "adam.keras", compile=False)
    stripped.save(tmp_path / "stripped.keras")
    names = ("adam.keras", "stripped.keras", "legacy.h5", "w.weights.h5", "w.weights.json", "checkpoint")
    found = ids_of(run, *(tmp_path / name for name in names))
    assert len({one["values"] for one in found}) == 1
    assert len({one["names"] for one in found}) == 2
    assert [one["names"] is None for one in found] == [False, False, False, True, True, False]
    (before,) = ids_of(run, tmp_path / "without_steps.keras")
    assert before["structure"] == found[0]["structure"] == found[1]["structure"]
    assert before["values"] != found[0]["values"]


@pytest.mark.parametrize("missing", ["no.keras", ""])
def test_a_model_that_cannot_be_read_is_reported_and_the_others_have_their_ids(run: Run, missing: str) -> None:
    result = run("id", missing, CNN, "--format", "jsonl")
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.startswith("error: ")


def test_a_weight_that_a_wrapper_stores_once_more_counts_once_in_every_format(run: Run, tmp_path: Path) -> None:
    layers = keras.layers
    inside = [layers.SpectralNormalization(layers.Conv2D(2, 2)), layers.SpectralNormalization(layers.Dense(3))]
    model = keras.Sequential([keras.Input((4, 4, 1)), *inside])
    model.save(tmp_path / "a.keras")
    model.save_weights(tmp_path / "a.weights.h5")
    first, second = ids_of(run, tmp_path / "a.keras", tmp_path / "a.weights.h5")
    assert first["values"] == second["values"]
    assert run("check", tmp_path / "a.weights.h5", "--into", tmp_path / "a.keras").exit_code == 0


def test_each_id_takes_one_line_of_80_columns() -> None:
    (text,) = find_format("table").fingerprints([weightscope.fingerprint(CNN)], Surface(80))
    _, *lines = text.splitlines()
    assert [line.split()[0] for line in lines] == ["values", "names", "structure"]
