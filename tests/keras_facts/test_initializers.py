"""The facts of an initializer match the values that Keras makes with it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from tests.conftest import of_the_present_keras
from weightscope.keras_facts.einsum import einsum_axes
from weightscope.keras_facts.initializers import distribution_of

make = keras.initializers

INITIALIZERS = {
    "glorot_uniform": make.GlorotUniform(seed=1),
    "glorot_normal": make.GlorotNormal(seed=1),
    "he_uniform": make.HeUniform(seed=1),
    "he_normal": make.HeNormal(seed=1),
    "lecun_uniform": make.LecunUniform(seed=1),
    "lecun_normal": make.LecunNormal(seed=1),
    "random_uniform": make.RandomUniform(-0.3, 0.1, seed=1),
    "random_normal": make.RandomNormal(0.2, 0.3, seed=1),
    "truncated_normal": make.TruncatedNormal(0.2, 0.3, seed=1),
    "scaled by outputs": make.VarianceScaling(3.0, "fan_out", "uniform", seed=1),
    "scaled without a limit": make.VarianceScaling(0.5, "fan_in", "untruncated_normal", seed=1),
}


def assert_is_as_made(initializer: Any, values: Any, axes: Any = None) -> None:
    made = distribution_of(make.serialize(initializer), values.shape, axes)
    assert made is not None
    assert made.name == type(initializer).__name__
    assert values.mean() == pytest.approx(made.mean, abs=made.deviation / 20)
    assert values.std() == pytest.approx(made.deviation, rel=0.03)
    reach = np.abs(values - made.mean).max()
    assert reach <= made.limit * (1 + 1e-5)
    assert not made.is_uniform or reach > made.limit * 0.99


@pytest.mark.parametrize("shape", [(90, 70), (3, 3, 20, 30), (20000,)])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_values_are_as_told(name: str, shape: tuple[int, ...]) -> None:
    assert_is_as_made(INITIALIZERS[name], np.asarray(INITIALIZERS[name](shape)))


@of_the_present_keras
@pytest.mark.parametrize(
    ("equation", "output"), [("abc,cd->abd", (5, 80)), ("abc,cde->abde", (5, 8, 30)), ("...c,dc->...d", (80,))]
)
def test_an_einsum_tells_which_axes_are_its_inputs(equation: str, output: tuple[int, ...]) -> None:
    layer = keras.layers.EinsumDense(equation, output, kernel_initializer=make.GlorotUniform(seed=1))
    layer.build((None, 5, 60))
    kernel = np.asarray(layer.kernel)
    assert_is_as_made(layer.kernel_initializer, kernel, einsum_axes(equation, kernel.ndim))


@of_the_present_keras
def test_axes_that_the_initializer_names_win() -> None:
    initializer = make.GlorotUniform(seed=1, input_axes=[0, 1], output_axes=[2])
    assert_is_as_made(initializer, np.asarray(initializer((40, 8, 30))), ((0,), (1, 2)))


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "glorot_uniform",
        {"class_name": 3},
        {"class_name": "Orthogonal", "config": {}},
        {"class_name": "VarianceScaling", "config": {"scale": "3", "mode": [], "distribution": {}}},
        {"class_name": "VarianceScaling", "config": {"scale": 1e400}},
        {"class_name": "RandomNormal", "config": {"stddev": 10**400}},
        {"class_name": "RandomUniform", "config": {"minval": 1, "maxval": -1}},
    ],
)
def test_of_what_nobody_knows_nothing_is_told(odd: Any) -> None:
    assert distribution_of(odd, (20, 30)) is None


@pytest.mark.parametrize("odd", [[9, 1], ["0", 1], [0.5], {}, 3])
def test_axes_that_are_none_are_left_aside(odd: Any) -> None:
    plain = {"class_name": "GlorotUniform", "config": {}}
    odd_axes = {"class_name": "GlorotUniform", "config": {"input_axes": odd, "output_axes": [1]}}
    assert distribution_of(odd_axes, (20, 30)) == distribution_of(plain, (20, 30))
    assert einsum_axes(odd, 2) is None
