"""SavedModels that TensorFlow, Keras 3 and Keras 2 wrote, held against what `tf.saved_model.load` makes of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Run, assert_two_line_error
from tests.source.file.saved_model import made
from weightscope.errors import FileError, NoValuesError
from weightscope.inspection import Inspection, Signature, VariableInfo
from weightscope.source.file import inspect_file
from weightscope.source.live.framework import tensorflow
from weightscope.source.wanted import Wanted

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"

#: Those of the corpus that this TensorFlow loads; one of TF 1 has an operation that it does not know any more.
_IN_THE_CORPUS = ("tf26_keras_savedmodel", "tf2_savedmodel_int64", "tf2_savedmodel_snappy_index")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: write(tmp_path_factory.mktemp(name) / name) for name, write in made.WRITERS.items()}


@pytest.fixture(scope="module")
def keras2(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, bool]]]:
    """The folder of what Keras 2 wrote, and what it says of its models' variables."""
    folder = tmp_path_factory.mktemp("keras2")
    return folder, made.write_keras2(folder)


def infos(inspection: Inspection) -> dict[str, VariableInfo]:
    return {variable.info.path: variable.info for variable in inspection.variables}


def loaded_variables(loaded: Any) -> dict[str, Any]:
    """Returns each variable that was loaded by the shortest key that leads to it."""
    view = tensorflow.train.TrackableView(loaded)
    return {key: one for key, one in _walk(view, loaded) if isinstance(one, tensorflow.Variable)}


def _walk(view: Any, root: Any) -> Iterator[tuple[str, Any]]:
    """Yields every object once for each name of each object that holds it."""
    seen, waiting = set(), [("", root)]
    while waiting:
        key, one = waiting.pop(0)
        for name, child in view.children(one).items():
            escaped = name.replace(".", "..").replace("/", ".S")
            below = f"{key}/{escaped}" if key else escaped
            yield below, child
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append((below, child))


def assert_as_loaded(inspection: Inspection, loaded: Any) -> None:
    by_key = loaded_variables(loaded)
    seen = set()
    for variable in inspection.variables:
        one = by_key[(variable.info.stored_at or "").removesuffix(_VALUE)]
        seen.add(id(one))
        assert variable.info.shape == tuple(one.shape)
        assert variable.info.dtype == one.dtype.name
        full_name = one.name.partition(":")[0]
        if "/" in full_name:
            assert full_name.endswith(variable.info.path.partition("#")[0]), "named as when it was made"
        if one.dtype != tensorflow.string:
            expected = one.numpy().astype(np.float32) if one.dtype == tensorflow.bfloat16 else one.numpy()
            assert variable.read().tobytes() == expected.tobytes()
    left = [one for one in by_key.values() if id(one) not in seen]
    slots = {variable.info.stored_at for variable in inspection.optimizer or ()}
    assert all(
        any(one is by_key.get((key or "").removesuffix(_VALUE)) for key in slots) or _has_twin(one, inspection)
        for one in left
    )


def _has_twin(one: Any, inspection: Inspection) -> bool:
    return any(one.name.partition(":")[0].endswith(variable.info.path) for variable in inspection.variables)


@pytest.mark.parametrize("name", [name for name in made.WRITERS if name != "tf1"])
def test_variables_are_those_that_tensorflow_loads(name: str, written: dict[str, Path]) -> None:
    inspection = inspect_file(str(written[name]), Wanted(optimizer=True))
    assert inspection.source.format == "saved-model"
    assert inspection.source.tensorflow_version == tensorflow.__version__
    assert_as_loaded(inspection, tensorflow.saved_model.load(str(written[name])))


@pytest.mark.parametrize("name", _IN_THE_CORPUS)
def test_so_are_those_of_real_files(name: str, corpus: Path) -> None:
    assert_as_loaded(
        inspect_file(str(corpus / name), Wanted(optimizer=True)), tensorflow.saved_model.load(str(corpus / name))
    )


@pytest.mark.parametrize("name", ["export", "seeded"])
def test_what_is_exported_is_trainable_as_its_owner_says(name: str, written: dict[str, Path]) -> None:
    inspection = inspect_file(str(written[name]))
    loaded = tensorflow.saved_model.load(str(written[name]))
    trainable = {id(one) for one in loaded.trainable_variables}
    assert len(inspection.variables) == len(loaded.variables), "each once"
    for variable, one in zip(inspection.variables, loaded.variables, strict=True):
        assert one.name.partition(":")[0].endswith(variable.info.name)
        assert variable.info.trainable is (id(one) in trainable)


def test_a_variables_own_flag_is_not_asked(written: dict[str, Path]) -> None:
    frozen = infos(inspect_file(str(written["export"])))["hidden/kernel"]
    loaded = tensorflow.saved_model.load(str(written["export"]))
    assert next(one.trainable for one in loaded.variables if one.name == "classifier/hidden/kernel:0")
    assert frozen.trainable is False


def test_layers_of_one_name_keep_it(written: dict[str, Path]) -> None:
    loaded = tensorflow.saved_model.load(str(written["subclassed"]))
    inspection = inspect_file(str(written["subclassed"]))
    for variable, one in zip(inspection.variables, loaded.variables, strict=True):
        assert one.name.partition(":")[0] == f"net/{variable.info.path.partition('#')[0]}"
        assert variable.read().tobytes() == one.numpy().tobytes()
    assert "dense/kernel#3" in infos(inspection)


def test_without_its_shard_a_saved_model_has_the_same_names(written: dict[str, Path], tmp_path: Path) -> None:
    for name in ("export", "subclassed", "saved"):
        shutil.copytree(written[name], tmp_path / name, ignore=shutil.ignore_patterns("*.data-*"))
        whole, rest = (inspect_file(str(folder)) for folder in (written[name], tmp_path / name))
        assert infos(rest) == infos(whole)
        assert not any(one.has_values for one in rest.variables)


def test_what_an_archive_was_not_told_to_track_is_named(written: dict[str, Path], run: Run) -> None:
    result = run("inspect", written["untracked"], "--json")
    document = json.loads(result.stdout)
    assert {one["trainable"] for one in document["variables"]} == {None}
    (note,) = document["notes"]
    assert note["code"] == "untracked-variable"
    for one in document["variables"]:
        assert one["path"] in note["message"]
    assert "track(model)" in note["fix"]
    assert not tensorflow.saved_model.load(str(written["untracked"])).variables


def test_the_fix_for_what_is_not_tracked_helps(written: dict[str, Path]) -> None:
    inspection = inspect_file(str(written["tracked"]))
    loaded = tensorflow.saved_model.load(str(written["tracked"]))
    assert inspection.notes == ()
    assert inspection.totals.trainable_variables == len(loaded.trainable_variables) == 4


def test_a_variable_that_the_model_does_not_know_of_is_named_without_a_fix(written: dict[str, Path]) -> None:
    (note,) = inspect_file(str(written["raw"])).notes
    assert note.message.endswith(": raw")
    assert note.fix is None


def test_seeds_are_told_apart(written: dict[str, Path]) -> None:
    roles = {info.role for info in infos(inspect_file(str(written["seeded"]))).values()}
    assert roles == {"weight", "seed"}


def test_nothing_says_what_is_trainable_where_no_owner_has_a_list(written: dict[str, Path]) -> None:
    for name in ("saved", "kinds", "served"):
        assert {info.trainable for info in infos(inspect_file(str(written[name]))).values()} == {None}


def test_what_has_two_names_is_listed_once(written: dict[str, Path]) -> None:
    assert list(infos(inspect_file(str(written["served"])))) == ["scale"]


def test_signatures_tell_inputs_and_outputs(written: dict[str, Path], run: Run) -> None:
    (signature,) = inspect_file(str(written["served"])).signatures
    assert isinstance(signature, Signature)
    assert signature.name == "sum_up"
    assert signature.tags == ("serve",)
    assert [(one.name, one.shape, one.dtype) for one in signature.inputs] == [("anything", None, "float32")]
    assert [(one.name, one.shape, one.dtype) for one in signature.outputs] == [("total", (), "float32")]
    result = run("inspect", written["served"])
    assert "signature sum_up anything of any shape float32 -> total () float32" in result.stdout.replace("→", "->")
    document = json.loads(run("inspect", written["served"], "--json").stdout)
    assert document["signatures"] == [
        {
            "name": "sum_up",
            "tags": ["serve"],
            "inputs": [{"name": "anything", "shape": None, "dtype": "float32"}],
            "outputs": [{"name": "total", "shape": [], "dtype": "float32"}],
        }
    ]


def test_signatures_are_those_that_tensorflow_loads(written: dict[str, Path]) -> None:
    for name in ("export", "saved"):
        loaded = tensorflow.saved_model.load(str(written[name])).signatures
        listed = {signature.name: signature for signature in inspect_file(str(written[name])).signatures}
        assert listed.keys() == loaded.keys()
        for key, function in loaded.items():
            assert {one.name: one.shape for one in listed[key].outputs} == {
                output: tuple(one.shape) for output, one in function.structured_outputs.items()
            }


def test_several_graphs_of_tf_1_list_their_variables_once(written: dict[str, Path], run: Run) -> None:
    inspection = inspect_file(str(written["tf1"]), Wanted(optimizer=True))
    assert {path: info.trainable for path, info in infos(inspection).items()} == {
        "global_step": False,
        "model/average": False,
        "model/dense/bias": True,
        "model/dense/kernel": True,
        "model/table": True,
    }
    assert [signature.name for signature in inspection.signatures] == ["serving_default"]
    assert [one.shape for one in inspection.signatures[0].inputs] == [(None, 4)]
    prefix = written["tf1"] / "variables" / "variables"
    reader = tensorflow.train.load_checkpoint(str(prefix))
    for variable in (*inspection.variables, *(inspection.optimizer or ())):
        assert variable.read().tobytes() == reader.get_tensor(variable.info.stored_at).tobytes()
    assert (
        run("inspect", written["tf1"] / "saved_model.pb").stdout.splitlines()[2:]
        == (run("inspect", written["tf1"]).stdout.splitlines()[2:])
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["functional", "subclassed"])
def test_layers_of_keras_2_have_their_names_and_classes(
    name: str, keras2: tuple[Path, dict[str, dict[str, bool]]]
) -> None:
    folder, trainability = keras2
    inspection = inspect_file(str(folder / name / "model"), Wanted(optimizer=True))
    weights = [variable.info for variable in inspection.variables if variable.info.role == "weight"]
    root = f"{inspection.model.name}/"
    names = {one.removeprefix(root).replace("Variable", "calls"): flag for one, flag in trainability[name].items()}
    assert len(weights) == len(names)
    for info in weights:
        # Keras 2 names a variable after the layer that made it, and leaves out the models around it
        (full_name,) = [one for one in names if info.path.endswith(one)]
        assert info.trainable is names[full_name]
    classes = {info.layer: info.layer_class for info in weights}
    if name == "functional":
        assert classes["each/encoder/norm"] == "BatchNormalization"
        assert classes["both/forward_lstm/lstm_cell"] == "LSTMCell"
        assert classes["scale"] == "Scale"
        assert classes["scale/second"] == "Dense"
        assert inspection.model.loss == "mse"
        configs = {layer.path: layer for layer in inspection.layers}
        assert configs[""].class_name == "Functional"
        assert configs["head"].config["units"] == 2
        assert configs["each/encoder/norm"].class_name == "BatchNormalization"
    assert inspection.model.class_name == {"functional": "Functional", "subclassed": "Net"}[name]
    assert {variable.info.path for variable in inspection.variables if variable.info.role == "metric"} >= {
        "metrics/0/total",
        "metrics/0/count",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["functional", "subclassed"])
def test_what_an_optimizer_of_keras_2_keeps_is_named_after_its_weights(
    name: str, keras2: tuple[Path, dict[str, dict[str, bool]]]
) -> None:
    folder, trainability = keras2
    kept = {"functional": ("m", "v"), "subclassed": ("momentum",)}[name]
    trainable = sum(trainability[name].values())
    for where in ("model", "weights"):
        inspection = inspect_file(str(folder / name / where), Wanted(optimizer=True))
        paths = {variable.info.path for variable in inspection.variables}
        slots = [variable.info for variable in inspection.optimizer or ()]
        of_weights = []
        for info in slots:
            weight, _, word = info.path.removeprefix(f"{info.layer}/").rpartition("/")
            if word in kept and weight in paths:
                of_weights.append(info)
        assert len(of_weights) == len(kept) * trainable


@pytest.mark.slow
def test_bytecode_of_a_lambda_layer_is_noted(keras2: tuple[Path, dict[str, dict[str, bool]]]) -> None:
    folder, _ = keras2
    noted = {
        name: [note.code for note in inspect_file(str(folder / name / "model")).notes]
        for name in ("with_lambda", "functional")
    }
    assert noted == {"with_lambda": ["lambda-bytecode"], "functional": []}


def test_without_its_variables_a_saved_model_still_lists_them(
    written: dict[str, Path], tmp_path: Path, run: Run
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(written["export"], folder)
    shutil.rmtree(folder / "variables")
    inspection = inspect_file(str(folder))
    assert infos(inspection).keys() == infos(inspect_file(str(written["export"]))).keys()
    assert [note.code for note in inspection.notes] == ["missing-variables"]
    with pytest.raises(NoValuesError):
        inspection.variables[0].read()
    assert run("inspect", folder, "--stats").exit_code == 0
    assert_two_line_error(run("check", folder), saying="are not in its checkpoint")


def test_a_folder_of_versions_as_servers_keep_them_tells_where_to_look(tmp_path: Path, run: Run) -> None:
    made.write_served(tmp_path / "1")
    made.write_served(tmp_path / "2")
    result = run("inspect", tmp_path)
    assert_two_line_error(result, saying="2 saved models", hinting=f"weightscope inspect {tmp_path / '1'}")


def test_a_saved_model_written_as_text_is_named_for_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pbtxt").write_text("saved_model_schema_version: 1\n")
    with pytest.raises(FileError, match="as text"):
        inspect_file(str(tmp_path))
