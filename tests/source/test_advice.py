"""Hints about code for Keras 2 are true: the old names are gone, and each replacement does the same."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from tests.conftest import of_the_present_keras
from weightscope.source.advice import advice_for, replacement_for
from weightscope.source.keras2_names import MEMBERS, REPLACEMENTS
from weightscope.source.live.framework import keras, tensorflow

BACKEND = sorted(name.removeprefix("keras.backend.") for name in REPLACEMENTS if name.startswith("keras.backend."))
X = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 3, 4)
Y = np.linspace(0.5, 2, 24, dtype="float32").reshape(2, 3, 4)
M = np.arange(12, dtype="float32").reshape(3, 4)
P = np.full((2, 3), 1 / 3, dtype="float32")
IMAGE = np.arange(2 * 6 * 6 * 3, dtype="float32").reshape(2, 6, 6, 3)

#: The arguments of functions whose replacement is a function of the same arguments; (X,) for all others.
SAME_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        ["equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum", "not_equal"], (X, Y)
    ),
    "all": (X > 0,),
    "any": (X > 0,),
    "arange": (2, 9),
    "binary_crossentropy": (P, P * 0.5),
    "cast": (X, "int32"),
    "categorical_crossentropy": (P, P),
    "clip": (X, -0.5, 0.5),
    "constant": (X,),
    "dot": (M, M.T),
    "expand_dims": (X, 1),
    "eye": (3,),
    "log": (Y,),
    "map_fn": (),
    "one_hot": (np.array([0, 2]), 3),
    "ones": ((2, 3),),
    "pow": (Y, 2),
    "reshape": (X, (6, 4)),
    "round": (X * 3,),
    "sparse_categorical_crossentropy": (np.array([0, 2]), P),
    "sqrt": (Y,),
    "squeeze": (X[:1], 0),
    "stack": ([X, Y],),
    "tile": (X, (1, 2, 1)),
    "transpose": (M,),
    "variable": (X,),
    "zeros": ((2, 3),),
}

#: Pairs of an old and a new expression, where the arguments differ.
EXPRESSIONS = {
    "argmax": ("K.argmax(X)", "keras.ops.argmax(X, axis=-1)"),
    "argmin": ("K.argmin(X)", "keras.ops.argmin(X, axis=-1)"),
    "concatenate": ("K.concatenate([X, Y])", "keras.ops.concatenate([X, Y], axis=-1)"),
    "cumprod": ("K.cumprod(X)", "keras.ops.cumprod(X, axis=0)"),
    "cumsum": ("K.cumsum(X)", "keras.ops.cumsum(X, axis=0)"),
    "hard_sigmoid": ("K.hard_sigmoid(4 * X)", "keras.ops.clip(0.2 * 4 * X + 0.5, 0, 1)"),
    "batch_dot": ("K.batch_dot(X, K.permute_dimensions(Y, (0, 2, 1)))", "keras.ops.matmul(X, Y.transpose(0, 2, 1))"),
    "batch_flatten": ("K.batch_flatten(X)", "keras.ops.reshape(X, (keras.ops.shape(X)[0], -1))"),
    "bias_add": ("K.bias_add(X, M[0])", "X + M[0]"),
    "cast_to_floatx": ("K.cast_to_floatx(X)", "keras.ops.cast(X, keras.config.floatx())"),
    "conv2d": ("K.conv2d(IMAGE, KERNEL)", "keras.ops.conv(IMAGE, KERNEL)"),
    "conv1d": ("K.conv1d(IMAGE[0], KERNEL[0])", "keras.ops.conv(IMAGE[0], KERNEL[0])"),
    "count_params": ("K.count_params(K.variable(X))", "math.prod(X.shape)"),
    "depthwise_conv2d": (
        "K.depthwise_conv2d(IMAGE, KERNEL[..., :1])",
        "keras.ops.depthwise_conv(IMAGE, KERNEL[..., :1])",
    ),
    "gather": ("K.gather(X, [1, 0])", "keras.ops.take(X, [1, 0], axis=0)"),
    "get_value": ("K.get_value(K.variable(X))", "keras.ops.convert_to_numpy(keras.Variable(X))"),
    "eval": ("K.eval(K.variable(X))", "keras.ops.convert_to_numpy(keras.Variable(X))"),
    "in_train_phase": ("K.in_train_phase(X, Y, training=True)", "X if True else Y"),
    "in_test_phase": ("K.in_test_phase(X, Y, training=True)", "Y if True else X"),
    "int_shape": ("K.int_shape(K.variable(X))", "X.shape"),
    "l2_normalize": ("K.l2_normalize(X, axis=-1)", "keras.ops.normalize(X, axis=-1, order=2)"),
    "map_fn": ("K.map_fn(lambda x: x * 2, X)", "keras.ops.map(lambda x: x * 2, X)"),
    "permute_dimensions": ("K.permute_dimensions(X, (2, 0, 1))", "keras.ops.transpose(X, (2, 0, 1))"),
    "pool2d": ("K.pool2d(IMAGE, (2, 2), (2, 2))", "keras.ops.max_pool(IMAGE, (2, 2), (2, 2))"),
    "repeat": ("K.repeat(M, 2)", "keras.layers.RepeatVector(2)(M)"),
    "repeat_elements": ("K.repeat_elements(X, 2, 1)", "keras.ops.repeat(X, 2, 1)"),
    "resize_images": (
        "K.resize_images(IMAGE, 2, 2, 'channels_last')",
        "keras.ops.image.resize(IMAGE, (12, 12), interpolation='nearest')",
    ),
    "reverse": ("K.reverse(X, 1)", "keras.ops.flip(X, 1)"),
    "spatial_2d_padding": ("K.spatial_2d_padding(IMAGE)", "keras.ops.pad(IMAGE, ((0, 0), (1, 1), (1, 1), (0, 0)))"),
    "switch": ("K.switch(X > 0, X, Y)", "keras.ops.where(X > 0, X, Y)"),
    "temporal_padding": ("K.temporal_padding(X)", "keras.ops.pad(X, ((0, 0), (1, 1), (0, 0)))"),
}


def is_close(one: Any, other: Any) -> bool:
    first, second = (
        np.asarray(keras.ops.convert_to_numpy(each) if hasattr(each, "dtype") else each) for each in (one, other)
    )
    return first.shape == second.shape and bool(np.allclose(first, second, atol=1e-5))


def functions_of_the_same_arguments() -> list[str]:
    return [name for name in BACKEND if re.fullmatch(r"keras\.[\w.]+", REPLACEMENTS[f"keras.backend.{name}"])]


def test_a_replacement_gives_what_keras_2_gave() -> None:
    backend = pytest.importorskip("tf_keras").backend
    kernel = np.linspace(-1, 1, 3 * 3 * 3 * 2, dtype="float32").reshape(3, 3, 3, 2)
    arrays = {"X": X, "Y": Y, "M": M, "IMAGE": IMAGE, "KERNEL": kernel}
    scope = {**arrays, "keras": keras, "math": math}
    old_scope = {"K": backend, **{name: tensorflow.constant(array) for name, array in arrays.items()}}
    differ = []
    for name in functions_of_the_same_arguments():
        if name in EXPRESSIONS or not _is_deterministic(name):
            continue
        arguments = SAME_ARGUMENTS.get(name, (X,))
        tensors = keras.tree.map_structure(
            lambda one: tensorflow.constant(one) if isinstance(one, np.ndarray) else one, arguments
        )
        old = getattr(backend, name)(*tensors)
        new = eval(REPLACEMENTS[f"keras.backend.{name}"], scope)(*arguments)
        if not is_close(old, new):
            differ.append(name)
    for name, (old_expression, new_expression) in EXPRESSIONS.items():
        if not is_close(eval(old_expression, old_scope), eval(new_expression, scope)):
            differ.append(name)
    assert " ".join(differ) == ""


def _is_deterministic(name: str) -> bool:
    """Whether a function needs no others: not random, and no piece of a program that Keras 3 writes differently."""
    needs_more = {
        "spatial_3d_padding",
        "placeholder",
        "rnn",
        "name_scope",
        "conv3d",
        "conv2d_transpose",
        "separable_conv2d",
    }
    return "random" not in name and name not in needs_more and name not in ("dropout", "truncated_normal")


def test_every_replacement_that_is_a_name_is_in_keras_3() -> None:
    scope = {"keras": keras, "tf": tensorflow}
    for old, new in REPLACEMENTS.items():
        for name in re.findall(r"(?:keras|tf)(?:\.\w+)+", new):
            assert eval(name, scope) is not None, (old, name)
        if new.startswith("from keras"):
            exec(new.partition(", ...")[0].partition(", or ")[0], {})


def test_no_old_name_is_in_keras_3_and_every_one_was_in_keras_2() -> None:
    keras2 = pytest.importorskip("tf_keras")
    for old in REPLACEMENTS:
        with pytest.raises((AttributeError, ImportError)):
            eval(old, {"keras": keras})
    for name in BACKEND:
        assert hasattr(keras2.backend, name) or name == "tensorflow_backend", name
    for name in MEMBERS:
        assert not any(hasattr(one, name) for one in (keras.layers.Layer, keras.Model)), name


@pytest.mark.parametrize(
    ("code", "new"),
    [
        ("keras.backend.dot", "keras.ops.dot in place of keras.backend.dot"),
        ("tensorflow.keras.backend.learning_phase", "the argument `training` of call()"),
        ("keras.layers.AbstractRNNCell", "keras.layers.Layer, with state_size"),
        ("exec('from keras.layers import AbstractRNNCell')", "keras.layers.Layer, with state_size"),
        ("exec('from keras.engine.topology import Layer')", "from keras.layers import Layer"),
        ("exec('from keras.layers.core import Dense')", "from keras.layers import Dense"),
        ("exec('from keras.utils import np_utils')", "keras.utils.to_categorical"),
        ("exec('from keras.utils.np_utils import to_categorical')", "keras.utils.to_categorical"),
        ("tensorflow.keras.layers.experimental.preprocessing", "keras.layers"),
        pytest.param(
            "keras.layers.Layer().add_weight('w', (2,))",
            'self.add_weight(shape=..., name="w")',
            marks=of_the_present_keras,
        ),
        ("keras.layers.Layer().add_weight('w', shape=(2,))", "self.add_weight(shape=..., name="),
        ("keras.layers.Layer().add_variable('w', (2,), initializer='zeros')", "self.add_weight(shape=..."),
        ("keras.layers.Layer().add_update([])", "variable.assign(value) in call()"),
        ("keras.Sequential().fit_generator", "model.fit"),
        ("(2, 3)[-1].value", "input_shape[-1] in place of input_shape[-1].value"),
        ("(None, 3).as_list()", "list(input_shape)"),
        ("(None, 3).ndims", "len(input_shape)"),
    ],
)
def test_an_error_of_old_code_is_recognized(code: str, new: str) -> None:
    with pytest.raises((AttributeError, ImportError, TypeError, ValueError)) as raised:
        eval(code, {"keras": keras, "tensorflow": tensorflow})
    hint = replacement_for(str(raised.value))
    assert hint is not None
    assert hint.startswith("this is code for Keras 2")
    assert new in hint


def test_the_hint_for_state_made_in_call_is_to_make_it_before() -> None:
    layer = keras.layers.Dense(1)
    layer.build((1, 1))
    with pytest.raises(ValueError, match="new elements of state") as raised:
        layer.add_weight(shape=())
    assert advice_for(str(raised.value)) == "create variables and sub-layers in __init__() or build(), not in call()"


@pytest.mark.parametrize(
    "message", ["", "no such file", "module 'numpy' has no attribute 'dot'", "No module named 'dot'", "'X' object"]
)
def test_other_errors_are_no_old_code(message: str) -> None:
    assert replacement_for(message) is None
    assert advice_for(message) is None


def test_what_asks_for_a_gpu_is_told_of_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = tensorflow.zeros((1, 2, 2))
    with pytest.raises(tensorflow.errors.NotFoundError) as raised:
        tensorflow.raw_ops.CudnnRNNV2(input=zeros, input_h=zeros, input_c=zeros, params=tensorflow.zeros(9))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "--gpu" in (advice_for(str(raised.value)) or "")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert advice_for(str(raised.value)) is None
