"""`weightscope diff`: exit codes, options, and models that Keras saved."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.conftest import SAMPLES, Run, assert_two_line_error, parse_documents
from weightscope import WeightscopeError, diff_models, inspect_model
from weightscope.source.live.framework import keras
from weightscope.view.documents.schema import json_schema

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
LSTM = SAMPLES / "text_bidirectional_lstm.keras"


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """The convolutional sample after one weight that is trainable and one that is not were moved."""
    path = tmp_path / "moved.keras"
    with zipfile.ZipFile(CNN) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith(".weights.h5"):
                buffer = io.BytesIO(data)
                with h5py.File(buffer, "r+") as file:
                    file["layers/conv2d/vars/1"][...] += 0.5
                    file["layers/dense/vars/1"][...] += 0.25
                data = buffer.getvalue()
            target.writestr(name, data)
    return path


def test_a_file_does_not_differ_from_itself(run: Run) -> None:
    for name in ("cnn_frozen_batchnorm.keras", "nan_weights.keras", "bfloat16.keras", "legacy.h5"):
        result = run("diff", SAMPLES / name, SAMPLES / name, "--json")
        (document,) = parse_documents(result.stdout)
        assert (result.exit_code, document["differences"], result.stderr) == (0, [], "")


def test_what_differs_is_listed_and_the_exit_code_says_so(run: Run, moved: Path) -> None:
    result = run("diff", CNN, moved, "--json")
    (document,) = parse_documents(result.stdout)
    Draft202012Validator(json_schema()).validate(document)
    assert result.exit_code == 1
    assert [(one["kind"], one["a"]) for one in document["differences"]] == [
        ("values", "conv2d/bias"),
        ("values", "dense/bias"),
    ]
    assert document["totals"] == {"compared": 10, "equal": 8, "different": 2, "only_in_a": 0, "only_in_b": 0}
    assert document["differences"][0]["maximum_absolute"] == pytest.approx(0.5, abs=1e-6)


def rows_of(text: str) -> list[str]:
    return [row["a"] for row in csv.DictReader(io.StringIO(text))]


def test_rows_are_chosen_and_ordered_as_asked(run: Run, moved: Path) -> None:
    everything = rows_of(run("diff", CNN, moved, "--format", "csv", "--include-equal").stdout)
    assert everything == [one.info.path for one in inspect_model(CNN).variables]
    sorted_rows = rows_of(run("diff", moved, CNN, "--format", "csv", "--sort", "relative-l2").stdout)
    assert set(sorted_rows) == {"conv2d/bias", "dense/bias"}
    filtered = run("diff", CNN, moved, "--format", "csv", "--filter", "dense/*")
    assert (filtered.exit_code, rows_of(filtered.stdout)) == (1, ["dense/bias"])
    assert run("diff", CNN, moved, "--filter", "conv2d_1/*").exit_code == 0


def test_the_table_shows_equal_pairs_unless_told_not_to(run: Run, moved: Path) -> None:
    assert "dense/kernel" in run("diff", CNN, moved).stdout
    changed = run("diff", CNN, moved, "--only-changed").stdout
    assert "dense/kernel" not in changed
    assert "dense/bias" in changed


def test_a_tolerance_makes_them_equal(run: Run, moved: Path) -> None:
    assert run("diff", CNN, moved, "--atol", "0.3").exit_code == 1
    assert run("diff", CNN, moved, "--atol", "0.6").exit_code == 0


def test_only_a_frozen_weight_that_moved_fails_a_frozen_check(run: Run, moved: Path) -> None:
    result = run("diff", CNN, moved, "--frozen", "--json")
    (document,) = parse_documents(result.stdout)
    errors = [(one["rule"], one["variable"]) for one in document["findings"] if one["level"] == "error"]
    assert (result.exit_code, errors) == (1, [("frozen-moved", "conv2d/bias")])
    result = run("diff", CNN, moved, "--frozen", "--filter", "dense/*")
    assert result.exit_code == 0, "a trainable weight moved"


def test_findings_are_told_on_stderr_where_stdout_has_rows_only(run: Run, moved: Path) -> None:
    result = run("diff", CNN, moved, "--frozen", "--format", "csv")
    assert "error: frozen-moved: conv2d/bias" in result.stderr
    assert "frozen-moved" not in result.stdout


def test_a_filter_that_matches_nothing_is_told(run: Run) -> None:
    result = run("diff", CNN, CNN, "--filter", "nothing*")
    assert "warning: no variable matches nothing*" in result.stderr


@pytest.mark.parametrize("place", [0, 1])
def test_a_damaged_file_is_an_error_whichever_of_the_two_it_is(run: Run, tmp_path: Path, place: int) -> None:
    truncated = tmp_path / "truncated.keras"
    truncated.write_bytes(CNN.read_bytes()[:20_000])
    pair = [CNN, CNN]
    pair[place] = truncated
    for arguments in ([], ["--json"]):
        assert_two_line_error(run("diff", *pair, *arguments), saying="truncated.keras")


@pytest.mark.parametrize(
    ("arguments", "saying"),
    [
        ([CNN], "Missing argument 'B'"),
        ([CNN, SAMPLES / "missing.keras"], "no such file"),
        ([CNN, CNN, "--sort", "cosine"], "nothing to sort by"),
        ([CNN, CNN, "--rtol", "-1"], "no tolerance"),
        ([CNN, CNN, "--atol", "nan"], "no tolerance"),
        ([CNN, CNN, "--only-changed", "--include-equal"], "leaves out"),
        ([CNN, CNN, "--match", "names"], "names"),
        ([CNN, SAMPLES / "weights_only.weights.h5", "--frozen"], "trainability is not stored in this file"),
    ],
)
def test_a_mistake_is_told_in_two_lines(run: Run, arguments: list[Any], saying: str) -> None:
    assert_two_line_error(run("diff", *arguments), saying=saying)


def test_a_model_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.keras"
    shutil.copy(CNN, copy)
    for pair in ((copy, CNN), (CNN, copy)):
        assert_two_line_error(run("diff", *pair, "-o", copy, "--force"), saying="itself")
    assert copy.read_bytes() == CNN.read_bytes()


def test_python_gets_what_the_command_line_prints(run: Run, moved: Path) -> None:
    (document,) = parse_documents(run("diff", CNN, moved, "--json").stdout)
    assert diff_models(str(CNN), str(moved)).to_dict() == document
    assert diff_models(inspect_model(CNN), inspect_model(CNN)).differences == ()
    with pytest.raises(WeightscopeError):
        diff_models(CNN, moved, rtol=-1)


# what Keras itself does


def layers_of_equal_shapes(*names: str) -> Any:
    inputs = keras.Input((4,))
    outputs = [keras.layers.Dense(4, name=name)(inputs) for name in names]
    return keras.Model(inputs, outputs)


def test_weights_that_keras_loads_into_the_wrong_layers_are_found_before(run: Run, tmp_path: Path) -> None:
    saved, other = layers_of_equal_shapes("x", "y"), layers_of_equal_shapes("y", "x")
    a, b = tmp_path / "a.weights.h5", tmp_path / "b.keras"
    saved.save_weights(a)
    other.save(b)
    result = run("diff", a, b, "--json")
    (document,) = parse_documents(result.stdout)
    assert [(one["rule"], one["variable"]) for one in document["findings"]] == [
        ("swapped-layers", "x"),
        ("swapped-layers", "y"),
    ]
    other.load_weights(a)  # Keras says nothing, and
    np.testing.assert_array_equal(other.get_layer("y").kernel, saved.get_layer("x").kernel)


def test_one_model_in_every_format_is_equal(run: Run, tmp_path: Path) -> None:
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            keras.layers.Conv2D(3, 3, name="edges"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, name="scores"),
        ]
    )
    files = [tmp_path / name for name in ("m.keras", "m.weights.h5", "m.h5")]
    model.save(files[0])
    model.save_weights(files[1])
    model.save(files[2])
    folder = tmp_path / "folder"
    with zipfile.ZipFile(files[0]) as archive:
        archive.extractall(folder)
    for a in (*files, folder):
        for b in (*files, folder):
            result = run("diff", a, b, "--json")
            (document,) = parse_documents(result.stdout)
            assert (result.exit_code, document["differences"], document["totals"]["equal"]) == (0, [], 8), (a, b)


@pytest.mark.parametrize("is_compiled_again", [True, False])
def test_a_layer_that_was_frozen_too_late_is_found(run: Run, tmp_path: Path, is_compiled_again: bool) -> None:
    inputs = keras.Input((4,))
    norm = keras.layers.BatchNormalization(name="norm")
    model = keras.Model(inputs, keras.layers.Dense(1, name="head")(norm(inputs)))
    x = np.random.default_rng(0).normal(3.0, 2.0, size=(32, 4)).astype("float32")
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], epochs=1, verbose=0)
    norm.trainable = False
    if is_compiled_again:
        model.compile("sgd", "mse")
    before, after = tmp_path / "before.keras", tmp_path / "after.keras"
    model.save(before)
    model.fit(x, x[:, :1], epochs=1, verbose=0)
    model.save(after)
    result = run("diff", before, after, "--frozen", "--json")
    (document,) = parse_documents(result.stdout)
    found = {one["variable"]: one["message"] for one in document["findings"]}
    if is_compiled_again:
        assert (result.exit_code, found) == (0, {})
        return
    assert result.exit_code == 1
    assert list(found) == [f"norm/{name}" for name in ("gamma", "beta", "moving_mean", "moving_variance")]
    assert "training mode" in found["norm/moving_mean"]
