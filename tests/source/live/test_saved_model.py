"""SavedModels loaded with TensorFlow: the listing has the loaded variables, under the names in the file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from tests.conftest import ROOT, SAMPLES, Run, assert_two_line_error
from tests.source.file.saved_model import made
from weightscope import inspect_model
from weightscope.source.live.framework import keras, tensorflow

_WITHOUT_KERAS_2 = "import sys; sys.modules['tf_keras'] = None; from weightscope.__main__ import main; main()"


@pytest.mark.parametrize("name", made.WRITERS)
def test_loaded_variables_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    folder = made.WRITERS[name](tmp_path / "model")
    read, loaded = inspect_model(folder), inspect_model(folder, live=True)
    assert loaded.read_with == "keras"
    assert loaded.signatures == read.signatures
    in_file = {variable.info.path: variable for variable in read.variables}
    assert [variable.info.path for variable in loaded.variables] == [
        path for path in in_file if name != "tf1" or path != "model/table"
    ], "TensorFlow loads the parts of a partitioned variable, each by itself"
    for variable in loaded.variables:
        stored = in_file[variable.info.path]
        assert (variable.info.shape, variable.info.dtype) == (stored.info.shape, stored.info.dtype)
        assert variable.info.trainable == stored.info.trainable
        if stored.has_values:
            np.testing.assert_array_equal(variable.read(), stored.read())
    said = [note.message for note in loaded.notes if note.code == "not-loaded"]
    assert said == (["stored, but TensorFlow loads no variable for them: model/table"] if name == "tf1" else [])


def test_check_names_the_layer_that_calls_a_saved_model(run: Run) -> None:
    folder = SAMPLES / "cnn_savedmodel"
    (layer,) = re.findall(r"keras\.layers\.TFSMLayer\(.*?\)", run("check", folder).stderr)
    outputs = eval(layer, {"keras": keras})(np.zeros((2, 12, 12, 3), "float32"))
    assert np.shape(outputs) == (2, 10)


def test_a_model_with_an_optimizer_of_keras_2_loads_without_keras_2(corpus: Path) -> None:
    model = str(corpus / "tf26_keras_savedmodel")
    command = [sys.executable, "-c", _WITHOUT_KERAS_2, "inspect", model, "--live", "--json"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    paths = [variable["path"] for variable in json.loads(ran.stdout)["variables"]]
    assert paths[:4] == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]


def test_nothing_of_a_saved_model_runs_unless_it_is_asked_for(tmp_path: Path, run: Run) -> None:
    """A SavedModel whose loading reads a file: an initializer runs when TensorFlow loads it."""

    class Reads(tensorflow.Module):  # type: ignore[misc]  # TensorFlow ships no types
        def __init__(self, path: str) -> None:
            super().__init__()
            self.weight = tensorflow.Variable([1.0])
            text, number = tensorflow.string, tensorflow.int64
            lines = tensorflow.lookup.TextFileInitializer(path, text, 0, number, 1, delimiter=" ")
            self.table = tensorflow.lookup.StaticHashTable(lines, -1)

    words = tmp_path / "words.txt"
    words.write_text("one 1\ntwo 2\n")
    module = Reads(str(words))
    module.lookup = tensorflow.function(
        module.table.lookup, input_signature=[tensorflow.TensorSpec([None], tensorflow.string)]
    )
    folder = tmp_path / "model"
    tensorflow.saved_model.save(module, str(folder))
    shutil.rmtree(folder / "assets")
    result = run("inspect", folder)
    assert result.exit_code == 0
    assert "weight" in result.stdout
    assert_two_line_error(run("inspect", folder, "--live"), saying="TensorFlow cannot load it")


def test_the_header_says_who_loaded_it(run: Run) -> None:
    result = run("inspect", SAMPLES / "cnn_savedmodel", "--live")
    assert "loaded with TensorFlow" in result.stdout
    assert "signature serving_default input_layer (None, 12, 12, 3) float32" in result.stdout


def test_a_shape_that_has_no_effect_is_told_so(run: Run) -> None:
    result = run("inspect", SAMPLES / "cnn_savedmodel", "--input-shape", "1,12,12,3")
    assert result.exit_code == 0
    assert "loaded and not called" in result.stderr


def test_a_checkpoint_holds_no_model_to_load(run: Run) -> None:
    assert_two_line_error(run("inspect", SAMPLES / "cnn_checkpoint", "--live"), saying="weights only")


def test_reading_one_imports_no_tensorflow() -> None:
    for name in ("cnn_savedmodel", "cnn_checkpoint"):
        program = (
            "import sys; from weightscope import inspect_model; "
            f"inspect_model({str(SAMPLES / name)!r}).variables[0].read(); "
            "print(sorted(sys.modules.keys() & {'tensorflow', 'keras', 'h5py'}))"
        )
        ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        assert ran.stdout == "[]\n"


def test_the_formats_agree_on_the_same_model(run: Run) -> None:
    keras = SAMPLES / "cnn_frozen_batchnorm.keras"
    result = run("diff", keras, SAMPLES / "cnn_savedmodel")
    assert result.stdout.splitlines()[-1] == "10 compared: 0 differ, 10 equal, 0 only in A, 0 only in B"
    assert "since only B has them: 1" in result.stderr
    assert result.exit_code == 0
    assert " 0 differ, 10 equal, 0 only in A" in run("diff", keras, SAMPLES / "cnn_checkpoint").stdout.splitlines()[-1]
    saved = inspect_model(SAMPLES / "cnn_savedmodel")
    trainable = {variable.info.path: variable.info.trainable for variable in inspect_model(keras).variables}
    for variable in saved.variables:
        assert variable.info.role == "seed" or variable.info.trainable is trainable[variable.info.path]


def test_its_json_is_that_of_the_schema(run: Run) -> None:
    schema = json.loads(run("schema").stdout)
    for name in ("cnn_savedmodel", "cnn_checkpoint"):
        document = json.loads(run("inspect", SAMPLES / name, "--json", "--stats", "--optimizer").stdout)
        jsonschema.validate(document, schema)
        assert ("signatures" in document) is (name == "cnn_savedmodel")


def test_what_is_typed_with_a_trailing_slash_is_the_same(run: Run) -> None:
    for name in ("cnn_savedmodel", "cnn_checkpoint"):
        plain, slashed = run("inspect", SAMPLES / name), run("inspect", f"{SAMPLES / name}{os.sep}")
        assert plain.stdout.splitlines()[1:] == slashed.stdout.splitlines()[1:]
