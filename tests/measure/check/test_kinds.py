"""Kernels, learnt weights and states that follow the data are distinguished, with and without names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.records import inspection, variable
from weightscope.inspection import Variable
from weightscope.inspection.layer_config import LayerConfig
from weightscope.measure.check.check_weights import check_weights


def stored(path: str, group: str, shape: tuple[int, ...], value: float, **more: Any) -> Variable:
    """A variable of a file that has no names of variables, in a group."""
    one = variable(path, shape, values=np.full(shape, value, "float32"), trainable=None, layer_class=None, **more)
    return replace(one, info=replace(one.info, stored_at=f"layers/{group}/vars/{one.info.name}"))


def rules(*variables: Variable) -> list[str]:
    return [one.code for one in check_weights(inspection(*variables)).findings]


@pytest.mark.parametrize(
    ("path", "group", "shape", "expected"),
    [
        ("dense/0", "dense", (6, 2), ["zero-kernel"]),
        ("att/key_dense/0", "block/att/key_dense", (6, 2, 3), ["zero-kernel"]),
        ("att/key_dense/1", "block/att/key_dense", (2, 3), []),
        ("gru/gru_cell/2", "gru/cell", (2, 9), []),
        ("slopes/0", "p_re_lu", (4, 4, 3), []),
        ("norm/0", "layer_normalization_1", (4, 3), []),
        ("scale/0", "layer_scale", (4, 3), []),
        ("dense/0", "dense", (6,), []),
    ],
)
def test_only_the_first_variable_of_a_layer_is_a_kernel_where_none_is_named(
    path: str, group: str, shape: tuple[int, ...], expected: list[str]
) -> None:
    assert rules(stored(path, group, shape, 0.0)) == expected


@pytest.mark.parametrize(
    ("path", "more", "reported"),
    [
        ("dense/kernel", {}, True),
        ("dense/kernel", {"trainable": None}, True),
        ("dense/bias", {"trainable": False}, True),
        ("mine/w_scale", {"trainable": True}, True),
        ("mine/weight", {"trainable": None, "layer_class": None}, True),
        ("mine/mixing", {"trainable": None, "layer_class": None}, True),
        ("metrics/mean/count", {"role": "metric", "trainable": False}, False),
        ("quant/post_activation_min", {"trainable": None, "layer_class": "QuantizeWrapper"}, False),
        ("quant/kernel_max", {"trainable": None, "layer_class": "QuantizeWrapper"}, False),
        ("quant/running_total", {"trainable": False}, False),
        ("bn/moving_mean", {"trainable": False, "layer_class": "BatchNormalization"}, False),
        ("scale/variance", {"trainable": False, "layer_class": "Normalization"}, False),
        ("random/seed_generator_state", {"role": "seed", "trainable": False}, False),
    ],
)
def test_only_what_is_learnt_explodes(path: str, more: dict[str, Any], reported: bool) -> None:
    values = np.array([0.5, 2e4, 3.0], "float32")
    assert rules(variable(path, (3,), values=values, **more)) == ["exploding-values"] * reported


@pytest.mark.parametrize("path", ["metrics/mean/1", "quant/range_max", "mine/0"])
def test_a_number_whose_role_is_unknown_does_not_explode(path: str) -> None:
    number = variable(path, (), values=np.array(2e4, "float32"), trainable=None, layer_class=None)
    assert rules(number) == []


@pytest.mark.parametrize(("value", "reported"), [(1e20, True), (1e9, True), (2e7, False)])
@pytest.mark.parametrize("layer_class", ["BatchNormalization", "Mine", None])
def test_a_moving_variance_has_a_limit_of_its_own(value: float, reported: bool, layer_class: str | None) -> None:
    values = np.array([1, value], "float32")
    one = variable("bn/moving_variance", (2,), values=values, trainable=False, layer_class=layer_class)
    assert rules(one) == ["exploding-statistics"] * reported


def test_moving_statistics_that_are_equal_are_no_finding() -> None:
    values = np.random.default_rng(0).random(40).astype("float32")
    names = ("a/moving_mean", "b/moving_mean", "a/moving_variance", "b/moving_variance")
    moving = (variable(name, (40,), values=values, trainable=False, layer_class="BatchNormalization") for name in names)
    assert rules(*moving) == []


@pytest.mark.parametrize(
    ("layer_class", "name", "shape", "gates"),
    [
        ("GRU", "bias", (2, 12), 3),
        ("GRUCell", "kernel", (5, 12), 3),
        ("LSTM", "recurrent_kernel", (3, 12), 4),
        ("ConvLSTM2D", "kernel", (2, 2, 5, 12), 4),
        ("SimpleRNNCell", "recurrent_kernel", (12, 12), 1),
    ],
)
def test_dead_units_of_a_recurrent_layer_have_all_their_gates_dead(
    layer_class: str, name: str, shape: tuple[int, ...], gates: int
) -> None:
    values = np.random.default_rng(0).random(shape).astype("float32")
    units = 12 // gates
    values[..., 1::units] = 0  # all gates of unit 1
    values[..., 2] = 0 if gates > 1 else values[..., 2]  # one gate of unit 2
    (found,) = check_weights(
        inspection(variable(f"rnn/{name}", shape, values=values, layer_class=layer_class))
    ).findings
    assert found.code == "dead-channels"
    assert found.count == 1
    assert found.message == f"1 of {units} units are all 0: 1"


def test_channels_of_other_layers_are_channels() -> None:
    values = np.random.default_rng(0).random((5, 4)).astype("float32")
    values[:, 2] = 0
    (found,) = check_weights(inspection(variable("dense/kernel", (5, 4), values=values))).findings
    assert found.message == "1 of 4 output channels are all 0: 2"


def not_run(*variables: Variable, **more: Any) -> dict[str, str]:
    return dict(check_weights(replace(inspection(*variables), **more)).not_run)


def test_rules_that_a_file_of_weights_alone_cannot_run_are_named() -> None:
    numbered = stored("dense/0", "dense", (6, 2), 1.0)
    by_number = not_run(numbered)
    assert {"untrained-batchnorm", "missing-weights", "needs-custom-objects", "unknown-argument"} <= set(by_number)
    assert not {"nan-values", "zero-kernel", "exploding-values", "optimizer-in-file"} & set(by_number)
    named = not_run(variable("dense/kernel", trainable=None, layer_class=None))
    assert "untrained-batchnorm" in by_number
    assert "untrained-batchnorm" not in named
    assert by_number["untrained-batchnorm"] == "no names of variables"


def test_all_rules_run_on_a_whole_model() -> None:
    layer = LayerConfig("dense", "Dense", {}, expected=1, stored=1)
    assert not_run(variable("dense/kernel"), layers=(layer,), config={"class_name": "Sequential", "config": {}}) == {}
