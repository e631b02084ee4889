"""`weightscope inspect`: errors have two lines, and options show what they ask for."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.conftest import DENOISER, SAMPLES, Run, assert_two_line_error, of_the_present_keras, parse_documents
from weightscope.view.documents.schema import json_schema

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"


def missing(folder: Path) -> Path:
    return folder / "missing.keras"


def directory(folder: Path) -> Path:
    return folder


def empty(folder: Path) -> Path:
    path = folder / "empty.keras"
    path.touch()
    return path


def text(folder: Path) -> Path:
    path = folder / "text.keras"
    path.write_text("just some words\n" * 10)
    return path


def lfs_pointer(folder: Path) -> Path:
    path = folder / "pointer.keras"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n")
    return path


def truncated_zip(folder: Path) -> Path:
    path = folder / "truncated.keras"
    whole = CNN.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def zip_without_config(folder: Path) -> Path:
    path = folder / "other.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no model")
    return path


def truncated_hdf5(folder: Path) -> Path:
    path = folder / "truncated.h5"
    whole = (SAMPLES / "legacy.h5").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def hdf5_of_something_else(folder: Path) -> Path:
    path = folder / "data.h5"
    with h5py.File(path, "w") as file:
        file["temperatures"] = np.arange(10.0)
    return path


BROKEN: list[tuple[Callable[[Path], Path], str, str]] = [
    (missing, "no such file", "ls "),
    (directory, "holds no saved model", ""),
    (empty, "empty", ""),
    (text, "a text file", ""),
    (lfs_pointer, "git-lfs pointer", "git lfs pull"),
    (truncated_zip, "truncated or damaged", "copy the file again"),
    (zip_without_config, "config.json", ""),
    (truncated_hdf5, "truncated HDF5", "copy the file again"),
    (hdf5_of_something_else, "no Keras model", ""),
]


@pytest.mark.parametrize("options", [["--live"], []], ids=["live", "file"])
@pytest.mark.parametrize(("make", "saying", "hinting"), BROKEN, ids=[case[0].__name__ for case in BROKEN])
def test_a_broken_file_is_told_in_two_lines(
    make: Callable[[Path], Path], saying: str, hinting: str, options: list[str], run: Run, tmp_path: Path
) -> None:
    path = make(tmp_path)
    result = run("inspect", path, *options)
    assert_two_line_error(result, saying=saying, hinting=hinting)
    assert result.stderr.startswith(f"error: {path}: ")


def test_weights_without_an_architecture_cannot_be_loaded(run: Run) -> None:
    result = run("inspect", SAMPLES / "weights_only.weights.h5", "--live")
    assert_two_line_error(result, saying="weights only", hinting="weightscope inspect")


@of_the_present_keras
def test_a_model_saved_before_it_was_built_asks_for_the_shape_of_its_input(run: Run) -> None:
    result = run("inspect", SAMPLES / "unbuilt.keras", "--live")
    assert_two_line_error(result, saying="before it was built", hinting="--input-shape")


def test_a_shape_that_does_not_fit_an_unbuilt_model_is_refused(run: Run, tmp_path: Path) -> None:
    import keras

    with pytest.warns(UserWarning, match="not yet been built"):
        keras.Sequential([keras.layers.Conv2D(2, 3)]).save(tmp_path / "unbuilt.keras")
    result = run("inspect", tmp_path / "unbuilt.keras", "--input-shape", "1,4")
    assert_two_line_error(result, saying="could not be built with an input of shape 1,4", hinting="--input-shape")


def unregistered_model(folder: Path) -> Path:
    """Writes a model whose classes nobody has registered."""
    path = folder / "custom.keras"
    with zipfile.ZipFile(CNN) as whole, zipfile.ZipFile(path, "w") as archive:
        for member in whole.namelist():
            content = whole.read(member)
            if member == "config.json":
                config = json.loads(content)
                for layer, name in zip(config["config"]["layers"][1:3], ("Gate", "Mixer"), strict=True):
                    layer.update(class_name=name, module="their.layers", registered_name=f"theirs>{name}")
                content = json.dumps(config).encode()
            archive.writestr(member, content)
    return path


def test_classes_that_are_not_registered_are_named(run: Run, tmp_path: Path) -> None:
    result = run("inspect", unregistered_model(tmp_path), "--live")
    assert_two_line_error(result, saying="not registered: Gate, Mixer", hinting="--module")


def lambda_model(folder: Path, end: str = ".keras") -> Path:
    import keras

    path = folder / f"lambda{end}"
    keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2), keras.layers.Dense(2)]).save(path)
    return path


@pytest.mark.parametrize("end", [".keras", ".h5"])
def test_a_lambda_layer_is_refused_because_it_would_run_code_of_the_file(end: str, run: Run, tmp_path: Path) -> None:
    result = run("inspect", lambda_model(tmp_path, end), "--live")
    assert_two_line_error(result, saying="bytecode", hinting="--unsafe")


@pytest.mark.parametrize("end", [".keras", ".h5"])
def test_a_lambda_layer_is_run_when_the_user_says_so(end: str, run: Run, tmp_path: Path) -> None:
    (document,) = parse_documents(run("inspect", lambda_model(tmp_path, end), "--unsafe", "--json").stdout)
    assert document["forward_pass"]["outputs"] == [{"shape": [1, 2], "dtype": "float32"}]


def model_that_calls(function: tuple[str, str], first: str, arguments: dict[str, Any], path: Path) -> Path:
    """Writes a model whose Lambda layer calls a function of Keras while it is loaded; its first argument is `first`."""
    module, name = function
    called = {"module": module, "class_name": "function", "config": name, "registered_name": "function"}
    layer = {"name": "call", "function": called, "arguments": arguments}
    one: dict[str, Any] = {"module": "keras.layers", "registered_name": None}
    layers = [
        {**one, "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "x"}, "inbound_nodes": []},
        {**one, "class_name": "Lambda", "config": layer, "inbound_nodes": [{"args": [], "kwargs": {"inputs": first}}]},
    ]
    for its in layers:
        its["name"] = its["config"]["name"]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["x", 0, 0]]}
    return zipped_config({"module": "keras.src.models.functional", "class_name": "Functional", "config": config}, path)


def zipped_config(config: dict[str, Any], path: Path) -> Path:
    """Writes a `.keras` file of a config, without weights."""
    with h5py.File(weights := io.BytesIO(), "w") as file:
        file.create_group("layers")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"registered_name": None, **config}))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.10.0"}))
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def test_a_file_calls_no_function_of_keras(run: Run, tmp_path: Path) -> None:
    """With Keras before 3.11, the call wrote the file."""
    (tmp_path / "here.txt").write_text("content")
    arguments = {"origin": (tmp_path / "here.txt").as_uri(), "cache_dir": str(tmp_path), "cache_subdir": "written"}
    model = model_that_calls(("keras.utils", "get_file"), "new.txt", arguments, tmp_path / "model.keras")
    assert_two_line_error(run("inspect", model, "--live"), saying="get_file", hinting="--debug")
    assert not (tmp_path / "written").exists()


def test_a_file_names_no_other_file_to_read_unless_the_user_trusts_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("one\ntwo\n")
    lookup = {"name": "lookup", "vocabulary": str(tmp_path / "words.txt")}
    layer = {"module": "keras.layers", "class_name": "StringLookup", "config": lookup, "registered_name": None}
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}
    model = zipped_config(config, tmp_path / "model.keras")
    assert_two_line_error(run("inspect", model, "--live"), saying="refused: ", hinting=f"{model} --unsafe")
    assert "refused" not in run("inspect", model, "--unsafe").stderr


@of_the_present_keras
@pytest.mark.parametrize(
    ("shape", "saying"),
    [
        ("twelve", "not a valid shape"),
        ("1,12,,3", "not a valid shape"),
        ("1,0,12,3", "a size of 0"),
        ("1,-12,12,3", "a size of -12"),
        ("1,12", "2 dimensions"),
        ("100000,10000,1000,3", "GiB"),
        ("nothing=1,12,12,3", "do not match the model's inputs"),
    ],
)
def test_an_input_shape_that_makes_no_sense_is_refused(shape: str, saying: str, run: Run) -> None:
    assert_two_line_error(run("inspect", CNN, "--live", "--input-shape", shape), saying=saying)


def test_a_module_that_raises_is_told_with_the_line_where_it_does(run: Run, tmp_path: Path) -> None:
    module = tmp_path / "broken_layers.py"
    module.write_text("import keras\n\nraise RuntimeError('the GPU is on fire')\n")
    result = run("inspect", CNN, "--module", module)
    assert_two_line_error(result, saying="RuntimeError: the GPU is on fire")
    assert "broken_layers.py:3" in result.stderr


@pytest.mark.parametrize(
    ("content", "saying"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import a_module_that_nobody_has\n", "a_module_that_nobody_has"),
        ("import sys\nsys.exit(3)\n", "SystemExit"),
    ],
)
def test_whatever_a_module_raises_is_an_error_of_two_lines(content: str, saying: str, run: Run, tmp_path: Path) -> None:
    module = tmp_path / "some_layers.py"
    module.write_text(content)
    assert_two_line_error(run("inspect", CNN, "--module", module), saying=saying)


@pytest.mark.parametrize("name", ["missing_layers.py", "a_module_that_nobody_has", "not.a.module"])
def test_a_module_that_is_not_there_is_told(name: str, run: Run) -> None:
    assert_two_line_error(run("inspect", CNN, "--module", name), saying=f"{name}: no such")


def test_a_module_brings_the_classes_of_the_model(run: Run) -> None:
    path = SAMPLES / "subclassed_custom_layers.keras"
    result = run("inspect", path, "--module", DENOISER, "--json")
    assert result.exit_code == 0, result.stderr
    (document,) = parse_documents(result.stdout)
    assert document["model"]["class_name"] == "Denoiser"
    assert document["read_with"] == "keras"


def test_an_output_file_that_exists_is_kept(run: Run, tmp_path: Path) -> None:
    there = tmp_path / "out.json"
    there.write_text("precious")
    result = run("inspect", CNN, "--live", "-o", there)
    assert_two_line_error(result, saying="exists", hinting="--force")
    assert there.read_text() == "precious"


@of_the_present_keras
def test_force_overwrites_and_nothing_goes_to_stdout(run: Run, tmp_path: Path) -> None:
    there = tmp_path / "out.json"
    there.write_text("worthless")
    result = run("inspect", CNN, "--live", "--json", "-o", there, "--force")
    assert (result.exit_code, result.stdout) == (0, "")
    assert there.read_text() == run("inspect", CNN, "--live", "--json").stdout


def test_no_output_file_is_left_behind_by_a_failure(run: Run, tmp_path: Path) -> None:
    assert run("inspect", tmp_path / "missing.keras", "-o", tmp_path / "out.txt").exit_code == 2
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize("place", ["no/such/folder/out.txt", "."])
def test_a_place_where_no_file_can_be_is_refused(place: str, run: Run, tmp_path: Path) -> None:
    assert_two_line_error(run("inspect", CNN, "-o", tmp_path / place), saying="no place to write")


def test_an_empty_result_is_written_too(run: Run, tmp_path: Path) -> None:
    for place, arguments in enumerate([("inspect", CNN), ("check", CNN)]):
        there = tmp_path / f"{place}.jsonl"
        assert run(*arguments, "--filter", "nothing", "--format", "jsonl", "-o", there).exit_code == 0
        assert there.read_text() == ""


@of_the_present_keras
def test_of_several_models_those_that_can_be_are_shown(run: Run, tmp_path: Path) -> None:
    models = [SAMPLES / "bfloat16.keras", tmp_path / "missing.keras", SAMPLES / "legacy.h5"]
    result = run("inspect", *models, "--live", "--json")
    assert result.exit_code == 2
    assert [one["source"]["location"] for one in parse_documents(result.stdout)] == [str(models[0]), str(models[2])]
    assert result.stderr.startswith(f"error: {models[1]}: no such file")
    assert len(result.stderr.splitlines()) == 2


@of_the_present_keras
def test_several_models_are_one_csv_with_one_heading(run: Run) -> None:
    result = run("inspect", SAMPLES / "bfloat16.keras", SAMPLES / "legacy.h5", "--live", "--format", "csv")
    lines = result.stdout.splitlines()
    assert [line.startswith("location,path") for line in lines].count(True) == 1
    assert len(lines) == 1 + 4 + 8


@of_the_present_keras
@pytest.mark.parametrize(
    ("options", "paths"),
    [
        (["--only", "trainable", "--filter", "conv2d*"], ["conv2d_1/kernel", "conv2d_1/bias"]),
        (["--only", "non-trainable", "--filter", "conv2d/*"], ["conv2d/kernel", "conv2d/bias"]),
        (["--sort", "bytes", "--top", "2"], ["conv2d_1/kernel", "conv2d/kernel"]),
        (["--filter", "*/gamma", "--filter", "dense/*"], ["batch_normalization/gamma", "dense/kernel", "dense/bias"]),
        (["--sort", "path", "--top", "1"], ["batch_normalization/beta"]),
    ],
)
def test_what_is_listed_can_be_chosen(options: list[str], paths: list[str], run: Run) -> None:
    (document,) = parse_documents(run("inspect", CNN, "--live", "--json", *options).stdout)
    assert [one["path"] for one in document["variables"]] == paths
    assert document["totals"]["variables"] == 11


@of_the_present_keras
@pytest.mark.parametrize(("count", "shown"), [("0", 0), ("1", 1), ("7", 7), ("100000", 162)])
def test_the_preview_is_as_long_as_asked_for(count: str, shown: int, run: Run) -> None:
    (document,) = parse_documents(run("inspect", CNN, "--live", "--json", "--preview", count).stdout)
    assert len(document["variables"][0]["preview"]) == shown


@of_the_present_keras
def test_layers_add_up_to_the_model(run: Run) -> None:
    (document,) = parse_documents(run("inspect", CNN, "--live", "--json", "--by", "layer").stdout)
    assert "variables" not in document
    assert sum(one["bytes"] for one in document["layers"]) == document["totals"]["bytes"]
    assert sum(one["share"] for one in document["layers"]) == pytest.approx(1)


@of_the_present_keras
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.keras")), ids=lambda path: path.name)
def test_every_document_is_as_the_schema_says(path: Path, run: Run) -> None:
    options: list[Any] = ["--module", DENOISER] if "subclassed" in path.name else []
    options += ["--input-shape", "1,4"] if "unbuilt" in path.name else []
    for more in ([], ["--by", "layer"]):
        (document,) = parse_documents(run("inspect", path, "--live", *options, *more, "--json").stdout)
        Draft202012Validator(json_schema()).validate(document)


@of_the_present_keras
def test_values_that_are_not_finite_are_strict_json(run: Run) -> None:
    (document,) = parse_documents(run("inspect", SAMPLES / "nan_weights.keras", "--live", "--json").stdout)
    strings = {value for one in document["variables"] for value in one["preview"] if isinstance(value, str)}
    assert strings <= {"NaN", "Infinity", "-Infinity"}
    assert {"Infinity", "-Infinity"} <= strings


def test_a_closed_model_folder_is_not_taken_for_a_model(run: Run) -> None:
    result = run("inspect", SAMPLES, "--live")
    assert_two_line_error(result, saying="a folder of 12 saved models, and none itself", hinting="weightscope inspect")


def test_a_hostile_file_name_is_shown_escaped(run: Run, tmp_path: Path) -> None:
    result = run("inspect", tmp_path / "evil\x1b[2J\nname\u202e.keras", "--live")
    assert_two_line_error(result, saying="\\x1b[2J")
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr


def test_debug_adds_a_traceback_to_the_error(run: Run, tmp_path: Path) -> None:
    result = run("inspect", tmp_path / "missing.keras", "--debug")
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-2].startswith("error: ")


@of_the_present_keras
def test_a_shape_that_does_not_fit_a_built_model_is_refused(run: Run) -> None:
    result = run("inspect", SAMPLES / "bfloat16.keras", "--input-shape", "1,9")
    assert_two_line_error(result, saying="could not be called with an input of shape 1,9", hinting="--input-shape")


@of_the_present_keras
def test_the_inputs_that_are_not_named_take_the_batch_of_the_one_that_is(run: Run) -> None:
    result = run("inspect", SAMPLES / "nested_shared_siamese.keras", "--input-shape", "left=3,8", "--json")
    (document,) = parse_documents(result.stdout)
    assert [one["shape"] for one in document["forward_pass"]["inputs"]] == [[3, 8], [3, 8]]


def test_the_model_itself_is_never_overwritten(tmp_path: Path, run: Run) -> None:
    model = tmp_path / "model.keras"
    model.write_bytes((SAMPLES / "bfloat16.keras").read_bytes())
    before = model.read_bytes()
    link = tmp_path / "link"
    link.symlink_to(model)
    assert_two_line_error(run("inspect", model, "-o", link, "--force"), saying="the model itself")
    assert model.read_bytes() == before


@of_the_present_keras
@pytest.mark.parametrize("options", [(), ("--live", "--module", DENOISER)])
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("cnn_frozen_batchnorm.keras", ("adam", "sparse_categorical_crossentropy", [], None, None)),
        ("legacy.h5", (None, None, [], "tensorflow", None)),
        ("cnn_savedmodel", (None, None, [], None, "2.21.0")),
        ("subclassed_custom_layers.keras", (None, None, ["samples>Denoiser"], None, None)),
    ],
)
def test_json_has_what_the_header_of_the_table_has(
    name: str, facts: tuple[Any, ...], options: tuple[Any, ...], run: Run
) -> None:
    (document,) = parse_documents(run("inspect", "--json", *options, SAMPLES / name).stdout)
    model, source = document["model"], document["source"]
    assert (model["optimizer"], model["loss"], model["custom_objects"]) == facts[:3]
    assert (source["backend"], source["tensorflow_version"]) == facts[3:]
    header = run("inspect", *options, SAMPLES / name).stdout.partition("\n\n")[0]
    for fact in (*facts[:2], *facts[2], *facts[3:]):
        assert fact is None or fact in header


def test_a_picture_of_the_whole_model_is_written(run: Run, tmp_path: Path) -> None:
    for name, head in (("m.svg", b"<?xml"), ("m.png", b"\x89PNG")):
        result = run("inspect", CNN, "-o", tmp_path / name)
        assert (result.exit_code, result.stdout) == (0, "")
        assert (tmp_path / name).read_bytes().startswith(head)
    text = (tmp_path / "m.svg").read_text("utf-8")
    for layer in ("conv2d", "batch_normalization", "conv2d_1", "dense"):
        assert f">{layer}</text>" in text
    run("inspect", CNN, "--filter", "dense", "-o", tmp_path / "dense.svg")
    assert ">conv2d</text>" not in (tmp_path / "dense.svg").read_text("utf-8")
    run("inspect", CNN, "--json", "-o", tmp_path / "json.svg")
    assert (tmp_path / "json.svg").read_text("utf-8").startswith("{")


def test_a_picture_shows_one_model_that_can_be_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "m.svg"
    result = run("inspect", CNN, CNN, "-o", file)
    assert_two_line_error(result, saying="a picture shows one model", hinting=f"inspect {CNN} -o {file}")
    (tmp_path / "broken.keras").write_bytes(b"PK")
    assert run("inspect", tmp_path / "broken.keras", "-o", file).exit_code == 2
    assert not file.exists()
