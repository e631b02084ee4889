"""Each size that follows from a config is compared with the file; files that Keras saved always fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import pytest

from tests.records import inspection, variable
from weightscope.inspection import Inspection, Variable
from weightscope.inspection.layer_config import LayerConfig
from weightscope.measure.check.shapes import findings_of_shapes
from weightscope.source.file import inspect_file

layers = keras.layers

#: A layer, the shape of its input, and the sizes that do not follow from its config: variable and axis.
CASES: dict[str, tuple[Callable[[], Any], tuple[int, ...], set[tuple[str, int]]]] = {
    "dense": (lambda: layers.Dense(3), (5,), set()),
    "embedding": (lambda: layers.Embedding(7, 3), (5,), set()),
    "convolution in groups": (lambda: layers.Conv2D(6, (2, 3), groups=2), (8, 8, 4), set()),
    "transposed convolution": (lambda: layers.Conv1DTranspose(3, 2), (8, 4), set()),
    "convolution in depth": (lambda: layers.DepthwiseConv2D((2, 3), depth_multiplier=2), (8, 8, 4), set()),
    "separable convolution": (lambda: layers.SeparableConv2D(3, 2, depth_multiplier=2), (8, 8, 4), set()),
    "normalization": (lambda: layers.BatchNormalization(axis=1), (4, 6), set()),
    "lstm": (lambda: layers.LSTM(2), (5, 3), {("kernel", 0)}),
    "gru": (lambda: layers.GRU(2), (5, 3), {("kernel", 0)}),
    "gru of old": (lambda: layers.GRU(2, reset_after=False), (5, 3), {("kernel", 0)}),
    "simple": (lambda: layers.SimpleRNN(2), (5, 3), {("kernel", 0)}),
    "convolutional lstm": (lambda: layers.ConvLSTM2D(2, (2, 3)), (3, 6, 6, 2), {("kernel", 2)}),
}


def of_size(one: Variable, axis: int) -> Variable:
    sizes = list(one.info.shape)
    sizes[axis] += 1
    return replace(one, info=replace(one.info, shape=tuple(sizes)))


def missed(model: Inspection) -> set[tuple[str, int]]:
    """Returns the sizes that can be changed without a finding."""
    found = set()
    for place, one in enumerate(model.variables):
        for axis in range(len(one.info.shape)):
            changed = (*model.variables[:place], of_size(one, axis), *model.variables[place + 1 :])
            findings = findings_of_shapes(replace(model, variables=changed))
            if one.info.path not in [each.variable for each in findings]:
                found.add((one.info.name, axis))
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES)
def test_a_size_that_is_not_what_the_config_implies_is_told_of(case: str, tmp_path: Path) -> None:
    make, shape, unknown = CASES[case]
    keras.Sequential([keras.Input(shape), make()]).save(tmp_path / "model.keras")
    model = inspect_file(str(tmp_path / "model.keras"))
    assert not list(findings_of_shapes(model))
    assert missed(model) == unknown


def test_the_variables_of_a_normalization_are_of_one_length_where_its_input_is_not_known() -> None:
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    normalization = tuple(variable(f"norm/{name}", (4,), layer_class="BatchNormalization") for name in names)
    model = inspection(*normalization[:3], of_size(normalization[3], 0))
    (found,) = findings_of_shapes(model)
    assert found.variable == "norm/moving_variance"
    assert found.message == "the layer's other variables imply (4,), the file holds (5,)"
    assert not list(findings_of_shapes(inspection(*normalization)))


@pytest.mark.parametrize(
    "odd", [None, True, -3, 10**4299, 1e300, "3", [3], {"a": 1}, [10**400] * 2], ids=lambda odd: str(odd)[:9]
)
@pytest.mark.parametrize("option", ["kernel_size", "filters", "groups", "axis"])
def test_a_config_that_makes_no_sense_is_not_held_against_the_file(option: str, odd: Any) -> None:
    config = {"kernel_size": [2, 2], "filters": 3, **{option: odd}}
    layer = LayerConfig("conv", "Conv2D", config, input_shape=(None, 8, 8, 2))
    model = inspection(variable("conv/kernel", (2, 2, 2, 3), layer_class="Conv2D"))
    assert not list(findings_of_shapes(replace(model, layers=(layer,))))
