"""`weightscope check WEIGHTS --into TARGET` answers what a user asks when loading fails."""

from __future__ import annotations

import json
import shlex
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import h5py
import jsonschema
import numpy as np
import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error
from tests.measure.load.pairs import BASE, FUNCTIONAL, dense, functional, quantized, scored, sequential
from weightscope.view.documents.schema import json_schema

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights and targets: equal, without a bias, renamed, quantized, in another order."""
    folder = tmp_path_factory.mktemp("load")
    BASE().save_weights(folder / "base.weights.h5")
    BASE().save(folder / "base.keras")
    FUNCTIONAL().save(folder / "base.h5")
    without = sequential(dense(name="a", use_bias=False), dense(name="b"))
    without.save_weights(folder / "without.weights.h5")
    functional(dense(name="x"), dense(name="y")).save(folder / "renamed.keras")
    functional(dense(name="b"), dense(name="a")).save(folder / "swapped.keras")
    quantized("int8").save_weights(folder / "int8.weights.h5")
    return folder


def test_what_loads_is_said_in_one_line_and_ends_with_0(run: Run, files: Path) -> None:
    result = run("check", files / "base.weights.h5", "--into", files / "base.keras")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith("base.keras: it loads (4 of 4 variables)")


def test_keras_words_come_first_and_the_cause_second(run: Run, files: Path) -> None:
    result = run("check", files / "without.weights.h5", "--into", files / "base.keras")
    first, second = result.stdout.splitlines()[:2]
    assert result.exit_code == 1
    assert "Layer 'a' expected 2 variables, but received 1 variables during loading" in first
    assert "a: the file lacks bias (4,)" in second


def test_what_is_quantized_on_one_side_only_is_the_cause(run: Run, files: Path) -> None:
    result = run("check", files / "int8.weights.h5", "--into", files / "base.keras")
    assert "the file is quantized and has integers and their scale, the model is not" in result.stdout


def test_by_name_without_a_common_name_loads_nothing_and_names_the_way_that_does(run: Run, files: Path) -> None:
    result = run("check", files / "base.h5", "--into", files / "renamed.keras", "--by-name", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["load"]["verdict"] == "partly"
    assert {one["outcome"] for one in document["load"]["assignments"]} == {"missing", "unused"}
    finding = document["findings"][0]
    assert "nothing is loaded" in finding["message"]
    assert finding["fix"] == "load_weights(path) without by_name loads 4 of 4 variables"


def test_layers_that_swap_silently_are_an_error(run: Run, files: Path) -> None:
    result = run("check", files / "base.weights.h5", "--into", files / "swapped.keras", "--json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, json_schema())
    assert document["load"]["verdict"] == "silently-wrong"
    assert document["load"]["message"] is None
    assert document["findings"][0]["rule"] == "load-swaps-layers"
    assert document["findings"][0]["message"] == "b is filled from a, a is filled from b"


def test_the_plan_lists_every_assignment(run: Run, files: Path) -> None:
    result = run("check", files / "without.weights.h5", "--into", files / "base.keras", "--plan")
    rows = [line.split()[:3] for line in result.stdout.splitlines()]
    assert ["b/0", "b/kernel", "equal-path"] in rows
    assert ["-", "a/bias", "missing"] in rows
    assert ["a/0", "-", "unused"] in rows


@pytest.mark.parametrize("format_name", ["markdown", "sarif", "github", "csv", "jsonl"])
def test_every_format_says_it(run: Run, files: Path, format_name: str) -> None:
    result = run("check", files / "without.weights.h5", "--into", files / "base.keras", "--format", format_name)
    assert result.exit_code == 1
    assert "the file lacks bias" in result.stdout


def test_a_file_under_another_name_fails_as_keras_fails_and_the_right_name_is_given(
    run: Run, files: Path, tmp_path: Path
) -> None:
    wrong, right = tmp_path / "zip.weights.h5", tmp_path / "zip.keras"
    wrong.write_bytes((files / "base.keras").read_bytes())
    result = run("check", wrong, "--into", files / "base.keras")
    first, second = result.stdout.splitlines()[:2]
    assert result.exit_code == 1
    assert "Unable to synchronously open file" in first
    assert "it is a .keras file by its content, and Keras goes by the file's name" in second
    assert f"named {right}, it loads 4 of 4 variables" in result.stdout
    wrong.rename(right)
    assert run("check", right, "--into", files / "base.keras").exit_code == 0


def test_a_target_without_layers_is_refused_with_the_way_that_knows(run: Run, files: Path) -> None:
    result = run("check", files / "base.h5", "--into", files / "base.weights.h5")
    assert_two_line_error(
        result, saying="the layers of the model are not stored", hinting="--into my_models.py:build_model"
    )


def test_what_is_for_a_target_needs_one(run: Run, files: Path) -> None:
    result = run("check", files / "base.h5", "--by-name")
    assert_two_line_error(result, saying="--by-name: it is for --into", hinting="--into")


def test_a_missing_target_is_an_error(run: Run, files: Path) -> None:
    result = run("check", files / "base.h5", "--into", files / "none.keras")
    assert_two_line_error(result, saying="none.keras: no such file")


def test_diff_names_the_command_that_says_what_loading_does(run: Run, files: Path) -> None:
    step = f"weightscope check {files / 'without.weights.h5'} --into {files / 'base.keras'}"
    differs = run("diff", files / "without.weights.h5", files / "base.keras")
    assert f"note: {step} says what load_weights would do" in differs.stderr
    assert run(*step.split()[1:]).exit_code == 1
    assert "--into" not in run("diff", files / "base.weights.h5", files / "base.keras").stderr


def test_check_of_a_weights_only_file_names_the_command_that_says_whether_it_loads(run: Run, files: Path) -> None:
    assert "--into MODEL says whether it would load" in run("check", files / "base.weights.h5").stderr
    assert "--into" not in run("check", files / "base.keras").stderr


CODE = """
import keras

def build_model(bias=True):
    first = keras.layers.Dense(4, use_bias=bias, name="a")
    return keras.Sequential([keras.Input((4,)), first, keras.layers.Dense(4, name="b")])
"""


def test_a_target_may_be_code_that_builds_a_model(run: Run, files: Path, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(CODE)
    target = f"{tmp_path / 'models.py'}:build_model"
    good = run("check", files / "base.weights.h5", "--into", target)
    bad = run("check", files / "base.weights.h5", "--into", target, "--arg", "bias=false")
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "Layer 'a' expected 1 variables, but received 2 variables" in bad.stdout.splitlines()[0]


def test_code_that_fails_is_an_error_of_two_lines(run: Run, files: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def build_model():\n    raise RuntimeError('no data')\n")
    result = run("check", files / "base.weights.h5", "--into", f"{tmp_path / 'broken.py'}:build_model")
    assert_two_line_error(result, saying="no data")


def test_keras_own_loading_is_checked(run: Run, files: Path, tmp_path: Path) -> None:
    good = run("check", files / "base.keras", "--live", "--json")
    assert good.exit_code == 0
    assert json.loads(good.stdout)["load"]["verdict"] == "loads"
    with zipfile.ZipFile(files / "base.keras") as model, zipfile.ZipFile(tmp_path / "less.keras", "w") as less:
        config = model.read("config.json").replace(b'"use_bias": true', b'"use_bias": false', 1)
        less.writestr("config.json", config)
        less.writestr("metadata.json", model.read("metadata.json"))
        less.writestr("model.weights.h5", model.read("model.weights.h5"))
    bad = run("check", tmp_path / "less.keras", "--live", "--json")
    document = json.loads(bad.stdout)
    jsonschema.validate(document, json_schema())
    assert bad.exit_code == 1
    assert document["load"]["verdict"] == "raises"
    assert "expected 1 variables, but received 2" in document["load"]["message"]


def test_what_the_code_has_and_the_file_lacks_is_named(run: Run, tmp_path: Path) -> None:
    code = tmp_path / "grown.py"
    before = ModuleType("grown")
    exec(GROWN, vars(before))
    before.save(tmp_path / "m.keras")
    code.write_text(GROWN.replace("made = 1", "made = 2"))
    result = run("check", tmp_path / "m.keras", "--module", code, "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["load"]["verdict"] in ("partly", "raises")
    assert "grown" in json.dumps(document["load"])


GROWN = """
import keras

made = 1

@keras.saving.register_keras_serializable(package="check")
class Grown(keras.layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.blocks = [[keras.layers.Dense(3)] for _ in range(made)]

    def build(self, shape):
        for (block,) in self.blocks:
            block.build(shape)

    def call(self, inputs):
        return sum(block(inputs) for (block,) in self.blocks)

def save(path):
    keras.Sequential([keras.Input((3,)), Grown(name="grown")]).save(path)
"""


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with tied weights, its weights, and weights of which only the first copy was replaced."""
    folder = tmp_path_factory.mktemp("tied")
    model = scored()
    model.save(folder / "m.keras")
    model.save_weights(folder / "m.weights.h5")
    shutil.copy(folder / "m.weights.h5", folder / "replaced.weights.h5")
    with h5py.File(folder / "replaced.weights.h5", "a") as file:
        file["layers/embedding/vars/0"][...] = 7.0
    return folder


def test_a_variable_of_two_layers_is_loaded_and_its_last_copy_counts(run: Run, tied: Path) -> None:
    code = f"{Path(__file__).parents[2] / 'measure/load/pairs.py'}:scored"
    result = run("check", tied / "m.weights.h5", "--into", code)
    first, second = result.stdout.splitlines()[:2]
    assert result.exit_code == 0
    assert first.endswith("it loads (1 of 1 variables)")
    assert "filled from the file's tokens/0 and then from scores/0: the last one counts, and they are equal" in second


def test_copies_of_a_tied_variable_that_differ_are_a_warning(run: Run, tied: Path) -> None:
    code = f"{Path(__file__).parents[2] / 'measure/load/pairs.py'}:scored"
    result = run("check", tied / "replaced.weights.h5", "--into", code, "--json")
    (finding,) = json.loads(result.stdout)["findings"]
    assert result.exit_code == 1
    assert (finding["rule"], finding["level"]) == ("load-overwrites", "warning")
    model = scored()
    model.load_weights(tied / "replaced.weights.h5")
    assert not (model.get_layer("tokens").embeddings.numpy() == 7.0).any()  # the first copy does not count


def test_a_saved_target_whose_code_may_tie_two_variables_is_noted(run: Run, tied: Path) -> None:
    equal = run("check", tied / "m.weights.h5", "--into", tied / "m.keras")
    assert equal.exit_code == 0
    assert "if scores/0 is the same variable in the code (tied weights)" in equal.stdout.splitlines()[1]
    replaced = run("check", tied / "replaced.weights.h5", "--into", tied / "m.keras")
    assert "the last one counts, and they differ" in replaced.stdout.splitlines()[1]


def test_loading_a_model_with_keras_finds_copies_that_differ(run: Run, tied: Path, tmp_path: Path) -> None:
    stale = tmp_path / "stale.keras"
    with zipfile.ZipFile(tied / "m.keras") as whole, zipfile.ZipFile(stale, "w") as changed:
        for member in ("config.json", "metadata.json"):
            changed.writestr(member, whole.read(member))
        changed.write(tied / "replaced.weights.h5", "model.weights.h5")
    result = run("check", stale, "--live", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [one["rule"] for one in document["findings"]] == ["load-overwrites"]
    assert [(one["from"], one["to"]) for one in document["load"]["assignments"]] == [
        ("scores/0", "tokens/embeddings"),
        ("tokens/embeddings", None),
    ]
    assert run("check", tied / "m.keras", "--live").exit_code == 0


def write_adapter(path: Path, layers: Iterable[str]) -> None:
    """Writes factors of LoRA as `save_lora_weights` of KerasHub does."""
    with h5py.File(path, "w") as file:
        file["lora/vars/rank"] = 2
        for layer in layers:
            file[f"lora/{layer}/vars/lora_kernel_a"] = np.ones((4, 2), np.float32)
            file[f"lora/{layer}/vars/lora_kernel_b"] = np.ones((2, 4), np.float32)


@pytest.mark.parametrize(
    ("name", "layers", "by"),
    [
        ("m.lora.h5", ("0", "1"), "by the layers' numbers, not their names; by shape lora/0 fits a, b"),
        ("m.weights.h5", ("a", "b"), "by the layers' paths; by shape lora/a fits a, b"),
    ],
)
def test_an_adapter_is_called_so_and_the_layers_that_it_fits_are_named(
    run: Run, files: Path, tmp_path: Path, name: str, layers: tuple[str, ...], by: str
) -> None:
    write_adapter(tmp_path / name, layers)
    first, second = run("check", tmp_path / name, "--into", files / "base.keras").stdout.splitlines()[:2]
    assert "load_weights raises" in first
    assert "LoRA factors (an adapter), which load_weights does not read" in second
    assert by in second


def test_a_flat_bias_and_a_transposed_kernel_are_called_so(run: Run, files: Path, tmp_path: Path) -> None:
    sequential(dense(8, name="a"), dense(name="b")).save(tmp_path / "wide.keras")
    sequential(dense(name="a"), shape=(8,)).save_weights(tmp_path / "tall.weights.h5")
    with h5py.File(tmp_path / "flat.weights.h5", "w") as file:
        file["layers/dense/vars/0"], file["layers/dense/vars/1"] = np.ones((2, 8)), np.ones(4)
    transposed = run("check", tmp_path / "tall.weights.h5", "--into", tmp_path / "wide.keras").stdout
    assert "a/kernel: it has shape (4, 8), the file's a/0 (8, 4): the same axes in another order" in transposed
    flat = run("check", tmp_path / "flat.weights.h5", "--into", files / "base.keras").stdout
    assert "(2, 8): as many values, so they may only be reshaped" in flat


def test_a_checkpoint_is_named_as_what_load_weights_does_not_read(run: Run) -> None:
    result = run("check", SAMPLES / "cnn_checkpoint", "--into", SAMPLES / "cnn_frozen_batchnorm.keras")
    assert result.exit_code == 1
    assert "it is a TensorFlow checkpoint, which load_weights of Keras 3 does not read" in result.stdout


def test_the_shape_that_code_lacks_is_added_to_the_line_that_was_typed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sub.py"
    file.write_text("import keras\n\n\nclass Sub(keras.layers.Dense):\n    pass\n")
    line = ["check", str(SAMPLES / "weights_only.weights.h5"), "--into", f"{file}:Sub", "--arg", "units=1"]
    hint = f"{shlex.join(['weightscope', *line])} --input-shape"
    assert_two_line_error(run(*line), saying="shape of its input is not known", hinting=hint)
