"""`weightscope layer`: the ways to name a layer, to give it arguments and inputs, and the errors when it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import (
    DENOISER,
    ROOT,
    Run,
    assert_two_line_error,
    clean_environment,
    parse_documents,
)
from weightscope.source.live.framework import keras
from weightscope.view.documents.schema import json_schema


def document_of(run: Run, *arguments: Any, stdin: str | None = None) -> dict[str, Any]:
    result = run("layer", *arguments, "--json", stdin=stdin)
    assert result.exit_code == 0, result.stderr
    (document,) = parse_documents(result.stdout)
    Draft202012Validator(json_schema()).validate(document)
    return document


def shapes_of(document: dict[str, Any]) -> dict[str, list[int]]:
    return {one["name"]: one["shape"] for one in document["variables"]}


MINE = '''
import keras


class Doubling(keras.layers.Layer):
    """Doubles, and adds a bias."""

    def __init__(self, size=3, **options):
        super().__init__(**options)
        self.size = size

    def build(self, input_shape):
        print("hello from build")
        self.bias = self.add_weight(name="bias", shape=(self.size,))

    def call(self, inputs):
        return inputs * 2 + self.bias


class Failing(Doubling):
    def call(self, inputs):
        return self.deeper(inputs)

    def deeper(self, inputs):
        raise RuntimeError("this layer was not meant to be called")


class Hopeless(keras.layers.Layer):
    def call(self, inputs):
        raise RuntimeError("nothing works")


class WithoutCall(keras.layers.Layer):
    pass


class Exiting(Doubling):
    def call(self, inputs):
        raise SystemExit(0)


class NoLayer:
    pass


an_object = 3
'''


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / f"layers_of_mine_{tmp_path.name}.py"
    path.write_text(MINE)
    return path


@pytest.mark.parametrize(
    ("name", "shape", "shapes"),
    [
        ("CustomConv2D", "1,28,28,3", {"conv_kernel": [3, 3, 3, 32], "conv_bias": [32]}),
        ("CustomDense", "1,128", {"kernel": [128, 64], "bias": [64]}),
        ("CustomStatsLayer", "10,5", {"moving_avg": [5]}),
        ("weightscope>CustomDense", "1,128", {"kernel": [128, 64], "bias": [64]}),
        ("weightscope.source.live.layers:CustomDense", "1,128", {"kernel": [128, 64], "bias": [64]}),
    ],
)
def test_a_registered_layer_needs_nothing_but_a_shape(name: str, shape: str, shapes: dict[str, Any], run: Run) -> None:
    assert shapes_of(document_of(run, name, "--input-shape", shape)) == shapes


def test_arguments_go_before_the_registered_defaults(run: Run) -> None:
    options = ["--arg", "filters=4", "--arg", "kernel_size=5,3", "--arg", "padding=valid"]
    document = document_of(run, "CustomConv2D", "--input-shape", "1,28,28,3", *options)
    assert shapes_of(document) == {"conv_kernel": [5, 3, 3, 4], "conv_bias": [4]}
    assert document["forward_pass"]["outputs"][0]["shape"] == [1, 24, 26, 4]


def test_a_layer_of_the_users_own_is_found_in_its_file(mine: Path, run: Run) -> None:
    assert shapes_of(document_of(run, f"{mine}:Doubling", "--input-shape", "1,3")) == {"bias": [3]}


def test_a_layer_of_the_users_own_is_found_in_its_module(mine: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(mine.parent)
    assert shapes_of(document_of(run, f"{mine.stem}:Doubling", "--input-shape", "1,3")) == {"bias": [3]}


def test_what_the_users_code_prints_goes_to_stderr(mine: Path, run: Run) -> None:
    result = run("layer", f"{mine}:Doubling", "--input-shape", "1,3", "--json")
    assert "hello from build" in result.stderr
    assert "hello" not in result.stdout


def test_a_constant_of_python_is_text_and_noted_and_that_of_json_is_meant(run: Run) -> None:
    options = ["--arg", "units=3", "--input-shape", "1,4"]
    noted = run("layer", "Dense", *options, "--arg", "use_bias=False", "--json")
    assert noted.stderr.splitlines()[0] == "note: --arg use_bias=False is text; the constant is --arg use_bias=false"
    assert "bias" in shapes_of(parse_documents(noted.stdout)[0])
    assert "bias" not in shapes_of(document_of(run, "Dense", *options, "--arg", "use_bias=false"))


def test_keras_own_layer_takes_a_name_and_arguments(run: Run) -> None:
    assert shapes_of(document_of(run, "Dense", "--arg", "units=3", "--input-shape", "1,4"))["kernel"] == [4, 3]


def test_a_layer_inside_a_layer_is_given_as_json(run: Run) -> None:
    inner = '{"class_name": "LSTM", "config": {"units": 3}}'
    document = document_of(run, "Bidirectional", "--arg", f"layer={inner}", "--input-shape", "1,5,2")
    assert "bidirectional/forward_lstm/lstm_cell/recurrent_kernel" in [one["path"] for one in document["variables"]]


def test_inputs_may_be_named(run: Run) -> None:
    options = ["--arg", "num_heads=2", "--arg", "key_dim=4"]
    shapes = ["--input-shape", "query=1,4,8", "--input-shape", "value=1,6,8"]
    document = document_of(run, "MultiHeadAttention", *options, *shapes)
    assert [one["name"] for one in document["forward_pass"]["inputs"]] == ["query", "value"]
    assert document["forward_pass"]["outputs"] == [{"shape": [1, 4, 8], "dtype": "float32"}]


def test_a_name_that_is_no_input_is_refused_and_the_hint_shows_them(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=3", "--input-shape", "a=1,4", "--input-shape", "b=1,4")
    if result.exit_code == 0:
        pytest.fail("Dense has no input named a")
    assert result.stdout == ""


def test_the_inputs_may_be_whole_numbers(run: Run) -> None:
    options = ["--arg", "input_dim=10", "--arg", "output_dim=4", "--input-shape", "1,5", "--input-dtype", "int32"]
    document = document_of(run, "Embedding", *options)
    assert document["forward_pass"]["inputs"][0]["dtype"] == "int32"


def test_an_unknown_dtype_is_refused(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=3", "--input-shape", "1,4", "--input-dtype", "float31")
    assert_two_line_error(result, saying="--input-dtype float31", hinting="float32")


def test_the_same_seed_gives_the_same_values_and_another_one_others(run: Run) -> None:
    def values(*options: str) -> list[Any]:
        return [
            one["preview"] for one in document_of(run, "CustomDense", "--input-shape", "1,4", *options)["variables"]
        ]

    assert values() == values() == values("--seed", "0")
    assert values("--seed", "1") != values()


SPEC = {"class_name": "CustomConv2D", "config": {"filters": 8}, "input_shape": [1, 28, 28, 3]}


def test_a_spec_is_read_from_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    assert shapes_of(document_of(run, "--spec", tmp_path / "spec.json"))["conv_bias"] == [8]


def test_a_spec_is_read_from_standard_input(run: Run) -> None:
    assert shapes_of(document_of(run, "--spec", "-", stdin=json.dumps(SPEC)))["conv_bias"] == [8]


def test_options_go_before_what_a_spec_says(run: Run) -> None:
    options = ["--arg", "filters=2", "--input-shape", "1,9,9,1"]
    document = document_of(run, "--spec", "-", *options, stdin=json.dumps(SPEC))
    assert shapes_of(document) == {"conv_kernel": [3, 3, 1, 2], "conv_bias": [2]}


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: keras.layers.Conv2D(4, 3, kernel_initializer="ones", activation="relu"), "1,8,8,3"),
        (lambda: keras.layers.Bidirectional(keras.layers.GRU(3)), "1,5,2"),
        (lambda: keras.layers.TimeDistributed(keras.layers.Dense(3, kernel_regularizer="l2")), "1,5,2"),
        (lambda: keras.saving.get_registered_object("weightscope>CustomDense")(4, "gelu"), "1,6"),
    ],
    ids=["Conv2D", "Bidirectional", "TimeDistributed", "CustomDense"],
)
def test_what_keras_serialises_is_a_spec(layer: Any, shape: str, run: Run) -> None:
    made = layer()
    text = json.dumps(keras.saving.serialize_keras_object(made))
    document = document_of(run, "--spec", "-", "--input-shape", shape, stdin=text)
    made.build(tuple(map(int, shape.split(","))))
    assert [one["shape"] for one in document["variables"]] == [list(one.shape) for one in made.variables]


def test_a_serialised_layer_that_was_built_brings_its_shape(run: Run) -> None:
    layer = keras.layers.Dense(3)
    layer.build((None, 7))
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    assert shapes_of(document_of(run, "--spec", "-", stdin=text))["kernel"] == [7, 3]


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ("[]", "has no class_name"),
        ('{"class_name": "Dense", "config": 3}', "config"),
    ],
)
def test_a_spec_that_cannot_be_read_is_told(text: str, saying: str, run: Run) -> None:
    assert_two_line_error(run("layer", "--spec", "-", stdin=text), saying=saying, hinting="class_name")


def test_a_spec_file_that_is_missing_or_binary_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.json", "binary.json", "."):
        assert_two_line_error(run("layer", "--spec", tmp_path / name), saying="cannot be read")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CustomConv2", "did you mean CustomConv2D"),
        ("Dens", "Dense"),
        ("conv_2", "Conv2D"),
        ("MultiHeadAtention", "MultiHeadAttention"),
        ("xyzzy", "weightscope layers"),
    ],
)
def test_an_unknown_name_asks_whether_another_was_meant(name: str, hint: str, run: Run) -> None:
    assert_two_line_error(run("layer", name, "--input-shape", "1,2"), saying=f"{name}: no layer", hinting=hint)


@pytest.mark.parametrize("name", ["CustomConv2d", "custom_conv2d", "CUSTOMCONV2D"])
def test_upper_and_lower_case_and_underscores_are_not_told_apart(name: str, run: Run) -> None:
    assert shapes_of(document_of(run, name, "--input-shape", "1,8,8,3")) == {
        "conv_kernel": [3, 3, 3, 32],
        "conv_bias": [32],
    }


def test_an_unknown_class_in_a_file_asks_whether_another_was_meant(mine: Path, run: Run) -> None:
    assert_two_line_error(
        run("layer", f"{mine}:Doublin", "--input-shape", "1,3"), saying="has no 'Doublin'", hinting=f"{mine}:Doubling"
    )


@pytest.mark.parametrize("name", ["NoLayer", "an_object"])
def test_what_is_no_layer_is_refused(name: str, mine: Path, run: Run) -> None:
    assert_two_line_error(run("layer", f"{mine}:{name}", "--input-shape", "1,3"), saying="not a Keras layer")


@pytest.mark.parametrize("arguments", [["--arg", "units=many"], ["--arg", "units=-1"]])
def test_arguments_that_the_constructor_refuses_bring_its_signature(arguments: list[str], run: Run) -> None:
    result = run("layer", "Dense", *arguments, "--input-shape", "1,3")
    assert_two_line_error(result, saying="Dense: the constructor refused", hinting="Dense(units, activation=None")


def test_arguments_of_a_spec_that_the_constructor_refuses_bring_the_right_ones(run: Run) -> None:
    spec = json.dumps({"class_name": "Dense", "config": {"unit": 3}, "input_shape": [1, 3]})
    result = run("layer", "--spec", "-", stdin=spec)
    assert_two_line_error(result, saying="it has no argument 'unit'", hinting="weightscope layer Dense --arg units=3")


@pytest.mark.parametrize(
    ("arguments", "saying", "line"),
    [
        (["Dense"], "it needs units", "weightscope layer Dense --arg units=8 --input-shape 1,3"),
        (["Dense", "--arg", "unit=3"], "no argument 'unit'", "weightscope layer Dense --arg units=3 --input-shape 1,3"),
        (
            ["TimeDistributed", "--arg", "layer=Dense(unit=3)"],
            "Dense(unit=3): the constructor refused its arguments: it has no argument 'unit'",
            "Dense(units=3)",
        ),
    ],
)
def test_a_mistaken_argument_is_answered_with_the_line_that_was_meant(
    arguments: list[str], saying: str, line: str, run: Run
) -> None:
    result = run("layer", *arguments, "--input-shape", "1,3")
    assert_two_line_error(result, saying=saying)
    assert result.stderr.splitlines()[1].endswith(line)


@pytest.mark.parametrize("name", ["model.keras", str(DENOISER.with_name("bfloat16.keras"))])
def test_a_saved_model_is_no_layer_and_the_hint_inspects_it(name: str, run: Run) -> None:
    assert_two_line_error(run("layer", name), saying=name, hinting=f"weightscope inspect {name}")


def test_no_name_is_a_usage_error(run: Run) -> None:
    assert_two_line_error(run("layer"), saying="no layer is named", hinting="CustomConv2D")


def test_no_shape_is_a_usage_error(run: Run) -> None:
    assert_two_line_error(
        run("layer", "CustomDense"), saying="shape of its input is not known", hinting="--input-shape"
    )


@pytest.mark.parametrize(
    ("shape", "saying"),
    [
        ("big", "not a valid shape"),
        ("1,0,28,3", "a size of 0"),
        ("1,-3,28,3", "a size of -3"),
        ("1,28,28", "forward pass failed"),
        ("1,1000000,1000000,3", "GiB"),
    ],
)
def test_an_input_shape_that_makes_no_sense_is_refused(shape: str, saying: str, run: Run) -> None:
    assert_two_line_error(run("layer", "CustomConv2D", "--input-shape", shape), saying=saying)


def test_a_wrong_rank_is_answered_with_the_right_one(run: Run) -> None:
    assert_two_line_error(run("layer", "CustomConv2D", "--input-shape", "1,28,28"), hinting="4 dimensions")


def test_variables_that_would_not_fit_are_refused_before_they_are_made(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=100000000", "--input-shape", "1,100000")
    assert_two_line_error(result, saying="GiB")


def test_a_layer_that_fails_after_it_was_built_is_listed_all_the_same(mine: Path, run: Run) -> None:
    result = run("layer", f"{mine}:Failing", "--input-shape", "1,3", "--json")
    assert result.exit_code == 1
    (document,) = parse_documents(result.stdout)
    assert shapes_of(document) == {"bias": [3]}
    line = MINE.splitlines().index('        raise RuntimeError("this layer was not meant to be called")') + 1
    assert document["forward_pass"]["error"].startswith("RuntimeError: this layer was not meant to be called")
    errors = [one for one in result.stderr.splitlines() if one.startswith(("error: ", "hint: "))]
    assert len(errors) == 2
    assert f"{mine.name}:{line}" in errors[0]
    assert "keras" not in errors[0].lower().replace("with keras", "")
    assert "site-packages" not in result.stderr


def test_keras_own_layer_that_fails_after_it_was_built_is_listed_too(run: Run) -> None:
    result = run(
        "layer", "Conv2D", "--arg", "filters=2", "--arg", "kernel_size=5", "--input-shape", "1,3,3,1", "--json"
    )
    assert result.exit_code in (1, 2)
    if result.exit_code == 1:
        assert shapes_of(parse_documents(result.stdout)[0])["kernel"] == [5, 5, 1, 2]


def test_the_table_says_that_the_forward_pass_failed(mine: Path, run: Run) -> None:
    result = run("layer", f"{mine}:Failing", "--input-shape", "1,3")
    assert "→ failed" in result.stdout
    assert "Trainable variables  1" in result.stdout


def test_a_layer_that_made_nothing_before_it_failed_is_an_error(mine: Path, run: Run) -> None:
    result = run("layer", f"{mine}:Hopeless", "--input-shape", "1,3")
    assert_two_line_error(result, saying="RuntimeError: nothing works")
    assert f"{mine.name}:" in result.stderr


def test_a_layer_that_exits_does_not_end_the_program(mine: Path, run: Run) -> None:
    result = run("layer", f"{mine}:Exiting", "--input-shape", "1,3", "--json")
    assert result.exit_code == 1
    assert shapes_of(parse_documents(result.stdout)[0]) == {"bias": [3]}
    assert "SystemExit" in result.stderr


def test_a_layer_without_a_call_is_told_as_keras_tells_it(mine: Path, run: Run) -> None:
    result = run("layer", f"{mine}:WithoutCall", "--input-shape", "1,3")
    assert_two_line_error(result, saying="does not have a `call` method")


PLUGIN = """
import keras
from weightscope import register_layer


@register_layer(package="plug", defaults={"units": 2})
class Plugged(keras.layers.Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))

    def call(self, inputs):
        return inputs @ self.kernel


@register_layer(name="Shiny")
class Dull(keras.layers.Layer):
    def call(self, inputs):
        return inputs
"""


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed package that announces a layer, and one that announces a layer it does not have."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "plugged_layers.py").write_text(PLUGIN)
    for name, value in (("plug", "plugged_layers:Plugged"), ("broken", "no_such_module_anywhere:Layer")):
        info = folder / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[weightscope.layers]\nPlugged = {value}\n")
    return folder


def run_with(plugin: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(PYTHONPATH=f"{plugin}:{ROOT}")
    return subprocess.run(
        [sys.executable, "-m", "weightscope", *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_layer_that_an_installed_package_announces_goes_by_its_name(plugin: Path) -> None:
    result = run_with(plugin, "layer", "Plugged", "--input-shape", "1,3", "--json")
    assert result.returncode == 0, result.stderr
    assert shapes_of(parse_documents(result.stdout)[0]) == {"kernel": [3, 2]}


def test_the_list_says_which_package_brought_a_layer_and_which_one_is_broken(plugin: Path) -> None:
    result = run_with(plugin, "layers", "--json")
    assert result.returncode == 0, result.stderr
    entries = {one["name"]: one for one in parse_documents(result.stdout)[0]["layers"]}
    assert entries["Plugged"]["origin"] == "plug 1.2"
    assert entries["Plugged"]["defaults"] == {"units": 2}
    assert "Shiny" in entries
    assert "broken 1.2" in result.stderr
    assert "no_such_module_anywhere" in result.stderr


def test_a_layer_is_registered_by_importing_its_module(tmp_path: Path, run: Run) -> None:
    # away from the package that announces it: the folder stays on the path of this process
    (tmp_path / "plugged_layers.py").write_text(PLUGIN)
    module = ["--module", str(tmp_path / "plugged_layers.py")]
    assert shapes_of(document_of(run, "Plugged", "--input-shape", "1,3", *module)) == {"kernel": [3, 2]}
    assert document_of(run, "Shiny", "--input-shape", "1,3", *module)["variables"] == []


def test_only_layers_can_be_registered() -> None:
    from weightscope import register_layer

    with pytest.raises(TypeError, match="subclass"):
        register_layer(dict)


def test_a_constructor_that_forgets_keras_is_told_so(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "forgetful.py"
    file.write_text(
        "import keras\n\n\nclass Bare(keras.layers.Layer):\n    def __init__(self):\n        self.size = 1\n"
    )
    result = run("layer", f"{file}:Bare", "--input-shape", "1,4")
    assert_two_line_error(result, saying="does not initialize the Keras layer", hinting="super().__init__")


def test_variables_that_would_not_fit_are_refused_in_plain_words(run: Run) -> None:
    result = run("layer", "Dense", "--arg", "units=1000000000000", "--input-shape", "1,1000")
    assert_two_line_error(result, saying="takes 3,725,290.3 GiB", hinting="--arg")
    assert "TooLargeError" not in result.stderr


def test_a_spec_and_another_name_contradict_each_other(run: Run) -> None:
    spec = json.dumps({"class_name": "Dense", "config": {"units": 2}, "input_shape": [1, 3]})
    assert run("layer", "Dense", "--spec", "-", stdin=spec).exit_code == 0
    assert_two_line_error(run("layer", "Conv2D", "--spec", "-", stdin=spec), saying="another layer, Dense")


def test_a_lambda_in_a_spec_is_refused_without_its_bytecode(run: Run) -> None:
    spec = keras.saving.serialize_keras_object(keras.layers.Lambda(lambda x: x + 1))
    result = run("layer", "--spec", "-", "--input-shape", "1,4", stdin=json.dumps(spec))
    assert_two_line_error(result, saying="would run Python bytecode in the spec", hinting="FILE.py:ClassName")
    assert len(result.stderr) < 300
