"""Layers of all classes are reported if they were never trained, and not after some steps of training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.check.settings import CheckSettings
from weightscope.source.file import inspect_file

layers = keras.layers
UNTRAINED = CheckSettings(select=frozenset({"untrained-weights"}))


def attended(attention: Any) -> Any:
    tokens = keras.Input((6, 24))
    return keras.Model(tokens, attention(tokens, tokens))


def chain(shape: tuple[int, ...], *inner: Any) -> Any:
    return keras.Sequential([keras.Input(shape), *inner])


#: A model, and its variables that are reported before any training.
FRESH: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "dense": (lambda: chain((24,), layers.Dense(24)), ["kernel"]),
    "without a bias": (lambda: chain((40,), layers.Dense(40, use_bias=False)), ["kernel"]),
    "bfloat16": (lambda: chain((24,), layers.Dense(24, dtype="bfloat16")), ["kernel"]),
    "float16": (lambda: chain((24,), layers.Dense(24, dtype="float16")), ["kernel"]),
    "he": (lambda: chain((24,), layers.Dense(24, kernel_initializer="he_normal")), ["kernel"]),
    "depthwise": (lambda: chain((6, 6, 24), layers.DepthwiseConv2D(3)), ["kernel"]),
    "separable": (
        lambda: chain((6, 6, 24), layers.SeparableConv2D(16, 3)),
        ["depthwise_kernel", "pointwise_kernel"],
    ),
    "gru": (lambda: chain((6, 24), layers.GRU(16)), ["kernel"]),
    "lstm": (lambda: chain((6, 24), layers.LSTM(16)), ["kernel"]),
    "attention": (lambda: attended(layers.MultiHeadAttention(3, 8)), ["kernel"] * 4),
    "grouped attention": (lambda: attended(layers.GroupQueryAttention(8, 4, 2)), ["kernel"] * 4),
    "einsum": (lambda: chain((6, 24), layers.EinsumDense("abc,cde->abde", (6, 3, 8), bias_axes="de")), ["kernel"]),
    "embedding": (lambda: chain((6,), layers.Embedding(40, 8)), ["embeddings"]),
    "embedding of its own": (
        lambda: chain((6,), layers.Embedding(60, 5, embeddings_initializer="glorot_uniform")),
        ["embeddings"],
    ),
    "little": (lambda: chain((8,), layers.Dense(8)), []),
    "little embedding": (lambda: chain((6,), layers.Embedding(20, 4)), []),
}


def untrained(model: Any, folder: Path) -> list[str]:
    path = folder / "model.keras"
    model.save(path)
    inspection = inspect_file(str(path))
    names = {one.info.path: one.info.name for one in inspection.variables}
    return [names[one.variable or ""] for one in check_weights(inspection, UNTRAINED).findings]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", FRESH)
def test_a_fresh_layer_is_told_of_until_it_is_trained(case: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    make, expected = FRESH[case]
    model = make()
    assert untrained(model, tmp_path) == expected
    random = np.random.default_rng(0)
    shapes = [(32, *tensor.shape[1:]) for tensor in (model.inputs[0], model.outputs[0])]
    model.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=True)
    model.fit(*(random.standard_normal(shape).astype("float32") for shape in shapes), epochs=3, verbose=0)
    assert untrained(model, tmp_path) == []
