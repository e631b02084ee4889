"""What variables of checkpoints are called, in which order, and which of them are an optimizer's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, assert_two_line_error, of_the_present_keras
from tests.source.file.checkpoint import made
from tests.source.file.checkpoint.table import entry, header, table
from weightscope.inspection import Inspection
from weightscope.source.file import inspect_file
from weightscope.source.file.checkpoint.graph_variables import graph_variables
from weightscope.source.file.checkpoint.object_graph import VALUE, GraphObject, ObjectGraph, ObjectTensor, SlotReference
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.wanted import Wanted


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Lets Keras name models and optimizers as in a process of their own."""
    keras.utils.clear_session(free_memory=False)


def paths(inspection: Inspection) -> list[str]:
    return [variable.info.path for variable in inspection.variables]


def slots(inspection: Inspection) -> list[str]:
    return [variable.info.path for variable in inspection.optimizer or ()]


def roles(inspection: Inspection) -> dict[str | None, str]:
    """Returns the role of each variable, by where it is stored."""
    return {one.info.stored_at: one.info.role for one in (*inspection.variables, *(inspection.optimizer or ()))}


def live_paths(model: Any) -> set[str]:
    """Returns the paths of a model's variables, as Keras has them, without the model's name."""
    return {variable.path.removeprefix(f"{model.name}/") for variable in model.variables}


def test_variables_of_keras_are_named_and_ordered_as_in_the_model(tmp_path: Path) -> None:
    inspection = inspect_file(str(made.write_keras(tmp_path)), Wanted(optimizer=True))
    names = ["gamma", "beta", "moving_mean", "moving_variance"]
    assert paths(inspection) == [
        *("hidden/kernel", "hidden/bias"),
        *(f"norm/{name}" for name in names),
        *("head/kernel", "head/bias"),
        "save_counter",
    ]
    assert {one.info.trainable for one in inspection.variables if one.info.role == "weight"} == {None}
    trained = ("norm/gamma", "norm/beta", "head/kernel", "head/bias")
    of_weights = {f"adam/{weight}/{kept}" for weight in trained for kept in ("momentum", "velocity")}
    assert set(slots(inspection)) == of_weights | {"adam/iteration", "adam/learning_rate"}
    assert inspection.model.optimizer == "adam"


@pytest.mark.parametrize("optimizer", ["SGD", "RMSprop", "Adam", "Adafactor", "Lion", "Muon", "Nadam", "Ftrl"])
def test_what_an_optimizer_keeps_is_named_after_its_weights(optimizer: str, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="a_b"), keras.layers.Dense(2, name="a")])
    model.compile(getattr(keras.optimizers, optimizer)())
    model.optimizer.build(model.trainable_variables)
    checkpoint = tensorflow.train.Checkpoint(model=model, optimizer=model.optimizer)
    inspection = inspect_file(checkpoint.write(str(tmp_path / "one")), Wanted(optimizer=True))
    assert set(paths(inspection)) == live_paths(model)
    assert len(slots(inspection)) == len(model.optimizer.variables)
    counters = {"iteration", "learning_rate", "u_product"}
    for path in slots(inspection):
        first, *rest = path.split("/")
        assert first == model.optimizer.name
        assert "/".join(rest[:-1]) in live_paths(model) or "/".join(rest) in counters


def test_two_models_of_one_checkpoint_are_told_apart(tmp_path: Path) -> None:
    def model(name: str) -> Any:
        one = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="dense")], name=name)
        one.compile("adam", "mse")
        one.optimizer.build(one.trainable_variables)
        return one

    writer, judge = model("writer"), model("judge")
    checkpoint = tensorflow.train.Checkpoint(
        writer=writer, judge=judge, of_writer=writer.optimizer, of_judge=judge.optimizer
    )
    inspection = inspect_file(checkpoint.write(str(tmp_path / "both")), Wanted(optimizer=True))
    assert paths(inspection) == [
        f"{model}/dense/{name}" for model in ("judge", "writer") for name in ("kernel", "bias")
    ]
    assert "of_judge/judge/dense/kernel/momentum" in slots(inspection)
    assert "of_writer/writer/dense/kernel/momentum" in slots(inspection)
    assert len(slots(inspection)) == len({*slots(inspection)}) == 12


def test_two_models_with_the_same_names_are_told_apart(tmp_path: Path) -> None:
    def model() -> Any:
        inputs = keras.Input((2,))
        one = keras.Model(inputs, keras.layers.Dense(1, name="dense")(inputs))
        one.compile("adam", "mse")
        one.optimizer.build(one.trainable_variables)
        return one

    inspection = inspect_file(
        tensorflow.train.Checkpoint(good=model(), bad=model()).write(str(tmp_path / "both")), Wanted(optimizer=True)
    )
    names = ("kernel", "bias")
    assert paths(inspection) == [f"{one}/dense/{name}" for one in ("bad", "good") for name in names]
    for one in ("bad", "good"):
        assert {path for path in slots(inspection) if path.startswith(f"{one}/") and "dense" in path} == {
            f"{one}/optimizer/{one}/dense/{name}/{kept}" for name in names for kept in ("momentum", "velocity")
        }


@of_the_present_keras
def test_what_an_optimizer_inside_another_keeps_is_named_after_its_weights(tmp_path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(3, name="first"), keras.layers.Dense(2, name="head")]
    )
    inner = keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(keras.optimizers.LossScaleOptimizer(inner))
    model.optimizer.build(model.trainable_variables)
    checkpoint = tensorflow.train.Checkpoint(model=model, optimizer=model.optimizer)
    found = slots(inspect_file(checkpoint.write(str(tmp_path / "scaled")), Wanted(optimizer=True)))
    for layer in ("first", "head"):
        for name in ("kernel", "bias"):
            assert f"loss_scale_optimizer/sgd/{layer}/{name}/momentum" in found


def test_the_name_of_a_model_is_left_out_and_that_of_its_only_layer_is_not(tmp_path: Path) -> None:
    inputs = keras.Input((5, 3))
    recurrent = keras.Model(inputs, keras.layers.LSTM(4, name="reader")(inputs), name="whole")
    sequential = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="only")], name="whole")
    for model in (recurrent, sequential):
        for checkpoint in (tensorflow.train.Checkpoint(root=model), tensorflow.train.Checkpoint(model=model)):
            found = paths(inspect_file(checkpoint.write(str(tmp_path / "one"))))
            weights = {variable.path.removeprefix("whole/") for variable in model.weights}
            assert set(found) == weights


def test_variables_without_names_are_named_by_their_attributes(tmp_path: Path) -> None:
    inspection = inspect_file(str(made.write_kinds(tmp_path)))
    assert paths(inspection)[-4:] == ["scalar", "empty", "listed/0", "listed/1/a/deep.one"]


def test_what_a_checkpoint_counts_is_no_weight(tmp_path: Path) -> None:
    inspection = inspect_file(str(made.write_keras(tmp_path)))
    assert inspection.totals.variables == len(inspection.variables) - 1
    assert [one.info.path for one in inspection.variables if one.info.role != "weight"] == ["save_counter"]


def test_keys_stand_in_the_order_of_their_numbers(tmp_path: Path, run: Run) -> None:
    names = ["Variable", *(f"Variable_{number}" for number in range(1, 22)), "cell_2/w_10/b", "cell_10/w_2/a"]
    rows = {name.encode(): entry(1, (2,), 0, 8) for name in sorted(names)}
    (tmp_path / "many.index").write_bytes(table({b"": header(), **rows}))
    document = json.loads(run("inspect", tmp_path / "many", "--json").stdout)
    assert [one["path"] for one in document["variables"]] == names


def test_checkpoints_of_a_folder_are_named_in_the_order_of_their_numbers(tmp_path: Path, run: Run) -> None:
    for number in (9, 10, 2):
        (tmp_path / f"ckpt-{number}.index").write_bytes(table({b"": header()}))
    hint = f"weightscope inspect {tmp_path / 'ckpt-10'}"
    assert_two_line_error(run("inspect", tmp_path), saying="ckpt-2, ckpt-9, ckpt-10", hinting=hint)


@pytest.mark.parametrize("name", ["keras", "managed", "kinds"])
def test_without_its_shard_each_variable_has_the_same_role(name: str, tmp_path: Path) -> None:
    prefix = made.WRITERS[name](tmp_path)
    before = roles(inspect_file(str(prefix), Wanted(optimizer=True)))
    for shard in prefix.parent.glob(f"{prefix.name}.data-*"):
        shard.unlink()
    assert roles(inspect_file(str(prefix), Wanted(optimizer=True))) == before


def test_without_its_shard_what_an_optimizer_keeps_is_named_after_its_weights(tmp_path: Path) -> None:
    value = b"/.ATTRIBUTES/VARIABLE_VALUE"
    keys = [b"layer-1/kernel", b"layer-10/kernel", b"layer-2/a.Sb..c", b"keras_api/metrics/0/total", b"save_counter"]
    keys += [b"layer-10/kernel/.OPTIMIZER_SLOT/optimizer/m", *(b"optimizer/" + one for one in (b"iter", b"decay"))]
    rows = {key + value: entry(1, (), 0, 4) for key in keys}
    (tmp_path / "keras.index").write_bytes(table({b"": header(), **rows}))
    found = inspect_file(str(tmp_path / "keras"), Wanted(optimizer=True))
    assert [(one.info.path, one.info.role) for one in found.variables] == [
        ("metrics/0/total", "metric"),
        ("layer-1/kernel", "weight"),
        ("layer-2/a/b.c", "weight"),
        ("layer-10/kernel", "weight"),
        ("save_counter", "untracked"),
    ]
    assert slots(found) == ["optimizer/decay", "optimizer/iter", "optimizer/layer-10/kernel/m"]


def test_variables_of_tf_1_are_named_by_their_keys(tmp_path: Path) -> None:
    inspection = inspect_file(str(made.write_tf1(tmp_path)), Wanted(optimizer=True))
    assert {variable.info.path: variable.info.trainable for variable in inspection.variables} == {
        "global_step": False,
        "model/average": False,
        "model/dense/bias": True,
        "model/dense/kernel": True,
        "model/table": True,
    }
    assert set(slots(inspection)) == {
        "Adam/beta1_power",
        "Adam/beta2_power",
        *(f"Adam/model/{weight}/Adam{n}" for weight in ("dense/bias", "dense/kernel", "table") for n in ("", "_1")),
    }


def test_without_its_graph_nothing_says_what_is_trainable(tmp_path: Path) -> None:
    prefix = made.write_tf1(tmp_path)
    prefix.with_name(f"{prefix.name}.meta").unlink()
    assert {variable.info.trainable for variable in inspect_file(str(prefix)).variables} == {None}


def test_objects_that_hold_one_another_are_walked_once() -> None:
    nodes = (
        GraphObject({"": 0, "self": 0, "a": 1, "b": 1}),
        GraphObject({"up": 0, "down": 2}),
        GraphObject({"again": 1}, (ObjectTensor(VALUE, "dense/kernel", "key"),)),
    )
    (only,) = graph_variables(ObjectGraph(nodes))
    assert only.path == "dense/kernel"


def test_a_variable_without_a_name_is_called_after_its_attribute() -> None:
    nodes = (
        GraphObject({"scale": 1}),
        GraphObject({"gamma": 2}),
        GraphObject({}, (ObjectTensor(VALUE, "model/scale/variable_18", "key"),)),
    )
    (only,) = graph_variables(ObjectGraph(nodes))
    assert only.name == "gamma"


def test_what_is_no_name_of_an_optimizer_is_not_taken_for_one() -> None:
    nodes = (
        GraphObject({"kernel": 1, "optimizer": 2}),
        GraphObject({}, (ObjectTensor(VALUE, "dense/kernel", "k"),)),
        GraphObject({"_variables": 3, "_iterations": 5, "_learning_rate": 5}),
        GraphObject({"0": 4}),
        GraphObject({}, (ObjectTensor(VALUE, "velocity/dense/kernel", "v"),)),
        GraphObject({}, (ObjectTensor(VALUE, "iteration", "i"),)),
    )
    found = {one.path for one in graph_variables(ObjectGraph(nodes))}
    assert found == {"dense/kernel", "optimizer/dense/kernel/velocity", "optimizer/iteration"}


def test_slots_of_keras_2_are_found_by_the_graph() -> None:
    nodes = (
        GraphObject({"kernel": 1, "optimizer": 2}),
        GraphObject({}, (ObjectTensor(VALUE, "dense/kernel", "k"),)),
        GraphObject({"iter": 4}, (), (SlotReference(1, "m", 3),)),
        GraphObject({}, (ObjectTensor(VALUE, "training/Adam/dense/kernel/m", "m"),)),
        GraphObject({}, (ObjectTensor(VALUE, "Adam/iter", "i"),)),
    )
    found = [one.path for one in graph_variables(ObjectGraph(nodes))]
    assert found == ["dense/kernel", "Adam/iter", "Adam/dense/kernel/m"]


def test_the_header_names_every_optimizer(tmp_path: Path, run: Run) -> None:
    maker, judge = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name=name)]) for name in "ab")
    made_with, judged_with = keras.optimizers.SGD(), keras.optimizers.Adam()
    made_with.build(maker.trainable_variables)
    judged_with.build(judge.trainable_variables)
    checkpoint = tensorflow.train.Checkpoint(maker=maker, judge=judge, made_with=made_with, judged_with=judged_with)
    path = checkpoint.write(str(tmp_path / "both"))
    assert "optimizer (judged_with, made_with)" in run("inspect", path).stdout
