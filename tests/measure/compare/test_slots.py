"""What an optimizer keeps is paired by its weight and its purpose, whichever way a file names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.records import inspection, variable
from weightscope.inspection import Inspection, Variable
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings
from weightscope.measure.compare.slots import Slot, Slots

WEIGHTS = {"a/kernel": "a/kernel", "body/b/kernel": "body/b/kernel", "m/kernel": "m/kernel", "scale": "scale"}


def kept(
    path: str, *, optimizer: str | None = None, layer_class: str | None = None, place: str | None = None
) -> Variable:
    one = variable(path, role="optimizer", layer_class=layer_class, trainable=False)
    name = optimizer or path.partition("/")[0]
    return replace(one, info=replace(one.info, layer=name, stored_at=place))


@pytest.mark.parametrize(
    ("path", "weight", "words"),
    [
        ("adam/a/kernel/momentum", "a/kernel", ("momentum",)),
        ("adam_1/a/kernel/momentum", "a/kernel", ("momentum",)),
        ("Adam/m/a/kernel", "a/kernel", ("momentum",)),
        ("Adam/a/kernel/m", "a/kernel", ("momentum",)),
        ("Adam/v/m/kernel", "m/kernel", ("velocity",)),
        ("Adam/m/m/kernel", "m/kernel", ("momentum",)),
        ("Adam/m/scale", "scale", ("momentum",)),
        ("RMSprop/velocity/b/kernel", "body/b/kernel", ("velocity",)),
        ("RMSprop/rms/body/b/kernel", "body/b/kernel", ("velocity",)),
        ("adam/iterations", None, ("iteration",)),
        ("Adam/iter", None, ("iteration",)),
        ("loss_scale_optimizer/adam_1/a/kernel/velocity", "a/kernel", ("adam", "velocity")),
        ("Adam/a/kernel/Adam_1", "a/kernel", ("Adam_1",)),
    ],
)
def test_a_path_says_what_a_variable_is_for(path: str, weight: str | None, words: tuple[str, ...]) -> None:
    assert Slots(WEIGHTS).slot(kept(path)) == Slot(weight, words)


def test_a_scope_of_keras_2_is_no_part_of_it() -> None:
    one = kept("training/Adam/a/kernel/m", optimizer="Adam")
    assert Slots(WEIGHTS).slot(one) == Slot("a/kernel", ("momentum",))


def test_an_end_that_several_weights_share_is_no_weight() -> None:
    slots = Slots({"x/d/kernel": "x/d/kernel", "y/d/kernel": "y/d/kernel"})
    assert slots.slot(kept("adam/d/kernel/momentum")).weight is None


def model(*optimizer: Variable, layer: str = "a") -> Inspection:
    return inspection(variable(f"{layer}/kernel"), optimizer=optimizer)


def differences(a: Inspection, b: Inspection) -> list[tuple[str, str | None, str | None]]:
    found = compare(a, b, CompareSettings(include_equal=False))
    return [(one.kind, one.a, one.b) for one in found.differences]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adam/a/kernel/momentum", "adam_1/a/kernel/momentum"),
        ("adam/a/kernel/momentum", "my_optimizer/a/kernel/momentum"),
        ("adam/a/kernel/momentum", "Adam/m/a/kernel"),
        ("Adam/a/kernel/m", "Adam/m/a/kernel"),
        ("adam/iteration", "Adam/iter"),
    ],
)
def test_another_name_of_the_optimizer_or_of_a_slot_is_no_difference(one: str, other: str) -> None:
    assert differences(model(kept(one)), model(kept(other))) == []
    assert differences(model(kept(other)), model(kept(one))) == []


def test_the_slot_of_a_renamed_weight_is_the_same_slot() -> None:
    a, b = model(kept("adam/a/kernel/velocity")), model(kept("adam/z/kernel/velocity"), layer="z")
    placed = [
        replace(one, info=replace(one.info, stored_at="layers/dense/vars/0")) for one in (*a.variables, *b.variables)
    ]
    a, b = replace(a, variables=(placed[0],)), replace(b, variables=(placed[1],))
    assert differences(a, b) == [("renamed", "a/kernel", "z/kernel")]


def test_optimizers_of_different_classes_are_different() -> None:
    a = model(kept("adam/iteration", layer_class="Adam"))
    b = model(kept("sgd/iteration", layer_class="SGD"))
    assert differences(a, b) == [("only-in-a", "adam/iteration", None), ("only-in-b", None, "sgd/iteration")]
    c = model(kept("adam_1/iteration", layer_class="Adam"))
    assert differences(a, c) == []


def test_of_several_optimizers_each_is_paired_with_its_own() -> None:
    a = model(kept("gen/iteration"), kept("disc/iteration"))
    b = model(kept("disc/iteration"), kept("gen/iteration"))
    assert differences(a, b) == []


def test_numbered_variables_are_paired_by_place() -> None:
    a = model(kept("adam/a/kernel/velocity", place="optimizer/vars/3"))
    b = model(kept("optimizer/3", place="optimizer/vars/3"))
    assert differences(a, b) == []
