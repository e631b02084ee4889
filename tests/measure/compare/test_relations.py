"""A difference that a relation accounts for is explained by it, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Run, of_the_present_keras, parse_documents
from tests.records import InMemory, inspection, variable
from weightscope.inspection import Array, Inspection
from weightscope.inspection.difference import Difference
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings, Tolerance
from weightscope.source.live.framework import keras

L = keras.layers


def random(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def holding(**values: Array) -> Inspection:
    """Returns a model with these variables; `a__kernel` is `a/kernel`."""
    return inspection(
        *(
            variable(name.replace("__", "/"), one.shape, dtype=one.dtype.name, values=one)
            for name, one in values.items()
        )
    )


def differences(a: Inspection, b: Inspection, settings: CompareSettings | None = None) -> list[Difference]:
    return list(compare(a, b, settings or CompareSettings(include_equal=False)).differences)


def explained(a: Inspection, b: Inspection) -> list[tuple[str, str | None, str | None]]:
    return [(one.kind, one.a or one.b, one.explained) for one in differences(a, b)]


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.randoms())
def test_axes_in_another_order_are_found(shape: list[int], chance: Any) -> None:
    values = random(*shape)
    order = chance.choice(list(permutations(range(len(shape)))))
    turned = np.ascontiguousarray(values.transpose(order))
    for _, _, relation in explained(holding(a__k=values), holding(a__k=turned)):
        assert relation in ("transposed", "reshaped")
        assert relation == "transposed" or np.array_equal(values.ravel(), turned.ravel())


@pytest.mark.parametrize("size", [300, 700])
def test_a_large_kernel_is_read_to_its_last_value_before_it_is_called_transposed(size: int) -> None:
    values = random(size, size)
    assert explained(holding(a__k=values), holding(a__k=values.T)) == [("values", "a/k", "transposed")]
    almost = values.T.copy()
    almost[size // 2 + 1, size // 2] += 1
    assert explained(holding(a__k=values), holding(a__k=almost)) == [("values", "a/k", None)]


def test_another_shape_of_the_same_values_is_reshaped() -> None:
    values = random(2, 24)
    assert explained(holding(a__bias=values), holding(a__bias=values.reshape(48))) == [("shape", "a/bias", "reshaped")]
    other = values.reshape(48).copy()
    other[-1] += 1
    assert explained(holding(a__bias=values), holding(a__bias=other)) == [("shape", "a/bias", None)]
    half = values.reshape(48).astype("float16")
    assert [one.explained for one in differences(holding(a__bias=values), holding(a__bias=half))] == [None, None]


def test_layers_that_hold_each_others_values_are_swapped() -> None:
    first, second, zeros = random(4, 4, seed=1), random(4, 4, seed=2), np.zeros(4, "float32")
    a = holding(x__kernel=first, x__bias=zeros, y__kernel=second, y__bias=zeros)
    b = holding(x__kernel=second, x__bias=zeros, y__kernel=first, y__bias=zeros)
    assert explained(a, b) == [
        ("values", "x/kernel", "swapped with y/kernel"),
        ("values", "y/kernel", "swapped with x/kernel"),
    ]


def test_values_that_several_layers_share_are_swapped_with_the_layer_of_their_kernel() -> None:
    one, zeros = np.ones(4, "float32"), np.zeros(4, "float32")
    kernels = [random(4, 4, seed=seed) for seed in range(4)]
    a = holding(
        w__k=kernels[0], w__b=one, x__k=kernels[1], x__b=zeros, y__k=kernels[2], y__b=one, z__k=kernels[3], z__b=zeros
    )
    b = holding(
        w__k=kernels[1], w__b=zeros, x__k=kernels[0], x__b=one, y__k=kernels[3], y__b=zeros, z__k=kernels[2], z__b=one
    )
    partner = {"w": "x", "x": "w", "y": "z", "z": "y"}
    assert {relation for _, _, relation in explained(a, b)} == {
        f"swapped with {one}/{name}" for one in partner for name in "kb"
    }
    assert all(
        relation == f"swapped with {partner[path[0]]}/{path[-1]}" for _, path, relation in explained(a, b) if path
    )


def test_a_copy_is_not_called_swapped() -> None:
    first, second = random(4, 4, seed=1), random(4, 4, seed=2)
    a, b = holding(x__k=first, y__k=second), holding(x__k=second, y__k=second)
    assert explained(a, b) == [("values", "x/k", None)]
    constants = [np.full((2, 2), number, "float32") for number in range(6)]
    a = holding(u__k=constants[0], v__k=constants[0], w__k=constants[1], x__k=constants[1])
    b = holding(u__k=constants[1], v__k=constants[1], w__k=constants[0], x__k=constants[0])
    assert {relation for _, _, relation in explained(a, b)} == {None}


def test_only_the_beginnings_of_values_without_a_relation_are_read() -> None:
    class Counting(InMemory):
        elements = 0

        def read(self, selection: Any = (), scratch: bytearray | None = None) -> Array:
            values = super().read(selection, scratch)
            Counting.elements += values.size
            return values

    def model(seed: int) -> Inspection:
        made = [variable(f"l{place}/k", (512, 512), values=random(512, 512, seed=seed + place)) for place in range(4)]
        return inspection(*(replace(one, values=Counting(one.read())) for one in made))

    assert {one.explained for one in differences(model(0), model(10))} == {None}
    assert Counting.elements < 1.1 * 2 * 4 * 512 * 512


def averaged(*, weights: Array, averages: Array) -> Inspection:
    slot = variable("adam/a/kernel/average", weights.shape, values=averages, role="optimizer")
    slot = replace(slot, info=replace(slot.info, layer="adam"))
    return replace(holding(a__kernel=weights), optimizer=(slot,))


@pytest.mark.parametrize("with_optimizer", [True, False])
def test_weights_that_are_the_other_ones_averages_are_explained(with_optimizer: bool) -> None:
    raw, mean = random(3, 3), random(3, 3, seed=1)
    before, after = averaged(weights=raw, averages=mean), holding(a__kernel=mean)
    for a, b in ((before, after), (after, before)):
        found = differences(a, b, CompareSettings(include_equal=False, optimizer=with_optimizer))
        assert found[0].explained == "optimizer average"
        assert len(found) == 1 + with_optimizer
    both = differences(before, averaged(weights=mean, averages=mean), CompareSettings(optimizer=with_optimizer))
    assert [(one.a, one.explained) for one in both if one.kind == "values"] == [("a/kernel", "optimizer average")]
    other = averaged(weights=raw, averages=raw + 1)
    assert explained(other, after)[0] == ("values", "a/kernel", None)


def quantized(values: Array, axis: int) -> tuple[Array, Array]:
    scale = 127 / np.abs(values).max(axis, keepdims=True)
    return np.clip(np.round(values * scale), -127, 127).astype("int8"), scale.squeeze(axis).astype("float32")


@pytest.mark.parametrize("shape", [(6, 4), (5, 5), (3, 4, 4)])
@pytest.mark.parametrize("axis", [0, -1])
def test_quantized_values_are_compared_after_scaling(shape: tuple[int, ...], axis: int) -> None:
    values = random(*shape)
    integers, scale = quantized(values, axis)
    a, b = holding(a__kernel=values), holding(a__kernel=integers, a__kernel_scale=scale)
    for one, other, alone in ((a, b, "only-in-b"), (b, a, "only-in-a")):
        assert explained(one, other) == [
            ("values", "a/kernel", "quantized"),
            ("dtype", "a/kernel", "quantized"),
            (alone, "a/kernel_scale", "quantized"),
        ]
    numbers = differences(a, b)[0].numbers
    assert numbers is not None
    exact = integers / np.expand_dims(scale, axis)
    assert numbers.maximum_absolute == pytest.approx(np.abs(values - exact).max(), rel=1e-5)
    step = Tolerance(absolute=float(0.51 / scale.min()))
    within = differences(a, b, CompareSettings(include_equal=False, tolerance=step))
    assert [one.kind for one in within] == ["dtype", "only-in-b"]


def test_integers_that_do_not_round_the_floats_are_not_called_quantized() -> None:
    values = random(6, 4)
    integers, scale = quantized(values, 0)
    integers[3, 2] += 1
    assert explained(holding(a__k=values), holding(a__k=integers, a__k_scale=scale))[0] == ("values", "a/k", None)
    nothing = np.zeros((6, 4), "int8")
    tiny = np.full(4, 1e-9, "float32")
    assert explained(holding(a__k=values), holding(a__k=nothing, a__k_scale=tiny))[0] == ("values", "a/k", None)


@of_the_present_keras
@pytest.mark.parametrize("block_size", [pytest.param(None, marks=pytest.mark.slow), 3])
def test_four_bits_of_keras_are_explained_and_compared_as_numbers(
    run: Run, tmp_path: Path, block_size: int | None
) -> None:
    model = keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            L.Embedding(9, 7, name="table"),
            L.Dense(5, name="odd"),
            L.Dense(6, name="even"),
        ]
    )
    model.save(tmp_path / "float.keras")
    before = {layer.name: np.array(layer.get_weights()[0]) for layer in model.layers}
    for layer in model.layers:
        layer.quantize("int4", config=keras.quantizers.Int4QuantizationConfig(block_size=block_size))
    model.save(tmp_path / "int4.keras")
    for a, b in (("float", "int4"), ("int4", "float")):
        result = run("diff", tmp_path / f"{a}.keras", tmp_path / f"{b}.keras", "--json")
        (document,) = parse_documents(result.stdout)
        assert {one["explained"] for one in document["differences"]} == {"quantized"}
        values = {one["a"]: one for one in document["differences"] if one["kind"] == "values"}
        assert list(values) == ["table/embeddings", "odd/kernel", "even/kernel"]
        for layer in model.layers[1:]:
            exact = dequantized(layer, before[layer.name].shape[1])
            distance = np.abs(before[layer.name] - exact).max()
            assert values[f"{layer.name}/kernel"]["maximum_absolute"] == pytest.approx(distance, rel=1e-4)


@of_the_present_keras
@pytest.mark.parametrize("block_size", [None, 3])
def test_four_bits_of_kernels_of_more_axes_are_explained(run: Run, tmp_path: Path, block_size: int | None) -> None:
    keras.utils.set_random_seed(0)
    tokens = keras.Input((5, 6))
    heads = L.EinsumDense("abc,cde->abde", (5, 2, 3), name="in_order")(tokens)
    turned = L.EinsumDense("abde,fde->abf", (5, 7), name="both")(heads)
    outputs = L.EinsumDense("abf,gfh->abgh", (5, 3, 2), name="turned")(turned)
    model = keras.Model(tokens, outputs)
    model.save(tmp_path / "float.keras")
    for layer in model.layers[1:]:
        layer.quantize("int4", config=keras.quantizers.Int4QuantizationConfig(block_size=block_size))
    model.save(tmp_path / "int4.keras")
    for a, b in (("float", "int4"), ("int4", "float")):
        (document,) = parse_documents(run("diff", tmp_path / f"{a}.keras", tmp_path / f"{b}.keras", "--json").stdout)
        assert {one["explained"] for one in document["differences"]} == {"quantized"}
        values = [one for one in document["differences"] if one["kind"] == "values"]
        assert [one["a"] for one in values] == ["in_order/kernel", "both/kernel", "turned/kernel"]
        assert min(one["cosine"] for one in values) > 0.95


def dequantized(layer: Any, columns: int) -> Array:
    """Returns the kernel that a Dense layer of 4 bits computes with."""
    integers = np.asarray(keras.quantizers.unpack_int4(layer._kernel.value, columns, axis=-1))
    scale = layer.kernel_scale.numpy()
    if not hasattr(layer, "g_idx"):
        return np.asarray(integers / scale)
    groups = layer.g_idx.numpy().astype(int)
    return np.asarray((integers - layer.kernel_zero.numpy()[groups]) * scale[groups])


def test_what_keras_quantizes_is_explained(run: Run, tmp_path: Path) -> None:
    def net() -> Any:
        return keras.Sequential(
            [
                keras.Input((6,), dtype="int32"),
                L.Embedding(9, 8, name="table"),
                L.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d", name="einsum"),
                L.Dense(4, name="dense"),
            ]
        )

    model = net()
    model.save(tmp_path / "float.keras")
    for layer in model.layers:
        layer.quantize("int8")
    model.save(tmp_path / "int8.keras")
    result = run("diff", tmp_path / "float.keras", tmp_path / "int8.keras", "--json")
    (document,) = parse_documents(result.stdout)
    assert {one["explained"] for one in document["differences"]} == {"quantized"}
    values = [one["a"] for one in document["differences"] if one["kind"] == "values"]
    assert values == ["table/embeddings", "einsum/kernel", "dense/kernel"]
    assert result.exit_code == 1
    text = run("diff", tmp_path / "float.keras", tmp_path / "int8.keras").stdout
    assert "values: quantized" in text
    assert "float32 in A, int8 in B: quantized" in text
