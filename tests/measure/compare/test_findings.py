"""What a training did that it should not have, and weights that would go into the wrong layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.records import inspection, variable
from weightscope.inspection import Finding, Inspection, Variable
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings


def found(a: Inspection, b: Inspection, *, frozen: bool = True) -> list[tuple[str, str, str | None]]:
    findings = compare(a, b, CompareSettings(frozen=frozen)).findings
    return [(one.code, one.level, one.variable) for one in findings]


def dense(*, trainable: bool | None, move: float) -> Inspection:
    return inspection(
        variable("dense/kernel", trainable=trainable, values=np.full((2, 3), move)),
        variable("known/bias", (1,), trainable=False, values=np.zeros(1)),
    )


@pytest.mark.parametrize(
    ("trainable", "move", "wanted"),
    [
        (False, 1.0, [("frozen-moved", "error", "dense/kernel")]),
        (False, 0.0, []),
        (True, 1.0, []),
        (True, 0.0, [("trainable-unmoved", "warning", "dense/kernel")]),
        (None, 1.0, []),
        (None, 0.0, []),
    ],
)
def test_a_weight_moves_when_it_is_trainable(
    trainable: bool | None, move: float, wanted: list[tuple[str, str, str]]
) -> None:
    before = dense(trainable=trainable, move=0.0)
    assert found(before, dense(trainable=trainable, move=move)) == wanted
    assert found(before, dense(trainable=trainable, move=move), frozen=False) == []


@pytest.mark.parametrize(
    ("before", "after", "move", "wanted"),
    [
        (True, False, 0.0, []),
        (True, False, 1.0, [("frozen-moved", "error", "dense/kernel")]),
        (False, True, 1.0, []),
        (None, True, 0.0, [("trainable-unmoved", "warning", "dense/kernel")]),
    ],
)
def test_what_was_frozen_or_released_between_the_two_counts_as_b_says(
    before: bool | None, after: bool, move: float, wanted: list[tuple[str, str, str]]
) -> None:
    assert found(dense(trainable=before, move=0.0), dense(trainable=after, move=move)) == wanted


def normalization(gamma: bool | None, move: float) -> Inspection:
    def part(name: str, trainable: bool, move: float = 0.0) -> Variable:
        whole = np.full(4, move)
        return variable(f"bn/{name}", (4,), trainable=trainable, values=whole, layer_class="BatchNormalization")

    learnt = [] if gamma is None else [part("gamma", gamma, move if gamma else 0.0)]
    return inspection(*learnt, part("moving_mean", False, move), part("moving_variance", False))


def test_the_moving_statistics_of_a_frozen_layer_do_not_move() -> None:
    before, after = normalization(False, 0.0), normalization(False, 1.0)
    assert found(before, after) == [("frozen-moved", "error", "bn/moving_mean")]
    (finding,) = compare(before, after, CompareSettings(frozen=True)).findings
    assert "training mode" in finding.message


@pytest.mark.parametrize("gamma", [True, None])
def test_the_moving_statistics_of_a_layer_that_may_learn_move(gamma: bool | None) -> None:
    assert found(normalization(gamma, 0.0), normalization(gamma, 1.0)) == []


def placed(*layers: tuple[str, str], shape: tuple[int, ...] = (4, 4)) -> Inspection:
    """Returns a model with these layers, each at a place in the file."""

    def at(layer: str, group: str) -> Variable:
        one = variable(f"{layer}/kernel", shape)
        return replace(one, info=replace(one.info, stored_at=f"layers/{group}/vars/0"))

    return inspection(*(at(*one) for one in layers))


def test_two_layers_that_changed_places_are_swapped_when_loaded() -> None:
    a, b = placed(("x", "dense"), ("y", "dense_1")), placed(("y", "dense"), ("x", "dense_1"))
    assert found(a, b, frozen=False) == [("swapped-layers", "error", "x"), ("swapped-layers", "error", "y")]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # the same layers in the same places
        (placed(("x", "dense"), ("y", "dense_1")), placed(("x", "dense"), ("y", "dense_1"))),
        # another layer in its place, which A does not have at all
        (placed(("x", "dense"), ("y", "dense_1")), placed(("z", "dense"), ("y", "dense_1"))),
        # names that Keras gave by counting
        (placed(("dense", "dense"), ("dense_1", "dense_1")), placed(("dense_1", "dense"), ("dense_2", "dense_1"))),
    ],
)
def test_layers_that_only_look_alike_are_not_swapped(a: Inspection, b: Inspection) -> None:
    assert found(a, b, frozen=False) == []


def test_layers_of_different_shapes_are_not_swapped_silently() -> None:
    a = inspection(*placed(("x", "dense")).variables, *placed(("y", "dense_1"), shape=(2, 2)).variables)
    b = inspection(*placed(("y", "dense"), shape=(2, 2)).variables, *placed(("x", "dense_1")).variables)
    assert found(a, b, frozen=False) == []


@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_frozen_kernel_that_lora_is_merged_into_may_move(is_loaded: bool) -> None:
    before, after = dense(trainable=True, move=0.0), dense(trainable=False, move=1.0)
    if is_loaded:
        factors = [variable(f"dense/lora_kernel_{side}", role="unloaded") for side in "ab"]
        after = replace(after, variables=(*after.variables, *factors))
    else:
        after = replace(after, notes=(Finding("lora-not-in-file", "note", "merged", "dense/kernel"),))
    assert found(before, after) == []
