"""`weightscope layers`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.conftest import Run, parse_documents
from weightscope.source.live.framework import keras
from weightscope.view.documents.schema import json_schema


def test_registered_layers_come_first_with_their_defaults(run: Run) -> None:
    (document,) = parse_documents(run("layers", "--json").stdout)
    Draft202012Validator(json_schema()).validate(document)
    entries = {one["name"]: one for one in document["layers"]}
    assert entries["CustomConv2D"]["defaults"] == {"filters": 32, "kernel_size": [3, 3], "padding": "same"}
    assert entries["CustomConv2D"]["origin"].startswith("keras-weightscope ")
    assert entries["CustomConv2D"]["signature"].startswith("(filters")
    origins = [one["origin"].split()[0] for one in document["layers"]]
    assert origins.index("keras") == len(origins) - origins.count("keras")


def test_every_layer_of_keras_is_listed(run: Run) -> None:
    (document,) = parse_documents(run("layers", "--json").stdout)
    listed = {one["name"] for one in document["layers"] if one["origin"] == f"keras {keras.__version__}"}
    layers = {
        name for name, one in vars(keras.layers).items() if isinstance(one, type) and issubclass(one, keras.Layer)
    }
    assert listed == layers


def test_all_formats_list_as_many_layers(run: Run) -> None:
    count = len(parse_documents(run("layers", "--json").stdout)[0]["layers"])
    lines = run("layers", "--format", "jsonl").stdout.splitlines()
    assert len([json.loads(line) for line in lines]) == count
    assert len(list(csv.reader(io.StringIO(run("layers", "--format", "csv").stdout)))) == count + 1
    assert len(run("layers", "--format", "markdown").stdout.splitlines()) == count + 2
    table = run("layers").stdout
    assert "MultiHeadAttention" in table
    assert "(units, activation=None" in table


def test_a_module_adds_its_layers(run: Run, tmp_path: Path) -> None:
    module = tmp_path / "added_layers.py"
    module.write_text(
        "import keras, weightscope\n\n@weightscope.register_layer\nclass AddedByModule(keras.layers.Layer):\n"
        '    """Does nothing.\n\n    And more."""\n'
    )
    (document,) = parse_documents(run("layers", "--module", module, "--json").stdout)
    (entry,) = (one for one in document["layers"] if one["name"] == "AddedByModule")
    assert entry["summary"] == "Does nothing."
