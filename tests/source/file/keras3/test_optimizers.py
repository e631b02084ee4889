"""Which variables are optimizers', and what they are called: Keras' own `optimizer.variables` say so."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.conftest import Run, of_the_present_keras
from weightscope.inspection import Inspection
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

layers, optimizers = keras.layers, keras.optimizers

SCALED: dict[str, Callable[[], Any]] = {
    "by_name": lambda: "adamw",
    "sgd": lambda: optimizers.SGD(),
    "centered": lambda: optimizers.RMSprop(momentum=0.9, centered=True),
    "averaged": lambda: optimizers.Adam(amsgrad=True, use_ema=True),
    "accumulating": lambda: optimizers.Lion(gradient_accumulation_steps=2),
    "scheduled": lambda: optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 10)),
    "adafactor": lambda: optimizers.Adafactor(),
    "muon": lambda: optimizers.Muon(),
    "wrapped": lambda: optimizers.LossScaleOptimizer(optimizers.Adam()),
    "named": lambda: optimizers.LossScaleOptimizer(optimizers.Nadam(name="mine"), name="scaled"),
}


def filled(variables: list[Any]) -> list[Any]:
    """Gives each variable values of its own."""
    for number, variable in enumerate(variables):
        variable.assign(np.full(variable.shape, number + 1))
    return variables


@pytest.fixture
def mixed() -> Iterator[None]:
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore")  # Keras calls its own format legacy
def test_what_is_around_and_inside_a_loss_scale_has_keras_names(name: str, ending: str, tmp_path: Path) -> None:
    if (name, ending) == ("adafactor", ".h5"):
        pytest.skip("Keras gives two of its variables one name, and cannot save them")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(1)])
    model.compile(SCALED[name](), "mse")
    model.optimizer.build(model.trainable_variables)
    expected = filled(model.optimizer.variables)
    model.save(tmp_path / f"model{ending}")
    inspection = inspect_file(str(tmp_path / f"model{ending}"), Wanted(optimizer=True))
    found = inspection.optimizer or ()
    assert inspection.notes == ()
    assert inspection.model.optimizer == f"{model.optimizer.name}, {model.optimizer.inner_optimizer.name}"
    for variable, theirs in zip(found, expected, strict=True):
        flat = variable.info.path.replace("/", "_")
        if not flat.endswith(("_r", "_c")):  # Keras gives these the name of their weight alone
            assert flat.endswith(theirs.path.replace(f"{model.name}_", "").replace("/", "_"))
        assert flat.startswith(model.optimizer.name)
        assert np.array_equal(variable.read(), theirs.numpy())


def two_models() -> tuple[Any, Any]:
    """Returns a model that was trained and frozen, and one that it is inside of."""
    judge = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(1, name="b")], name="judge")
    judge.compile(optimizers.Adam(name="adam"), "mse")
    judge.optimizer.build(judge.trainable_variables)
    judge.trainable = False
    whole = keras.Sequential([keras.Input((2,)), layers.Dense(4, name="made"), judge])
    whole.compile(optimizers.SGD(momentum=0.9, name="sgd"), "mse")
    whole.optimizer.build(whole.trainable_variables)
    return whole, judge


def test_the_optimizer_of_a_model_inside_is_no_weight_of_it(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "model.keras"
    whole, judge = two_models()
    expected = [*filled(whole.optimizer.variables), *filled(judge.optimizer.variables)]
    whole.save(path)
    inspection = inspect_file(str(path), Wanted(optimizer=True))
    assert inspection.notes == ()
    assert [one.info.path for one in inspection.variables] == [
        one.path.removeprefix(f"{whole.name}/") for one in whole.variables
    ]
    assert [one.info.path for one in inspection.optimizer or ()][:6] == [
        *("sgd/iteration", "sgd/learning_rate", "sgd/made/kernel/momentum", "sgd/made/bias/momentum"),
        *("judge/adam/iteration", "judge/adam/learning_rate"),
    ]
    assert [one.info.path for one in inspection.optimizer or ()][6:8] == [
        "judge/adam/judge/a/kernel/momentum",
        "judge/adam/judge/a/kernel/velocity",
    ]
    for variable, theirs in zip(inspection.optimizer or (), expected, strict=True):
        assert np.array_equal(variable.read(), theirs.numpy())
    size = sum(one.info.bytes for one in inspection.optimizer or ())
    assert inspect_file(str(path)).totals.optimizer_bytes == size
    assert "optimizer (sgd, judge/adam)" in run("inspect", path).stdout
    assert "unplaced" not in run("inspect", path).stderr


def test_optimizers_inside_a_weights_only_file_are_told_by_their_counters(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    whole, _ = two_models()
    whole.save_weights(path)
    inspection = inspect_file(str(path), Wanted(optimizer=True))
    assert len(inspection.variables) == len(whole.variables)
    assert inspection.model.optimizer == "sgd, judge/adam"
    assert len(inspection.optimizer or ()) == 4 + 2 + 2 * 4


def test_optimizers_that_a_model_of_ones_own_has_as_attributes_are_no_weights(tmp_path: Path) -> None:
    class Pair(keras.Model):  # type: ignore[misc]  # Keras ships no types
        def __init__(self) -> None:
            super().__init__()
            self.maker, self.judge = layers.Dense(3), layers.Dense(1)
            self.maker_optimizer, self.judge_optimizer = optimizers.SGD(), optimizers.Adam()
            self.optimizer_choice = layers.Dense(2)  # called so, and none

        def call(self, inputs: Any) -> Any:
            return self.optimizer_choice(self.judge(self.maker(inputs)))

    model = Pair()
    model(np.zeros((1, 2), "float32"))
    model.maker_optimizer.build(model.maker.trainable_variables)
    model.judge_optimizer.build(model.judge.trainable_variables)
    for name, save in (("model.keras", model.save), ("model.weights.h5", model.save_weights)):
        save(tmp_path / name)
        inspection = inspect_file(str(tmp_path / name), Wanted(optimizer=True))
        assert len(inspection.variables) == len(model.variables) == 6
        assert optimizer_counts(inspection) == {"judge_optimizer": 6, "maker_optimizer": 2}
        assert inspection.model.optimizer == "judge_optimizer, maker_optimizer"


@of_the_present_keras
@pytest.mark.parametrize(
    ("keys", "are_known"),
    [
        (["scoped/b/.*"], True),  # Keras' path of a weight of a Sequential begins with the model's name
        ([".*/a/.*", "scoped/b/bias"], True),
        ([".*kernel"], True),
        (["scoped/(a|b)/.*"], False),  # an expression of the file is not evaluated
    ],
)
def test_each_of_several_optimizers_has_the_slots_of_its_weights(
    keys: list[str], are_known: bool, tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    inside = {key: optimizers.Adam() for key in keys}
    chosen = optimizers.OptimizerMap(optimizers.SGD(momentum=0.9), inside)
    model = keras.Sequential([keras.Input((3,)), *(layers.Dense(3, name=name) for name in "abc")], name="scoped")
    model.compile(optimizers.MultiOptimizer(chosen), "mse")
    model.optimizer.build(model.trainable_variables)
    expected = filled(model.optimizer.variables)
    model.save(path)
    inspection = inspect_file(str(path), Wanted(optimizer=True))
    for variable, theirs in zip(inspection.optimizer or (), expected, strict=True):
        assert np.array_equal(variable.read(), theirs.numpy())
        flat = variable.info.path.replace("/", "_")
        assert flat.endswith(theirs.path.replace("scoped_", "").replace("/", "_")) or not are_known
    assert [note.code for note in inspection.notes] == ([] if are_known else ["optimizer-slots-unknown"])


def with_lora() -> Any:
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 8, name="table")(inputs)
    x = layers.EinsumDense("abc,cde->abde", (None, 2, 4), bias_axes="de", name="heads")(x)
    x = layers.Conv1D(4, 2, name="conv")(layers.Reshape((6, 8))(x))
    x = layers.Dense(3, use_bias=False, name="body")(x)
    model = keras.Model(inputs, layers.Dense(2, name="head")(x), name="scoped")
    for number, name in enumerate(("table", "heads", "conv", "body"), 1):
        model.get_layer(name).enable_lora(number)
    return model


@pytest.mark.parametrize("name", ["adam", "rmsprop", "lion"])
@pytest.mark.parametrize("frozen", [None, "conv", "head"])
def test_slots_of_lora_are_named_after_the_factors(name: str, frozen: str | None, tmp_path: Path) -> None:
    model = with_lora()
    if frozen is not None:
        model.get_layer(frozen).trainable = False
    model.compile(name, "mse")
    model.optimizer.build(model.trainable_variables)
    expected = filled(model.optimizer.variables)
    model.save(tmp_path / "model.keras")
    inspection = inspect_file(str(tmp_path / "model.keras"), Wanted(optimizer=True))
    assert "optimizer-slots-unknown" not in {note.code for note in inspection.notes}
    for variable, theirs in zip(inspection.optimizer or (), expected, strict=True):
        assert np.array_equal(variable.read(), theirs.numpy())
        assert variable.info.path.replace("/", "_") == theirs.path.replace("scoped_", "").replace("/", "_")


def optimizer_counts(inspection: Inspection) -> dict[str, int]:
    names = [one.info.path.partition("/")[0] for one in inspection.optimizer or ()]
    return {name: names.count(name) for name in names}


#: In a process of its own: once it is imported, Keras 2 changes what TensorFlow loads.
SAVE_WITH_KERAS_2 = """
import json, sys, numpy, tf_keras
layers, optimizers, path = tf_keras.layers, tf_keras.optimizers, sys.argv[1]
made = {"sgd": optimizers.SGD(), "rmsprop": optimizers.RMSprop(momentum=0.9), "nadam": optimizers.Nadam()}
made["adafactor"] = optimizers.Adafactor()
for policy in ("float32", "mixed_float16"):
    tf_keras.mixed_precision.set_global_policy(policy)
    for name, optimizer in made.items():
        model = tf_keras.Sequential([layers.Input((4,)), layers.Dense(3, name="a"), layers.Dense(1, name="b")])
        optimizer = type(optimizer).from_config(optimizer.get_config())
        if policy == "mixed_float16" and name != "sgd":
            optimizer = tf_keras.mixed_precision.LossScaleOptimizer(optimizer)
        model.compile(optimizer, "mse")
        model.optimizer.build(model.trainable_variables)
        for number, variable in enumerate(model.optimizer.variables):
            variable.assign(numpy.full(variable.shape, number))
        model.save(f"{path}/{name}_{policy}.keras")
        model.save(f"{path}/{name}_{policy}.h5", save_format="h5")
        names = [one.name.removesuffix(":0") for one in model.optimizer.variables]
        open(f"{path}/{name}_{policy}.json", "w").write(json.dumps(names))
"""

#: What Keras 2 calls what Keras 3 calls otherwise.
OLD_WORDS = {"m": "momentum", "v": "velocity"}


@pytest.mark.slow
def test_slots_of_keras_2_are_named_after_their_weights_in_zips_and_in_legacy_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SAVE_WITH_KERAS_2, tmp_path], check=True, capture_output=True)
    saved = sorted(tmp_path.glob("*.json"))
    assert len(saved) == 8
    for names in saved:
        for ending in (".keras", ".h5"):
            inspection = inspect_file(str(names.with_suffix(ending)), Wanted(optimizer=True))
            found = [one.info.path.split("/") for one in inspection.optimizer or ()]
            assert [one.read().flat[0] for one in inspection.optimizer or ()] == list(range(len(found)))
            for path, theirs in zip(found, json.loads(names.read_text()), strict=True):
                if theirs == "iteration":
                    assert path[1:] == ["iteration"]
                    continue
                word, layer, weight = theirs.split("/")[-3:]  # `m/a/kernel`, which is `a/kernel/m` here
                assert path[1:3] == [layer, weight]
                assert path[3] in (word, OLD_WORDS.get(word))
            assert inspection.model.optimizer == found[0][0]
            assert inspection.notes == ()
