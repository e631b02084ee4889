"""The meaning of axes: Keras builds layers in which every axis has a size of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import of_the_present_keras
from weightscope.api import inspect_layer
from weightscope.inspection import VariableInfo
from weightscope.measure.axes import axes_of

#: A layer, its arguments, the shape of its input, and how long an axis of each name must be.
CASES: list[tuple[str, dict[str, Any], tuple[int, ...], dict[str, int]]] = [
    ("Dense", {"units": 7}, (1, 5), {"in": 5, "out": 7}),
    ("Dense", {"units": 7, "lora_rank": 3}, (1, 5), {"in": 5, "out": 7, "rank": 3}),
    ("Embedding", {"input_dim": 11, "output_dim": 4}, (1, 6), {"token": 11, "feature": 4}),
    ("Embedding", {"input_dim": 11, "output_dim": 4, "lora_rank": 2}, (1, 6), {"token": 11, "feature": 4, "rank": 2}),
    (
        "ReversibleEmbedding",
        {"input_dim": 11, "output_dim": 4, "tie_weights": False},
        (1, 6),
        {"token": 11, "feature": 4},
    ),
    ("Conv1D", {"filters": 7, "kernel_size": 3}, (1, 9, 5), {"length": 3, "in": 5, "out": 7}),
    ("Conv2D", {"filters": 7, "kernel_size": (3, 2)}, (1, 9, 9, 5), {"height": 3, "width": 2, "in": 5, "out": 7}),
    (
        "Conv2D",
        {"filters": 7, "kernel_size": (3, 2), "lora_rank": 4},
        (1, 9, 9, 5),
        {"height": 3, "width": 2, "in": 5, "out": 7, "rank": 4},
    ),
    (
        "Conv2D",
        {"filters": 8, "kernel_size": (3, 2), "groups": 2},
        (1, 9, 9, 10),
        {"height": 3, "width": 2, "in": 5, "out": 8},
    ),
    (
        "Conv3D",
        {"filters": 7, "kernel_size": (3, 2, 4)},
        (1, 9, 9, 9, 5),
        {"depth": 3, "height": 2, "width": 4, "in": 5, "out": 7},
    ),
    ("Conv1DTranspose", {"filters": 7, "kernel_size": 3}, (1, 9, 5), {"length": 3, "in": 5, "out": 7}),
    (
        "Conv2DTranspose",
        {"filters": 7, "kernel_size": (3, 2)},
        (1, 9, 9, 5),
        {"height": 3, "width": 2, "in": 5, "out": 7},
    ),
    (
        "Conv3DTranspose",
        {"filters": 7, "kernel_size": (3, 2, 4)},
        (1, 9, 9, 9, 5),
        {"depth": 3, "height": 2, "width": 4, "in": 5, "out": 7},
    ),
    (
        "DepthwiseConv1D",
        {"kernel_size": 3, "depth_multiplier": 2},
        (1, 9, 5),
        {"length": 3, "in": 5, "multiplier": 2, "out": 10},
    ),
    (
        "DepthwiseConv2D",
        {"kernel_size": (3, 4), "depth_multiplier": 2},
        (1, 9, 9, 5),
        {"height": 3, "width": 4, "in": 5, "multiplier": 2, "out": 10},
    ),
    ("BatchNormalization", {}, (1, 4, 4, 6), {"channel": 6}),
    ("BatchNormalization", {"renorm": True}, (1, 4, 4, 6), {"channel": 6}),
    ("LayerNormalization", {}, (1, 4, 6), {"channel": 6}),
    ("GroupNormalization", {"groups": 3}, (1, 4, 6), {"channel": 6}),
    ("RMSNormalization", {}, (1, 4, 6), {"channel": 6}),
    ("LSTM", {"units": 7}, (1, 9, 5), {"in": 5, "units": 7, "gates": 28}),
    ("GRU", {"units": 7}, (1, 9, 5), {"in": 5, "units": 7, "gates": 21, "input/recurrent": 2}),
    ("GRU", {"units": 7, "reset_after": False}, (1, 9, 5), {"in": 5, "units": 7, "gates": 21}),
    ("SimpleRNN", {"units": 7}, (1, 9, 5), {"in": 5, "units": 7}),
    (
        "ConvLSTM2D",
        {"filters": 7, "kernel_size": (3, 2)},
        (1, 4, 9, 9, 5),
        {"height": 3, "width": 2, "in": 5, "units": 7, "gates": 28},
    ),
]


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "sizes"),
    [
        pytest.param(*one, id=f"{one[0]}-{one[1]}", marks=of_the_present_keras if "renorm" in one[1] else ())
        for one in CASES
    ],
)
def test_every_axis_is_as_long_as_its_name_says(
    name: str, arguments: dict[str, Any], input_shape: tuple[int, ...], sizes: dict[str, int]
) -> None:
    if not has_layer(name):
        pytest.skip(f"this Keras has no {name}")
    named: set[str] = set()
    for variable in inspect_layer(name, input_shape=input_shape, arguments=arguments).variables:
        info = variable.info
        if info.role != "weight":
            continue
        axes = axes_of(info)
        assert tuple(sizes[axis] for axis in axes) == info.shape, info.path
        named.update(axes)
    assert named == set(sizes)


def has_layer(name: str) -> bool:
    import keras

    return hasattr(keras.layers, name)


@pytest.mark.parametrize(("rank", "space"), [(1, {"length": 3}), (2, {"height": 3, "width": 2})])
def test_a_separable_convolution_has_two_kernels(rank: int, space: dict[str, int]) -> None:
    variables = inspect_layer(
        f"SeparableConv{rank}D",
        input_shape=(1, *(9,) * rank, 5),
        arguments={"filters": 7, "kernel_size": list(space.values()), "depth_multiplier": 4},
    ).variables
    sizes = {one.info.name: dict(zip(axes_of(one.info), one.info.shape, strict=True)) for one in variables}
    assert sizes == {
        "depthwise_kernel": {**space, "in": 5, "multiplier": 4},
        "pointwise_kernel": {**dict.fromkeys(space, 1), "in": 20, "out": 7},
        "bias": {"out": 7},
    }


def test_the_gates_of_an_lstm_stand_in_the_order_that_is_told() -> None:
    variables = inspect_layer("LSTM", input_shape=(1, 9, 5), arguments={"units": 7}).variables
    bias = next(one for one in variables if one.info.name == "bias").read()
    assert [set(gate.tolist()) for gate in bias.reshape(4, 7)] == [{0.0}, {1.0}, {0.0}, {0.0}]  # forget starts at 1


KERNEL = VariableInfo("conv/kernel", "kernel", "conv", "Conv2D", "weight", (3, 3, 4, 8), "float32", True)


@pytest.mark.parametrize(
    "change",
    [
        {"shape": (36, 8)},
        {"shape": ()},
        {"layer_class": None},
        {"layer_class": "Mystery"},
        {"name": "0"},
        {"role": "optimizer"},
        {"dtype": "int8"},
    ],
    ids=str,
)
def test_what_is_not_certain_is_not_told(change: dict[str, Any]) -> None:
    assert axes_of(KERNEL) == ("height", "width", "in", "out")
    assert axes_of(replace(KERNEL, **change)) == ()
