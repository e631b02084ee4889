"""Loaded models: what is listed is what Keras itself says, and inspecting changes nothing."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import DENOISER, SAMPLES, Run, of_the_present_keras, parse_documents
from tests.source.live.keras_says import what_keras_says
from weightscope import inspect_model

SHAPES = {"unbuilt.keras": "1,4"}
MODULES = {"subclassed_custom_layers.keras": [DENOISER]}
WHOLE_MODELS = sorted(
    path.name for path in SAMPLES.iterdir() if path.suffix in {".keras", ".h5"} and ".weights." not in path.name
)


def arguments_for(name: str) -> list[str | Path]:
    shape = ["--input-shape", SHAPES[name]] if name in SHAPES else []
    return [
        SAMPLES / name,
        "--live",
        *shape,
        *(part for module in MODULES.get(name, []) for part in ("--module", module)),
    ]


def load(name: str) -> Any:
    import keras

    keras.utils.set_random_seed(0)
    model = keras.saving.load_model(SAMPLES / name, compile=False)
    if name in SHAPES:
        model(np.zeros([int(size) for size in SHAPES[name].split(",")], "float32"))
    return model


@of_the_present_keras
@pytest.mark.parametrize("name", WHOLE_MODELS)
def test_every_sample_is_listed_as_keras_lists_it(name: str, run: Run) -> None:
    result = run("inspect", *arguments_for(name), "--json", "--preview", "100000")
    assert result.exit_code == 0, result.stderr
    (document,) = parse_documents(result.stdout)
    expected = what_keras_says(load(name))
    listed = document["variables"]
    assert [one["path"] for one in listed] == [one.path for one in expected]
    for ours, keras_own in zip(listed, expected, strict=True):
        assert tuple(ours["shape"]) == keras_own.shape
        assert ours["dtype"] == keras_own.dtype
        assert ours["trainable"] == keras_own.trainable
        assert ours["layer_class"] == keras_own.layer_class
        values = np.asarray([float(number) for number in ours["preview"]])
        if name not in SHAPES and ours["role"] == "weight":
            np.testing.assert_array_equal(values.astype(keras_own.values.dtype), keras_own.values.ravel())


@of_the_present_keras
@pytest.mark.parametrize("name", WHOLE_MODELS)
def test_the_totals_are_those_of_keras(name: str, run: Run) -> None:
    (document,) = parse_documents(run("inspect", *arguments_for(name), "--json").stdout)
    totals, model = document["totals"], load(name)
    assert totals["variables"] == len(model.variables)
    assert totals["trainable_variables"] == len(model.trainable_variables)
    assert totals["trainable_parameters"] == sum(int(np.prod(one.shape)) for one in model.trainable_variables)
    assert totals["parameters"] == sum(int(np.prod(one.shape)) for one in model.variables)
    assert totals["parameters"] == totals["trainable_parameters"] + totals["non_trainable_parameters"]
    assert sum(one["parameters"] for one in document["variables"]) == totals["parameters"]
    assert sum(one["bytes"] for one in document["variables"]) == totals["bytes"]


@of_the_present_keras
@pytest.mark.parametrize("name", WHOLE_MODELS)
def test_the_forward_pass_runs_and_its_outputs_are_those_of_keras(name: str, run: Run) -> None:
    import keras

    (document,) = parse_documents(run("inspect", *arguments_for(name), "--json").stdout)
    passed = document["forward_pass"]
    assert passed["error"] is None
    model = load(name)
    inputs = [np.zeros(one["shape"], one["dtype"]) for one in passed["inputs"]]
    outputs = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0]))
    assert [tuple(one["shape"]) for one in passed["outputs"]] == [tuple(one.shape) for one in outputs]
    assert [one["dtype"] for one in passed["outputs"]] == [
        keras.backend.standardize_dtype(one.dtype) for one in outputs
    ]


@of_the_present_keras
def test_the_unzipped_folder_of_a_model_is_listed_as_the_file(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(SAMPLES / "attention_encoder.keras") as archive:
        archive.extractall(tmp_path / "unzipped")
    (folder,) = parse_documents(run("inspect", tmp_path / "unzipped", "--live", "--json").stdout)
    (file,) = parse_documents(run("inspect", SAMPLES / "attention_encoder.keras", "--live", "--json").stdout)
    assert folder["source"]["format"] == "keras-folder"
    assert folder["variables"] == [
        {**one, "stored_at": there["stored_at"]}
        for one, there in zip(file["variables"], folder["variables"], strict=True)
    ]


@of_the_present_keras
@pytest.mark.parametrize(
    ("name", "disguise"), [("legacy.h5", "a.keras"), ("bfloat16.keras", "a.h5"), ("bfloat16.keras", "a")]
)
def test_a_wrong_extension_misleads_nobody(name: str, disguise: str, run: Run, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / name, tmp_path / disguise)
    (document,) = parse_documents(run("inspect", tmp_path / disguise, "--live", "--json").stdout)
    (expected,) = parse_documents(run("inspect", SAMPLES / name, "--live", "--json").stdout)
    assert document["variables"] == expected["variables"]
    assert document["source"]["format"] == expected["source"]["format"]


def test_the_same_model_gives_the_same_output_every_time(run: Run) -> None:
    arguments = ["inspect", *arguments_for("cnn_frozen_batchnorm.keras"), "--json"]
    assert run(*arguments).stdout == run(*arguments).stdout


def test_a_forward_pass_leaves_the_values_as_they_were_loaded_and_names_what_it_changed(run: Run) -> None:
    result = run("inspect", *arguments_for("subclassed_custom_layers.keras"), "--json")
    (document,) = parse_documents(result.stdout)
    assert [(note["code"], note["variable"]) for note in document["notes"]] == [
        ("state-changed", "statistics/moving_avg")
    ]
    assert "note: " in result.stderr
    assert "statistics/moving_avg" in result.stderr
    loaded = inspect_model(SAMPLES / "subclassed_custom_layers.keras", modules=[str(DENOISER)])
    for ours, keras_own in zip(loaded.variables, load("subclassed_custom_layers.keras").variables, strict=True):
        np.testing.assert_array_equal(ours.read(), keras_own.value.numpy())


@of_the_present_keras
def test_variables_that_two_branches_share_are_listed_once(run: Run) -> None:
    (document,) = parse_documents(run("inspect", *arguments_for("nested_shared_siamese.keras"), "--json").stdout)
    paths = [one["path"] for one in document["variables"]]
    assert len(paths) == len(set(paths)) == document["totals"]["variables"]
    assert "tower/wide/kernel" in paths


def test_nothing_is_written_next_to_the_model(run: Run, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "bfloat16.keras", tmp_path / "model.keras")
    before = (tmp_path / "model.keras").read_bytes()
    run("inspect", tmp_path / "model.keras", "--live")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == before


@of_the_present_keras
def test_inputs_of_a_functional_model_may_be_named(run: Run) -> None:
    arguments = arguments_for("nested_shared_siamese.keras")
    result = run("inspect", *arguments, "--json", "--input-shape", "left=3,8", "--input-shape", "right=3,8")
    (document,) = parse_documents(result.stdout)
    assert document["forward_pass"]["outputs"] == [{"shape": [3, 1], "dtype": "float32"}]
