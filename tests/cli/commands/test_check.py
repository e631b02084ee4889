"""`weightscope check`: exit codes, formats, settings; and that Keras refuses what it calls an error."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from sarif_pydantic import Sarif

from tests.conftest import ROOT, SAMPLES, Run, assert_two_line_error, of_the_present_keras, parse_documents
from weightscope import WeightscopeError, check_model, inspect_model
from weightscope.measure.check.rules import ALL_RULES, CHECK_RULES
from weightscope.view.documents.schema import json_schema

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
SICK = SAMPLES / "nan_weights.keras"
CORPUS = ROOT.parent / "shared" / "corpus"


def doctored(target: Path, change: Callable[[h5py.File], None]) -> Path:
    """Writes the CNN with something changed in its weights."""
    with zipfile.ZipFile(CNN) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "model.weights.h5":
                weights = io.BytesIO(data)
                with h5py.File(weights, "a") as file:
                    change(file)
                data = weights.getvalue()
            copy.writestr(name, data)
    return target


def without_dense(file: h5py.File) -> None:
    del file["layers/dense/vars/0"], file["layers/dense/vars/1"]


def without_any(file: h5py.File) -> None:
    for layer in file["layers"].values():
        for name in list(layer["vars"]):
            del layer["vars"][name]


def with_one_more(file: h5py.File) -> None:
    file["layers/dense/vars"].create_dataset("2", data=np.ones(3, "float32"))


def of_another_shape(file: h5py.File) -> None:
    del file["layers/dense/vars/1"]
    file["layers/dense/vars"].create_dataset("1", data=np.ones(11, "float32"))


@of_the_present_keras
@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        (without_dense, "missing-weights", "Layer 'dense' expected 2 variables, but received 0"),
        (with_one_more, "unexpected-weights", "Layer 'dense' expected 2 variables, but received 3"),
        (of_another_shape, "shape-mismatch", "the config implies (10,), the file holds (11,)"),
    ],
)
def test_what_keras_refuses_to_load_is_told_before(
    change: Callable[[h5py.File], None], rule: str, message: str, tmp_path: Path
) -> None:
    path = doctored(tmp_path / "doctored.keras", change)
    (found,) = [one for one in check_model(path) if one.level == "error"]
    assert found.code == rule
    assert message in found.message
    with pytest.raises(ValueError, match=re.escape(message) if rule != "shape-mismatch" else "shape"):
        keras.saving.load_model(path)


@of_the_present_keras
def test_a_file_that_lost_all_its_weights_is_told_of_layer_by_layer(tmp_path: Path) -> None:
    path = doctored(tmp_path / "doctored.keras", without_any)
    found = [one for one in check_model(path) if one.level == "error"]
    layers = ["conv2d", "batch_normalization", "conv2d_1", "dense"]
    assert [(one.code, one.variable) for one in found] == [("missing-weights", name) for name in layers]
    assert "unbuilt-model" not in [note.code for note in inspect_model(path).notes]
    with pytest.raises(ValueError, match="A total of 4 objects could not be loaded"):
        keras.saving.load_model(path)


@pytest.mark.parametrize("path", sorted([*SAMPLES.glob("*.keras"), *SAMPLES.glob("*.h5")]), ids=lambda path: path.name)
def test_samples_that_are_well_have_no_errors(path: Path) -> None:
    assert any(one.level == "error" for one in check_model(path)) == (path == SICK)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real files lies beside the project")
@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.glob("*ras[12]_*")))
def test_real_models_have_no_errors(name: str) -> None:
    found = check_model(CORPUS / name)
    # Keras 3 refuses the argument `lr` of this file's optimizer
    refused = ["unknown-argument"] * (name == "keras2_xception_with_optimizer.hdf5")
    assert [one.code for one in found if one.level == "error" or one.code == "untrained-weights"] == refused


def test_trained_kernels_are_told_from_the_one_that_never_was() -> None:
    assert [one.variable for one in check_model(CNN) if one.code == "untrained-weights"] == ["conv2d/kernel"]


def test_a_model_fresh_from_its_constructor_is_told_of(tmp_path: Path) -> None:
    inputs = keras.Input((32,))
    hidden = keras.layers.Dense(64, kernel_initializer="he_normal")(inputs)
    outputs = keras.layers.Dense(32, kernel_initializer="random_normal")(hidden)
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "fresh.keras")
    assert [one.code for one in check_model(tmp_path / "fresh.keras")] == ["untrained-weights"] * 2
    model.compile("sgd", "mse")
    model.fit(np.random.rand(64, 32), np.random.rand(64, 32), epochs=2, verbose=0)
    model.save(tmp_path / "trained.keras", include_optimizer=False)
    assert check_model(tmp_path / "trained.keras", ignore=["optimizer-in-file"]) == ()


def test_a_frozen_attention_that_loads_as_trainable_is_told_of(tmp_path: Path) -> None:
    inputs = keras.Input((4, 8))
    attention = keras.layers.MultiHeadAttention(2, 4, name="attention")
    outputs = attention(inputs, inputs)
    attention.trainable = False
    keras.Model(inputs, outputs).save(tmp_path / "frozen.keras")
    loaded = keras.saving.load_model(tmp_path / "frozen.keras")
    (found,) = [one for one in check_model(tmp_path / "frozen.keras") if one.code == "freeze-lost-on-load"]
    assert found.variable == "attention"
    assert found.count == len(loaded.trainable_variables)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([SICK], 1),
        ([CNN], 0),
        ([CNN, "--fail-on", "warning"], 1),
        ([CNN, "--fail-on", "warning", "--ignore", "untrained-weights"], 0),
        ([SICK, "--select", "zero-kernel,dead-channels"], 0),
        ([SICK, CNN], 1),
        ([SICK, SAMPLES / "README.md"], 2),
    ],
)
def test_the_exit_code_says_whether_something_was_found(arguments: list[Any], code: int, run: Run) -> None:
    assert run("check", *arguments).exit_code == code


def test_an_unknown_rule_is_an_error_in_python_too() -> None:
    with pytest.raises(WeightscopeError, match="no such rule"):
        check_model(CNN, select=["nan-vales"])


def test_json_is_as_the_schema_says(run: Run) -> None:
    documents = parse_documents(run("check", SICK, CNN, "--json").stdout)
    assert len(documents) == 2
    for document in documents:
        Draft202012Validator(json_schema()).validate(document)
    assert documents[0]["findings"][0]["rule"] == "nan-values"
    assert documents[0]["findings"][0]["count"] == 3


def test_every_format_tells_of_every_finding(run: Run) -> None:
    found = check_model(SICK)
    for name in ("table", "json", "jsonl", "csv", "markdown", "sarif", "github"):
        text = run("check", SICK, "--format", name).stdout
        assert all(text.count(one.code) >= 1 for one in found)
    assert len(run("check", SICK, "--format", "jsonl").stdout.splitlines()) == len(found)
    rows = list(csv.DictReader(run("check", SICK, CNN, "--format", "csv").stdout.splitlines()))
    assert [(row["rule"], row["variable"]) for row in rows[: len(found)]] == [(one.code, one.variable) for one in found]
    assert {row["location"] for row in rows} == {str(SICK), str(CNN)}


def test_sarif_is_what_services_take(run: Run, tmp_path: Path) -> None:
    result = run("check", SICK, CNN, "--format", "sarif", "-o", tmp_path / "findings.sarif")
    assert result.exit_code == 1
    document = json.loads((tmp_path / "findings.sarif").read_text())
    assert Sarif.model_validate(document).version == "2.1.0"
    (one,) = document["runs"]
    rules = one["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CHECK_RULES)
    for found in one["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
    assert {found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for found in one["results"]} == {
        SICK.as_uri(),
        CNN.as_uri(),
    }


def test_a_file_name_that_is_no_text_is_named_all_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "bad\udcff%.keras"
    (tmp_path / name).write_bytes(SICK.read_bytes())
    monkeypatch.chdir(tmp_path)
    result = run("check", name, "--format", "sarif", "-o", "findings.sarif")
    assert result.exit_code == 1, result.stderr
    found = json.loads((tmp_path / "findings.sarif").read_text())["runs"][0]["results"][0]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad%FF%25.keras"


def test_github_annotations_are_one_line_each_and_escaped(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a,b:c%.keras"
    path.write_bytes(SICK.read_bytes())
    for line in run("check", path, "--format", "github").stdout.splitlines():
        assert re.fullmatch(r"::error file=[^,:]*a%2Cb%3Ac%25\.keras,title=[a-z-]+::[^\r\n]+", line)


@pytest.mark.parametrize("rule", ALL_RULES)
def test_every_rule_is_explained(rule: str, run: Run) -> None:
    text = run("check", "--explain", rule).stdout
    assert rule in text
    assert " ".join(ALL_RULES[rule].explanation.split()) in " ".join(text.split())
    assert rule in run("check", "--rules").stdout


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ([], "weightscope check model.keras"),
        ([CNN, "--select", "nan-vales"], "nan-values"),
        ([CNN, "--ignore", "zzz"], "--rules"),
        ([CNN, "--select", "frozen-moved"], "weightscope diff before.keras after.keras --frozen"),
        ([CNN, "--select", "not-loaded"], "weightscope check weights.h5 --into model.keras"),
        ([CNN, "--set", "exploding-values=many"], "--set exploding-values=1e5"),
        ([CNN, "--set", "nan-values=3"], "exploding-values"),
        ([CNN, "--set", "exploding-values=nan"], "a number"),
        (["--explain", "nan"], "nan-values"),
    ],
)
def test_what_makes_no_sense_is_told_in_two_lines(arguments: list[Any], hint: str, run: Run) -> None:
    result = run("check", *arguments)
    assert_two_line_error(result)
    assert hint in result.stderr


def settings_file(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.weightscope.check]\n{text}\n")
    (folder / "inside").mkdir()
    monkeypatch.chdir(folder / "inside")


def test_settings_are_found_upwards_and_options_win(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_file(tmp_path, 'fail-on = "warning"\nignore = ["untrained-weights"]\nexploding-values = 0.5', monkeypatch)
    result = run("check", CNN)
    assert result.exit_code == 1
    assert "exploding-values" in result.stdout
    assert "untrained-weights" not in result.stdout
    assert run("check", CNN, "--set", "exploding-values=5").exit_code == 0
    assert "untrained-weights" in run("check", CNN, "--ignore", "optimizer-in-file").stdout
    assert run("check", CNN, "--fail-on", "error").exit_code == 0


def test_a_wrong_name_in_the_settings_is_told_with_its_file_and_the_nearest(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file(tmp_path, 'ignore = ["nan-vales"]', monkeypatch)
    saying = f"{tmp_path / 'pyproject.toml'}: ignore names nan-vales: no such rule"
    assert_two_line_error(run("check", CNN), saying=saying, hinting="nan-values")
    (tmp_path / "pyproject.toml").write_text("[tool.weightscope.check]\nfail_on = 'error'\n")
    assert_two_line_error(run("check", CNN), saying="fail_on is no setting", hinting="fail-on")


@pytest.mark.parametrize(
    "text", ["ignore = 3", 'ignore = ["zzz"]', "fail-on = 1", "unknown = 1", "exploding-values = true", "broken"]
)
def test_settings_that_make_no_sense_are_told_of(
    text: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file(tmp_path, text, monkeypatch)
    assert_two_line_error(run("check", CNN))
