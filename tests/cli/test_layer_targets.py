"""What `weightscope layer` builds of the code that people have: models, functions, objects, notebooks, packages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, assert_two_line_error, of_the_present_keras, parse_documents
from weightscope.source.live.framework import keras

MODELS = '''
import keras


class Tiny(keras.Model):
    """The ordinary subclassed model."""

    def __init__(self, classes=3):
        super().__init__()
        self.head = keras.layers.Dense(classes, name="head")

    def call(self, x):
        return self.head(x)


def build_encoder(units=4):
    inputs = keras.Input((8,), name="features")
    return keras.Model(inputs, keras.layers.Dense(units, name="code")(inputs), name="encoder")


def build_head(encoder, classes=2):
    return keras.Sequential([encoder, keras.layers.Dense(classes, name="head")])


def build_two(width=3):
    left = keras.Input((4, 8), name="left")
    right = keras.Input((6,), name="right", dtype="int32")
    embedded = keras.layers.Embedding(9, width, name="embedding")(right)
    return keras.Model({"left": left, "right": right}, [keras.layers.Dense(width, name="dense")(left), embedded])


def load_data():
    return [1, 2, 3]


def not_a_model():
    return keras.layers, 3


class Scaled(keras.layers.Layer):
    def __init__(self, sublayer, scale=0.5, **options):
        super().__init__(**options)
        self.sublayer, self.scale = sublayer, scale

    def call(self, x):
        return self.sublayer(x) * self.scale


class Cell(keras.layers.Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.units, self.state_size = units, [units, units]

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs, states, training=False):
        first, second = states
        output = inputs @ self.kernel + first
        return output, [output, second]


class Picky(keras.layers.Layer):
    """Fails unless each input has a dtype of its own, and the mask is there."""

    def build(self, input_shape=None):
        self.supports_masking = True
        self.table = self.add_weight(shape=(5, 4), name="table")

    def call(self, ids, mask):
        assert "int" in str(ids.dtype), ids.dtype
        assert "bool" in str(mask.dtype), mask.dtype
        return keras.ops.take(self.table, ids, axis=0) * keras.ops.cast(mask, "float32")[..., None]


class FromDict(keras.layers.Layer):
    def call(self, inputs):
        return inputs["a"] + inputs["b"]


model = build_encoder(5)
model.layers[-1].bias.assign([1, 2, 3, 4, 5])
'''


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("targets") / "models_of_mine.py"
    path.write_text(MODELS)
    return path


def document_of(run: Run, *arguments: Any) -> dict[str, Any]:
    result = run("layer", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return parse_documents(result.stdout)[0]


def paths_of(document: dict[str, Any]) -> dict[str, list[int]]:
    return {one["path"]: one["shape"] for one in document["variables"]}


def test_a_function_that_returns_a_model_is_called_with_the_arguments(models: Path, run: Run) -> None:
    document = document_of(run, f"{models}:build_encoder", "--arg", "units=6", "--stats")
    assert paths_of(document) == {"code/kernel": [8, 6], "code/bias": [6]}
    assert document["model"] == {**document["model"], "name": "encoder", "class_name": "Functional"}
    (given,) = document["forward_pass"]["inputs"]
    assert given == {"name": "features", "shape": [1, 8], "dtype": "float32"}
    assert document["variables"][0]["statistics"]["zeros"] == 0


def test_a_model_that_knows_its_inputs_takes_another_batch_and_refuses_another_rank(models: Path, run: Run) -> None:
    document = document_of(run, f"{models}:build_encoder", "--input-shape", "7,8")
    assert document["forward_pass"]["outputs"][0]["shape"] == [7, 4]
    assert_two_line_error(run("layer", f"{models}:build_encoder", "--input-shape", "7,8,8"), hinting="7,8")


def test_the_inputs_of_a_model_have_their_own_dtypes(models: Path, run: Run) -> None:
    document = document_of(run, f"{models}:build_two")
    assert {(one["name"], tuple(one["shape"]), one["dtype"]) for one in document["forward_pass"]["inputs"]} == {
        ("left", (1, 4, 8), "float32"),
        ("right", (1, 6), "int32"),
    }


def test_a_model_that_the_module_made_is_listed_with_the_values_it_has(models: Path, run: Run) -> None:
    document = document_of(run, f"{models}:model")
    assert document["variables"][1]["preview"] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert_two_line_error(run("layer", f"{models}:model", "--arg", "units=3"), saying="takes no --arg")


def test_a_subclassed_model_needs_a_shape_and_the_hint_has_one(models: Path, run: Run) -> None:
    result = run("layer", f"{models}:Tiny")
    assert_two_line_error(result, saying="shape of its input is not known")
    line = result.stderr.splitlines()[1].removeprefix("hint: weightscope layer ").removesuffix(" (the batch first)")
    document = document_of(run, *line.split())
    assert list(paths_of(document)) == ["head/kernel", "head/bias"]  # as in a saved model: without the model's name


@pytest.mark.parametrize(
    "encoder", ["build_encoder()", "build_encoder(units=7)", "Dense(3)", "keras.layers.Dense(units=3)", "model"]
)
def test_an_argument_may_be_a_layer_or_a_model(encoder: str, models: Path, run: Run) -> None:
    if encoder == "model":
        encoder = json.dumps({"class_name": "Dense", "config": {"units": 3}})
    document = document_of(run, f"{models}:Scaled", "--arg", f"sublayer={encoder}", "--input-shape", "2,8")
    assert len(document["variables"]) == 2


def test_arguments_nest_and_may_be_no_layers(models: Path, run: Run) -> None:
    nested = "sublayer=Scaled(Dense(2, kernel_initializer=Constant(0.25)), scale=2)"
    document = document_of(run, f"{models}:Scaled", "--arg", nested, "--input-shape", "2,8")
    assert document["variables"][0]["preview"][0] == 0.25
    assert document["variables"][0]["path"] == "scaled_1/scaled/dense/kernel" or document["variables"][0][
        "path"
    ].endswith("scaled/dense/kernel")


@pytest.mark.parametrize(
    ("argument", "saying"),
    [
        ("sublayer=NoSuchLayer(3)", "NoSuchLayer: no layer of this name"),
        ("sublayer=Dense(unit=3)", "no argument 'unit'"),
        ("sublayer=Dense(units=[])", "the constructor refused it"),
        ("sublayer=build_encoder(2, 3)", "the function refused it"),
    ],
)
def test_an_argument_that_cannot_be_made_is_told(argument: str, saying: str, models: Path, run: Run) -> None:
    assert_two_line_error(run("layer", f"{models}:Scaled", "--arg", argument, "--input-shape", "2,8"), saying=saying)


def test_what_a_function_returns_must_be_a_layer_or_a_model(models: Path, run: Run) -> None:
    assert_two_line_error(run("layer", f"{models}:not_a_model"), saying="it returned a tuple")
    assert_two_line_error(
        run("layer", f"{models}:build_encoder", "--arg", "unit=3"),
        saying="the function refused its arguments: it has no argument 'unit'",
        hinting=f"weightscope layer {models}:build_encoder --arg units=3",
    )


def test_a_file_alone_is_listed_with_what_it_offers(models: Path, run: Run) -> None:
    document = json.loads(run("layer", models, "--json").stdout)
    kinds = {one["name"].rpartition(":")[2]: one["origin"] for one in document["layers"]}
    assert kinds == {
        "Tiny": "model class",
        "build_encoder": "function",
        "build_head": "function",
        "build_two": "function",
        "Scaled": "layer class",
        "Cell": "layer class",
        "Picky": "layer class",
        "FromDict": "layer class",
        "model": "model",
    }
    assert f"{models}:build_encoder" in run("layer", models).stdout
    assert_two_line_error(
        run("layer", models.with_name("models_of_me.py")), saying="no such file", hinting="did you mean"
    )
    models.with_name("empty.py").write_text("x = 1\n")
    assert_two_line_error(run("layer", models.with_name("empty.py")), saying="defines no layer and no model")


def test_a_cell_is_called_with_a_list_of_states_and_the_hint_knows_them(models: Path, run: Run) -> None:
    cell = [f"{models}:Cell", "--arg", "units=4"]
    result = run("layer", *cell, "--input-shape", "2,8")
    assert_two_line_error(result, saying="missing a required argument: 'states'")
    line = result.stderr.splitlines()[1].removeprefix("hint: weightscope layer ").split()
    assert line[-4:] == ["--input-shape", "inputs=2,8", "--input-shape", "states=[2,4],[2,4]"]
    document = document_of(run, *line)
    assert paths_of(document) == {"cell/kernel": [8, 4]}
    assert [one["shape"] for one in document["forward_pass"]["outputs"]] == [[2, 4]] * 3


def test_each_input_has_its_dtype_and_a_mask_is_boolean(models: Path, run: Run) -> None:
    document = document_of(
        run,
        f"{models}:Picky",
        "--input-shape",
        "ids=2,3:int32",
        "--input-shape",
        "mask=2,3",
        "--input-dtype",
        "float16",
    )
    assert [one["dtype"] for one in document["forward_pass"]["inputs"]] == ["int32", "bool"]


def test_named_inputs_are_a_dict_where_the_call_takes_one_input(models: Path, run: Run) -> None:
    document = document_of(run, f"{models}:FromDict", "--input-shape", "a=2,3", "--input-shape", "b=1,3")
    assert document["forward_pass"]["outputs"][0]["shape"] == [2, 3]


STOPS = """
import keras


class First(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(WIDTH,), name="w")

    def call(self, x):
        return x + self.w


WIDTH = 4
raise RuntimeError("the example fails")
print("never")
from keras import ops


class Second(First):
    def call(self, x):
        return ops.abs(x) + later(self.w)


def later(x):
    return x
"""


@pytest.mark.parametrize("name", ["First", "Second"])
def test_a_class_is_used_though_the_modules_example_code_fails(name: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / f"stops_{name}.py"
    path.write_text(STOPS)
    document = document_of(run, f"{path}:{name}", "--input-shape", "2,4")
    assert paths_of(document) == {f"{name.lower()}/w": [4]}
    (note,) = [one for one in document["notes"] if one["code"] == "module-stopped"]
    assert "stopped in line 14: RuntimeError: the example fails" in note["message"]
    assert 'if __name__ == "__main__":' in note["fix"]
    table = run("layer", f"{path}:{name}", "--input-shape", "2,4").stdout
    assert 'if __name__ == "__main__":' in table


def test_a_class_that_is_not_there_is_told_with_the_failure(tmp_path: Path, run: Run) -> None:
    (tmp_path / "stops_before.py").write_text("import keras\n1 / 0\n")
    result = run("layer", f"{tmp_path}/stops_before.py:Late", "--input-shape", "2,4")
    assert_two_line_error(result, saying="ZeroDivisionError", hinting="__main__")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("import no_such_package_anywhere", "no_such_package_anywhere"),
        ("class Late(:", "syntax"),
        ("import sys; sys.exit(3)", "__main__"),
        ("import argparse; p = argparse.ArgumentParser(); p.add_argument('x'); p.parse_args()", "__main__"),
        ("from keras.engine.topology import Layer", "from keras.layers import Layer"),
    ],
)
def test_a_module_that_cannot_be_imported_is_two_lines(code: str, hint: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / f"broken_{abs(hash(code))}.py"
    path.write_text(code + "\n")
    assert_two_line_error(run("layer", f"{path}:Late", "--input-shape", "2,4"), hinting=hint)


def test_a_module_that_asks_a_question_gets_no_answer(tmp_path: Path, run: Run) -> None:
    (tmp_path / "asks_of_mine.py").write_text("input('name? ')\n")
    lines = run("layer", f"{tmp_path}/asks_of_mine.py:Late", "--input-shape", "2,4", stdin="me\n").stderr.splitlines()
    assert lines[0] == "name? "
    assert lines[1].startswith("error: ")
    assert "EOFError" in lines[1]


def test_a_file_inside_a_package_is_imported_by_its_packages_name(tmp_path: Path, run: Run) -> None:
    parts = tmp_path / "package_of_mine" / "parts"
    parts.mkdir(parents=True)
    (parts / "__init__.py").write_text("from .core import Block\n")
    (parts.parent / "__init__.py").write_text("import no_such_package_anywhere\n")
    (parts.parent / "sizes.py").write_text("WIDTH = 4\n")
    (parts / "core.py").write_text(
        "import keras\nfrom ..sizes import WIDTH\n\n\nclass Block(keras.layers.Layer):\n"
        "    def build(self, shape):\n        self.w = self.add_weight(shape=(WIDTH,), name=__name__)\n\n"
        "    def call(self, x):\n        return x + self.w\n"
    )
    document = document_of(run, parts / "core.py:Block", "--input-shape", "2,4")
    assert [one["name"] for one in document["variables"]] == ["package_of_mine.parts.core"]


def cell(*lines: str, kind: str = "code") -> dict[str, Any]:
    return {"cell_type": kind, "source": [f"{line}\n" for line in lines]}


def test_a_notebooks_cells_run_up_to_the_class(tmp_path: Path, run: Run) -> None:
    cells = [
        cell("# A title", kind="markdown"),
        cell(
            "%matplotlib inline", "import keras", "!pip install x", "files = !ls", "keras?", "if True:", "    %time 1"
        ),
        cell("%%bash", "this is no Python"),
        cell("%%time", "WIDTH = 4"),
        cell("data = open('no such file')", "print(data)"),
        cell(
            "class Mine(keras.layers.Layer):",
            "    def build(self, shape):",
            "        self.w = self.add_weight(shape=(WIDTH,), name='w')",
            "    def call(self, x):",
            "        return x + self.w",
        ),
        cell("raise SystemError('training')"),
    ]
    path = tmp_path / "notebook_of_mine.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    document = document_of(run, f"{path}:Mine", "--input-shape", "2,4")
    assert paths_of(document) == {"mine/w": [4]}
    notes = [one["message"] for one in document["notes"] if one["code"] == "module-stopped"]
    assert len(notes) == 1
    assert "no such file" in notes[0]
    assert [one["name"] for one in json.loads(run("layer", path, "--json").stdout)["layers"]] == [f"{path}:Mine"]
    path.write_text("{}")
    assert_two_line_error(run("layer", f"{path}:Mine", "--input-shape", "2,4"), saying="not a Jupyter notebook")


OLD = """
import tf_keras


class OldDense(tf_keras.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight("w", shape=(input_shape[-1], 4))
        self.seen = self.add_weight("seen", shape=(), trainable=False, initializer="zeros")

    def call(self, x, training=False):
        self.seen.assign_add(1.0)
        return x @ self.w


class Fails(OldDense):
    def call(self, x):
        raise RuntimeError("this one fails")


def build():
    inputs = tf_keras.Input((6, 3), name="series")
    hidden = tf_keras.layers.Bidirectional(tf_keras.layers.LSTM(2))(inputs)
    hidden = tf_keras.layers.BatchNormalization()(hidden)
    return tf_keras.Model(inputs, tf_keras.layers.Dense(2, trainable=False)(hidden))
"""


def test_layers_and_models_of_tf_keras_are_listed_as_tf_keras_has_them(tmp_path: Path, run: Run) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    path = tmp_path / "old_layers_of_mine.py"
    path.write_text(OLD)
    document = document_of(run, f"{path}:build")
    tf_keras.backend.clear_session()
    namespace: dict[str, Any] = {}
    exec(OLD, namespace)
    model = namespace["build"]()
    trainable = {one.name for one in model.trainable_variables}
    base = [(one.name.partition(":")[0], tuple(one.shape), one.name in trainable) for one in model.variables]
    listed = [(one["path"], tuple(one["shape"]), one["trainable"]) for one in document["variables"]]
    assert [one[1:] for one in listed] == [one[1:] for one in base]
    assert [one[0].split("/", 1)[1] for one in listed] == [one[0].split("/", 1)[1] for one in base]
    assert document["source"]["keras_version"] == tf_keras.__version__
    layer = document_of(run, f"{path}:OldDense", "--input-shape", "2,8", "--training")
    assert [(one["name"], one["trainable"], one["preview"][0] == 0) for one in layer["variables"]] == [
        ("w", True, False),
        ("seen", False, True),
    ]
    failed = run("layer", f"{path}:Fails", "--input-shape", "2,8", "--json")
    assert failed.exit_code == 1
    assert "this one fails" in failed.stderr
    for option in ("--doctor", "--gradients", "--symbolic"):
        result = run("layer", f"{path}:OldDense", "--input-shape", "2,8", option)
        assert_two_line_error(result, saying="requires Keras 3", hinting=f"weightscope layer {path}:OldDense")


@of_the_present_keras
def test_code_for_keras_2_is_told_what_replaces_it(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "keras2_code_of_mine.py"
    path.write_text(
        "import keras\n\n\nclass Old(keras.layers.Layer):\n    def build(self, shape):\n"
        '        self.w = self.add_weight("kernel", (4, 4))\n\n\nclass Later(keras.layers.Layer):\n'
        "    def build(self, shape):\n        self.w = self.add_weight(shape=(4, 4))\n\n"
        "    def call(self, x):\n        return keras.backend.dot(x, self.w)\n"
    )
    result = run("layer", f"{path}:Old", "--input-shape", "2,4")
    assert_two_line_error(result, hinting='write self.add_weight(shape=..., name="kernel")')
    result = run("layer", f"{path}:Later", "--input-shape", "2,4")
    assert result.exit_code == 1
    assert "Keras 2" in result.stderr.splitlines()[-1]
    assert "keras.ops.dot in place of keras.backend.dot" in result.stderr.splitlines()[-1]
    assert not hasattr(keras.backend, "dot")
