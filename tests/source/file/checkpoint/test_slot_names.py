"""Which names are an optimizer's is what TensorFlow's own optimizers say that they made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.source.file.checkpoint.made import tf1
from weightscope.source.file.checkpoint.slot_names import NamedSlot, Shape, named_slots

_OPTIMIZERS = {
    "Adadelta": lambda: tf1.train.AdadeltaOptimizer(0.1),
    "Adagrad": lambda: tf1.train.AdagradOptimizer(0.1),
    "AdagradDA": lambda: tf1.train.AdagradDAOptimizer(0.1, tf1.train.get_or_create_global_step()),
    "Adam": lambda: tf1.train.AdamOptimizer(0.1),
    "Ftrl": lambda: tf1.train.FtrlOptimizer(0.1),
    "Momentum": lambda: tf1.train.MomentumOptimizer(0.1, 0.9),
    "ProximalAdagrad": lambda: tf1.train.ProximalAdagradOptimizer(0.1),
    "RMSProp": lambda: tf1.train.RMSPropOptimizer(0.1, momentum=0.9, centered=True),
}

#: The scopes of the weights, and of the optimizer.
_SCOPES = [("", ""), ("", "training"), ("model", "training/inner"), ("model", "model"), ("a", "a/a")]


def graph_of(name: str, weights_in: str, made_in: str) -> tuple[dict[str, Shape], set[str]]:
    """Builds a model and one step of its training; returns all variables' shapes, and the names of the optimizer's."""

    def scope(name: str) -> Any:
        return tf1.variable_scope(name or tf1.get_variable_scope(), reuse=tf1.AUTO_REUSE)

    with tf1.Graph().as_default():
        with scope(weights_in):
            tf1.get_variable("kernel", (4, 3))
            tf1.get_variable("dense/kernel", (4, 3))
            tf1.get_variable("dense/Adam", (4, 3))
            tf1.get_variable("Adam", (3,))
            tf1.get_variable("dense/kernel/average", (4, 3), trainable=False)
        loss = sum(tf1.reduce_sum(one**2) for one in tf1.trainable_variables())
        with scope(made_in):
            optimizer = _OPTIMIZERS[name]()
            optimizer.minimize(loss)
        shapes = {one.op.name: tuple(one.shape.as_list()) for one in tf1.global_variables()}
        return shapes, {one.op.name for one in optimizer.variables()}


@pytest.mark.parametrize(("weights_in", "made_in"), _SCOPES)
@pytest.mark.parametrize("name", _OPTIMIZERS)
def test_what_an_optimizer_made_is_its_own_and_nothing_else(name: str, weights_in: str, made_in: str) -> None:
    shapes, made = graph_of(name, weights_in, made_in)
    found = named_slots(shapes)
    assert found.keys() == made
    assert {one.optimizer for one in found.values()} == {name}
    weights = {one for one in shapes if one not in made}
    for slot, one in found.items():
        of_weight = one.path.rpartition("/")[0] in weights
        assert of_weight or one.path in ("beta1_power", "beta2_power")
        assert slot.endswith(one.path)


def test_optimizers_of_two_scopes_are_told_apart() -> None:
    shapes: dict[str, Shape] = {f"{net}/kernel": (4, 3) for net in ("generator", "judge")}
    for net in ("generator", "judge"):
        shapes.update({f"train_{net}/{net}/kernel/{slot}": (4, 3) for slot in ("Adam", "Adam_1")})
        shapes[f"train_{net}/beta1_power"] = ()
    found = named_slots(shapes)
    assert found["train_judge/judge/kernel/Adam_1"] == NamedSlot("train_judge/Adam", "judge/kernel/Adam_1")
    assert found["train_generator/beta1_power"] == NamedSlot("train_generator/Adam", "beta1_power")
    assert len(found) == 6


def test_weights_that_are_called_as_slots_are_stay_weights() -> None:
    shapes: dict[str, Shape] = {
        "Adam": (3,),
        "Adam_1": (3,),
        "Adam/kernel": (4, 3),
        "dense/kernel": (4, 3),
        "dense/Adam": (4, 3),
        "dense/kernel/Momentum": (3, 4),
        "dense/kernel/m": (4, 3),
        "Adam/decay": (),
        "nobody/kernel/Adam": (2, 2),
    }
    assert named_slots(shapes) == {}


def test_slots_of_bert_and_of_adafactor_are_the_optimizers() -> None:
    shapes: dict[str, Shape] = {
        "bert/kernel": (4, 3),
        "bert/kernel/adam_m": (4, 3),
        "bert/kernel/adam_v": (4, 3),
        "training/bert/kernel/Adafactor": (4,),
        "training/bert/kernel/Adafactor_1": (3,),
    }
    found = named_slots(shapes)
    assert found.keys() == shapes.keys() - {"bert/kernel"}
    assert found["training/bert/kernel/Adafactor"] == NamedSlot("Adafactor", "bert/kernel/Adafactor")


def test_what_keras_2_keeps_in_a_graph_of_tf_1_is_the_optimizers() -> None:
    shapes: dict[str, Shape] = {
        "dense/kernel": (4, 3),
        "training/Adam/dense/kernel/m": (4, 3),
        "training/Adam/dense/kernel/v": (4, 3),
        "training/Adam/iter": (),
        "training/Adam/beta_1": (),
        "Adam/m": (4, 3),
    }
    found = named_slots(shapes)
    assert found.keys() == shapes.keys() - {"dense/kernel", "Adam/m"}
    assert found["training/Adam/dense/kernel/m"] == NamedSlot("Adam", "dense/kernel/m")
    assert found["training/Adam/iter"] == NamedSlot("Adam", "iter")


@pytest.mark.parametrize("scope", ["", "training/inner"])
def test_an_optimizer_under_a_name_of_its_own_is_known_by_its_two_slots(scope: str) -> None:
    with tf1.Graph().as_default():
        weights = [tf1.get_variable(f"{layer}/kernel", (4, 3)) for layer in "abc"]
        loss = sum(tf1.reduce_sum(one**2) for one in weights)
        with tf1.variable_scope(scope or tf1.get_variable_scope()):
            optimizer = tf1.train.AdamOptimizer(0.1, name="mine")
            step = optimizer.minimize(loss)
        averages = tf1.train.ExponentialMovingAverage(0.9, name="smooth")
        with tf1.control_dependencies([step]):
            averages.apply(weights)
        shapes = {one.op.name: tuple(one.shape.as_list()) for one in tf1.global_variables()}
        made = {one.op.name for one in optimizer.variables()}
    found = named_slots(shapes)
    assert found.keys() == made
    assert {one.optimizer for one in found.values()} == {"mine"}


def test_without_counts_or_a_second_slot_a_name_is_no_optimizers() -> None:
    averaged: dict[str, Shape] = {name: (4, 3) for layer in "abc" for name in (f"{layer}/w", f"{layer}/w/mine")}
    assert named_slots({**averaged, "beta1_power": ()}).keys() == {"beta1_power"}
    twice: dict[str, Shape] = {**averaged, **{f"{layer}/w/mine_1": (4, 3) for layer in "abc"}}
    assert named_slots(twice) == {}
    assert len(named_slots({**twice, "beta1_power": ()})) == 7
    assert named_slots({**twice, "beta1_power": (), "d/mine": (2,), "d/mine_1": (2,)}).keys() == {"beta1_power"}
