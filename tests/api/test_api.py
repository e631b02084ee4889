"""The Python API: what notebooks call, and what the command line is a client of."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

import weightscope
from tests.conftest import DENOISER, SAMPLES, Run, of_the_present_keras, parse_documents
from tests.records import HOSTILE_NAMES, inspection, variable
from weightscope import api
from weightscope.api.showable import Inspection, shown_as
from weightscope.source.live.framework import keras
from weightscope.view.documents.schema import json_schema
from weightscope.view.text.words import escape


@of_the_present_keras
@pytest.mark.parametrize("preview", [0, 5, 1000])
def test_to_dict_is_what_the_command_line_prints(preview: int, run: Run) -> None:
    path = SAMPLES / "cnn_frozen_batchnorm.keras"
    for live in (False, True):
        flags = ["--live"] if live else []
        (printed,) = parse_documents(run("inspect", path, *flags, "--json", "--preview", preview).stdout)
        document = weightscope.inspect_model(path, live=live).to_dict(preview=preview)
        assert json.loads(json.dumps(document, allow_nan=False)) == printed
        Draft202012Validator(json_schema()).validate(document)


def test_a_layers_document_is_what_the_command_line_prints(run: Run) -> None:
    arguments = ["CustomConv2D", "--input-shape", "1,28,28,3", "--arg", "name=mine", "--json"]
    (printed,) = parse_documents(run("layer", *arguments).stdout)
    document = weightscope.inspect_layer("CustomConv2D", input_shape=(1, 28, 28, 3), arguments={"name": "mine"})
    assert document.to_dict() == printed


@pytest.mark.parametrize(
    ("options", "outputs"),
    [
        ({"input_shape": (2, 4, 4, 3)}, [2, 4, 4, 3]),
        ({"input_shape": [1, 8, 8, 3]}, [1, 8, 8, 3]),
    ],
)
def test_a_model_is_loaded_with_the_users_modules_and_shape(options: dict[str, Any], outputs: list[int]) -> None:
    path = SAMPLES / "subclassed_custom_layers.keras"
    document = weightscope.inspect_model(path, modules=[str(DENOISER)], **options).to_dict()
    assert document["forward_pass"]["outputs"][0]["shape"] == outputs


def test_a_layer_may_be_a_name_a_spec_or_a_layer() -> None:
    spec = {"class_name": "Dense", "config": {"units": 3}, "input_shape": [1, 4]}
    made = [
        weightscope.inspect_layer("Dense", arguments={"units": 3}, input_shape=(1, 4)),
        weightscope.inspect_layer(spec),
        weightscope.inspect_layer(keras.layers.Dense(3), input_shape=(1, 4)),
    ]
    for one in made:
        assert [variable.info.shape for variable in one.variables] == [(4, 3), (3,)]


def test_several_inputs_are_a_mapping() -> None:
    made = weightscope.inspect_layer(
        "MultiHeadAttention",
        arguments={"num_heads": 2, "key_dim": 4},
        input_shape={"query": (1, 4, 8), "value": [1, 6, 8]},
    )
    assert made.forward_pass is not None
    assert [one.shape for one in made.forward_pass.outputs] == [(1, 4, 8)]


@pytest.mark.parametrize("shape", [(None, 4), ("1", 4), (1.5, 4), (0, 4), {"inputs": (None, 4)}])
def test_a_shape_that_is_none_is_refused(shape: Any) -> None:
    with pytest.raises(weightscope.WeightscopeError, match="shape"):
        weightscope.inspect_layer("Dense", arguments={"units": 3}, input_shape=shape)


def test_what_cannot_be_done_is_one_kind_of_error(tmp_path: Path) -> None:
    for wrong in (
        lambda: weightscope.inspect_model(tmp_path / "missing.keras"),
        lambda: weightscope.inspect_layer("NoSuchLayer", input_shape=(1, 2)),
        lambda: weightscope.inspect_layer(object(), input_shape=(1, 2)),
        lambda: weightscope.inspect_layer({"class": "Dense"}),
        lambda: weightscope.known_layers(modules=["no_such_module_anywhere"]),
    ):
        with pytest.raises(weightscope.WeightscopeError) as raised:
            wrong()
        assert raised.value.hint


def test_known_layers_are_records() -> None:
    names = [one.name for one in weightscope.known_layers()]
    assert names[:3] == ["CustomConv2D", "CustomDense", "CustomStatsLayer"] or "CustomConv2D" in names
    assert "Dense" in names


def test_an_attribute_that_is_not_there_is_told_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'inspect'"):
        weightscope.inspect  # noqa: B018 - reading it is what is tested


def hostile() -> weightscope.Inspection:
    return shown_as(Inspection, inspection(*(variable(name) for name in HOSTILE_NAMES), location="[/]\x1b[31m.keras"))


def test_rich_prints_hostile_names_as_text_whatever_the_console_is_set_to() -> None:
    page = io.StringIO()
    Console(file=page, width=200, markup=True, emoji=True).print(hostile())
    for name in HOSTILE_NAMES:
        assert escape(name) in page.getvalue()
    assert "\x1b" not in page.getvalue()


def test_a_notebook_shows_hostile_names_as_text() -> None:
    page = hostile()._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_results_have_a_short_repr_without_what_a_terminal_would_obey() -> None:
    assert repr(hostile()).startswith("<Inspection [/]\\x1b[31m.keras: ")
    model = weightscope.inspect_model(SAMPLES / "nan_weights.keras")
    path = SAMPLES / "nan_weights.keras"
    assert repr(model) == f"<Inspection {path}: 4 variables, 53 parameters>"
    assert repr(weightscope.close_up(model, "scores/kernel")) == "<Closeup scores/kernel: (5, 3) float32>"
    assert repr(weightscope.check_model(path)) == "<Findings: nan-values 1, infinite-values 2>"
    assert repr(api.check_weights(path)) == f"<CheckResult {path}: nan-values 1, infinite-values 2>"
    compared = weightscope.diff_models(model, model)
    assert repr(compared).startswith(f"<Comparison {path}, {path}: 4 compared: 0 differ, 4 equal")


def test_every_result_shows_itself_in_a_notebook() -> None:
    path = SAMPLES / "nan_weights.keras"
    model = weightscope.inspect_model(path)
    results = (
        model,
        weightscope.close_up(model, "scores/kernel"),
        weightscope.check_model(path),
        api.check_weights(path),
        api.check_load(path, path),
        weightscope.diff_models(model, SAMPLES / "cnn_frozen_batchnorm.keras"),
    )
    for one in results:
        page = one._repr_html_()
        assert page.startswith('<div class="weightscope"')
        assert "<details" in page or "<table" in page or "nothing found" in page


def test_findings_are_a_tuple_and_reports_have_a_document() -> None:
    path = SAMPLES / "nan_weights.keras"
    findings, report = weightscope.check_model(path), api.check_weights(path)
    assert findings == report.findings
    assert report.to_dict()["schema"] == "weightscope.check/1"
    page = io.StringIO()
    Console(file=page, width=100).print(report)
    assert "nan-values" in page.getvalue()


@pytest.mark.parametrize("package", [weightscope, api])
def test_every_name_that_is_exported_is_there(package: Any) -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) == set(package._PLACES)
