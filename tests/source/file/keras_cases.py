"""Every layer class of Keras that owns variables, with the options that change them, as small models."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from keras.src.applications.convnext import LayerScale

from tests.conftest import IS_OLD_KERAS
from tests.source.file.keras_oracle import keras

layers = keras.layers
Model = Any


def chain(shape: tuple[int, ...], *make: Callable[[], Any], dtype: str = "float32") -> Callable[[], Model]:
    """A Sequential model of the layers that the functions make."""
    return lambda: keras.Sequential([keras.Input(shape, dtype=dtype), *(one() for one in make)])


def frozen(make: Callable[[], Model]) -> Callable[[], Model]:
    """The same with every second layer frozen, the first one first."""

    def build() -> Model:
        model = make()
        for layer in model.layers[::2]:
            layer.trainable = False
        return model

    return build


def _options(**choices: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]


def _named(prefix: str, options: dict[str, Any]) -> str:
    return "-".join([prefix, *(f"{key}={value}" for key, value in options.items())])


def _layer_cases() -> dict[str, Callable[[], Model]]:
    """One layer each: (class, input shape, fixed arguments, options that change what it owns)."""
    bias = {"use_bias": (True, False)}
    affine = {"scale": (True, False), "center": (True, False)}
    table: list[tuple[str, tuple[int, ...], dict[str, Any], dict[str, tuple[Any, ...]]]] = [
        ("Dense", (3,), {"units": 2}, bias),
        (
            "EinsumDense",
            (3, 4),
            {"equation": "abc,cd->abd", "output_shape": (3, 2)},
            {"bias_axes": (None, "d", "bd")},
        ),
        ("Conv1D", (8, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("Conv2D", (8, 8, 2), {"filters": 4, "kernel_size": 2, "groups": 2}, bias),
        ("Conv3D", (4, 4, 4, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("Conv1DTranspose", (8, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("Conv2DTranspose", (8, 8, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("Conv3DTranspose", (4, 4, 4, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("DepthwiseConv1D", (8, 2), {"kernel_size": 2}, bias),
        ("DepthwiseConv2D", (8, 8, 2), {"kernel_size": 2}, bias),
        ("SeparableConv1D", (8, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("SeparableConv2D", (8, 8, 2), {"filters": 3, "kernel_size": 2}, bias),
        ("BatchNormalization", (3,), {}, {**affine, "renorm": (False, True)}),
        ("LayerNormalization", (3,), {}, affine),
        ("GroupNormalization", (8, 4), {"groups": 2}, affine),
        ("RMSNormalization", (3,), {}, {}),
        ("PReLU", (3,), {}, {}),
        ("LSTM", (5, 3), {"units": 2}, {**bias, "stateful": (False,)}),
        ("GRU", (5, 3), {"units": 2}, {**bias, "reset_after": (True, False)}),
        ("SimpleRNN", (5, 3), {"units": 2, "dropout": 0.1}, bias),
        ("ConvLSTM1D", (4, 6, 2), {"filters": 2, "kernel_size": 2}, bias),
        ("ConvLSTM2D", (3, 6, 6, 2), {"filters": 2, "kernel_size": 2}, bias),
        ("ConvLSTM3D", (2, 4, 4, 4, 1), {"filters": 2, "kernel_size": 2}, bias),
        (
            "STFTSpectrogram",
            (64, 1),
            {"frame_length": 16, "frame_step": 8, "window": None},
            {"mode": ("log", "real", "imag", "magnitude")},
        ),
        ("Dropout", (3,), {"rate": 0.5}, {}),
        ("UnitNormalization", (3,), {}, {}),
    ]
    cases = {}
    for name, shape, fixed, choices in table:
        for options in _options(**choices):
            cases[_named(name, options)] = chain(shape, partial(_made, name, **fixed, **options))
    return cases


def _made(name: str, **options: Any) -> Any:
    return getattr(layers, name)(**options)


def _attention_cases() -> dict[str, Callable[[], Model]]:
    def attend(layer: Callable[[], Any], freeze: bool = False) -> Callable[[], Model]:
        def build() -> Model:
            one = layer()
            query, value = keras.Input((4, 8)), keras.Input((6, 8))
            output = (
                one(query, value)
                if "Query" in type(one).__name__ or "Multi" in type(one).__name__
                else one([query, value])
            )
            one.trainable = not freeze
            return keras.Model([query, value], layers.Dense(2)(output))

        return build

    cases = {}
    for use_bias, use_gate, freeze in itertools.product((True, False), repeat=3):
        name = f"use_bias={use_bias}-use_gate={use_gate}-frozen={freeze}"
        options = {"use_bias": use_bias, "use_gate": use_gate}
        cases[f"MultiHeadAttention-{name}"] = attend(partial(layers.MultiHeadAttention, 2, 4, **options), freeze)
        cases[f"GroupQueryAttention-{name}"] = attend(partial(layers.GroupQueryAttention, 4, 4, 2, **options), freeze)
    for use_scale in (True, False):
        cases[f"AdditiveAttention-use_scale={use_scale}"] = attend(
            partial(layers.AdditiveAttention, use_scale=use_scale)
        )
        for mode in ("dot", "concat"):
            cases[f"Attention-use_scale={use_scale}-score_mode={mode}"] = attend(
                partial(layers.Attention, use_scale=use_scale, score_mode=mode)
            )
    return cases


def _wrapper_cases() -> dict[str, Callable[[], Model]]:
    sequence = (5, 3)
    return {
        "Bidirectional-LSTM": chain(sequence, lambda: layers.Bidirectional(layers.LSTM(2))),
        "Bidirectional-named": chain(sequence, lambda: layers.Bidirectional(layers.GRU(2, name="g"), name="both")),
        "Bidirectional-own-backward": chain(
            sequence,
            lambda: layers.Bidirectional(
                layers.LSTM(2, name="a"), backward_layer=layers.LSTM(3, go_backwards=True, name="b")
            ),
        ),
        "Bidirectional-RNN": chain(
            sequence, lambda: layers.Bidirectional(layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)]))
        ),
        "TimeDistributed-Dense": chain(sequence, lambda: layers.TimeDistributed(layers.Dense(2))),
        "TimeDistributed-model": chain(
            sequence,
            lambda: layers.TimeDistributed(
                keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.BatchNormalization()])
            ),
        ),
        "two-TimeDistributed": chain(
            sequence,
            lambda: layers.TimeDistributed(layers.Dense(2, name="same")),
            lambda: layers.TimeDistributed(layers.Dense(2, name="same")),
        ),
        "RNN-LSTMCell": chain(sequence, lambda: layers.RNN(layers.LSTMCell(2))),
        "RNN-GRUCell": chain(sequence, lambda: layers.RNN(layers.GRUCell(2, use_bias=False))),
        "RNN-SimpleRNNCell": chain(sequence, lambda: layers.RNN(layers.SimpleRNNCell(2))),
        "RNN-stacked": chain(
            sequence,
            lambda: layers.RNN(layers.StackedRNNCells([layers.LSTMCell(2), layers.LSTMCell(3), layers.GRUCell(2)])),
        ),
        "SpectralNormalization-Dense": chain((3,), lambda: layers.SpectralNormalization(layers.Dense(2))),
        "SpectralNormalization-Conv2D": chain((6, 6, 2), lambda: layers.SpectralNormalization(layers.Conv2D(2, 2))),
        "SpectralNormalization-Conv2D-without-bias": chain(
            (6, 6, 2), lambda: layers.SpectralNormalization(layers.Conv2D(2, 2, use_bias=False))
        ),
        "SpectralNormalization-Embedding": chain(
            (4,), lambda: layers.SpectralNormalization(layers.Embedding(5, 2)), dtype="int32"
        ),
        "stateful-LSTM": lambda: keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), layers.LSTM(2, stateful=True)]),
        "TimeDistributed-LSTM": chain((2, 5, 3), lambda: layers.TimeDistributed(layers.LSTM(2))),
    }


def _preprocessing_cases() -> dict[str, Callable[[], Model]]:
    def normalization(adapt: bool) -> Callable[[], Model]:
        def build() -> Model:
            layer = layers.Normalization() if adapt else layers.Normalization(mean=1.0, variance=2.0)
            if adapt:
                layer.adapt(np.arange(12.0).reshape(4, 3))
            return keras.Sequential([keras.Input((3,)), layer, layers.Dense(2)])

        return build

    return {
        "Normalization-adapted": normalization(True),
        "Normalization-given": normalization(False),
        "LayerScale": chain((3,), lambda: LayerScale(0.1, 3)),
        "Discretization": chain((3,), lambda: layers.Discretization(bin_boundaries=[0.0, 1.0])),
        "Embedding": chain((4,), lambda: layers.Embedding(7, 3), dtype="int32"),
        "ReversibleEmbedding": chain((4,), lambda: layers.ReversibleEmbedding(7, 3), dtype="int32"),
        "ReversibleEmbedding-untied": chain(
            (4,), lambda: layers.ReversibleEmbedding(7, 3, tie_weights=False), dtype="int32"
        ),
        "random": chain(
            (8, 8, 3),
            lambda: layers.RandomFlip(),
            lambda: layers.RandomRotation(0.1),
            lambda: layers.Conv2D(2, 2),
        ),
    }


def _quantized_cases() -> dict[str, Callable[[], Model]]:
    def quantized(make: Callable[[], Model], mode: str) -> Callable[[], Model]:
        def build() -> Model:
            model = make()
            model.quantize(mode)
            return model

        return build

    def lora(make: Callable[[], Model], mode: str | None = None) -> Callable[[], Model]:
        def build() -> Model:
            model = make()
            model.layers[0].enable_lora(2)
            if mode:
                model.quantize(mode)
            return model

        return build

    dense = chain((8,), lambda: layers.Dense(6), lambda: layers.Dense(5, use_bias=False))
    einsum = chain(
        (3, 8),
        lambda: layers.EinsumDense("abc,cd->abd", (3, 6), bias_axes="d"),
        lambda: layers.EinsumDense("abc,cd->abd", (3, 4)),
    )
    embedding = chain((4,), lambda: layers.Embedding(7, 6), dtype="int32")
    reversible = {
        f"ReversibleEmbedding-tied={tied}": chain(
            (4,),
            partial(_made, "ReversibleEmbedding", input_dim=7, output_dim=6, tie_weights=tied),
            dtype="int32",
        )
        for tied in (True, False)
    }
    cases = {f"{mode}-Dense": quantized(dense, mode) for mode in ("int8", "int4", "float8")}
    cases |= {f"{mode}-EinsumDense": quantized(einsum, mode) for mode in ("int8", "int4", "float8")}
    cases |= {f"{mode}-Embedding": quantized(embedding, mode) for mode in ("int8", "int4")}
    cases |= {f"{mode}-{name}": quantized(make, mode) for mode in ("int8", "int4") for name, make in reversible.items()}
    cases["int4-per-channel-Dense"] = chain((8,), lambda: layers.Dense(6, dtype="int4_from_float32"))
    cases["int4-blocks-Dense"] = chain((8,), lambda: layers.Dense(6, dtype="int4/4_from_float32"))
    cases |= {
        "lora-Dense": lora(dense),
        "lora-EinsumDense": lora(einsum),
        "lora-Embedding": lora(embedding),
        "lora-Conv2D": lora(chain((8, 8, 2), lambda: layers.Conv2D(3, 2))),
        "lora-frozen-Dense": frozen(lora(dense)),
        "lora-ReversibleEmbedding": lora(reversible["ReversibleEmbedding-tied=True"]),
        "lora-int8-Dense": lora(dense, "int8"),
    }
    return cases


def _dtype_cases() -> dict[str, Callable[[], Model]]:
    return {
        f"dtype-{dtype}": chain(
            (3,),
            partial(layers.Dense, 2, dtype=dtype),
            partial(layers.BatchNormalization, dtype=dtype),
        )
        for dtype in ("float16", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16")
    }


def layer_cases() -> dict[str, Callable[[], Model]]:
    """Small models by name: every class and option, and every second of them with its layers frozen too."""
    plain = _layer_cases() | _wrapper_cases() | _preprocessing_cases()
    cases = (
        plain
        | {f"frozen-{name}": frozen(make) for name, make in plain.items()}
        | _attention_cases()
        | _quantized_cases()
        | _dtype_cases()
    )
    return {name: made_or_skipped(make) for name, make in cases.items()}


def made_or_skipped(make: Callable[[], Model]) -> Callable[[], Model]:
    """Makes the model, or skips the test where Keras is older than the model's class, option or quantization."""

    def build() -> Model:
        try:
            return make()
        except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
            if IS_OLD_KERAS:
                pytest.skip(f"Keras {keras.__version__} cannot make it: {error}")
            raise

    return build
