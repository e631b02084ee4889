"""What there is to draw of a variable."""

from __future__ import annotations

import numpy as np
import pytest

from tests.records import variable
from weightscope.errors import UsageError
from weightscope.measure.axes import axes_of
from weightscope.measure.closeup.subject import Subject


def subject(shape: tuple[int, ...], layer_class: str | None = "Dense", dtype: str = "float32") -> Subject:
    one = variable("layer/kernel", shape, layer_class=layer_class, dtype=dtype)
    return Subject(one, axes_of(one.info))


@pytest.mark.parametrize(
    ("shape", "layer_class", "kind"),
    [
        ((8,), "Dense", "row"),
        ((5, 8), "Dense", "matrix"),
        ((3, 3, 4, 8), "Conv2D", "filters"),
        ((3, 4, 8), "Conv1D", "filters"),
        ((3, 3, 4, 8), "MyOwnConvolution", "filters"),
    ],
)
def test_axes_decide_what_is_drawn(shape: tuple[int, ...], layer_class: str, kind: str) -> None:
    assert subject(shape, layer_class).kind == kind


@pytest.mark.parametrize(
    ("one", "message", "hint"),
    [
        (subject(()), "a single value", "leave the picture out"),
        (subject((0, 4)), "no values", "that has some"),
        (subject((2, 3), dtype="complex64"), "complex64", "numbers"),
        (subject((2, 3, 4), None), "3 axes", "--slice 0,:,:"),
        (subject((3, 3, 3, 4, 8), "Conv3D"), "5 axes", "--slice 0,0,0,:,:"),
        (subject((64, 64, 4, 8), "Conv2D"), "4 axes", "--slice :,:,0,0"),
        (subject((64, 64, 4, 8), None), "4 axes", "--slice 0,0,:,:"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_what_to_do(one: Subject, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        _ = one.kind
    assert message in error.value.message
    assert hint in error.value.hint
    assert one.kind_or_none is None


@pytest.mark.parametrize(
    ("shape", "layer_class", "names"),
    [
        ((3, 2, 4, 8), "Conv2D", ("in", "out")),
        ((3, 2, 8, 4), "Conv2DTranspose", ("in", "out")),
        ((3, 2, 4, 8), "DepthwiseConv2D", ("in", "multiplier")),
        ((3, 2, 8, 1), "DepthwiseConv2D", ("multiplier", "in")),
        ((3, 4, 8), "Conv1D", ("in", "out")),
        ((3, 2, 4, 8), None, ("axis 2", "axis 3")),
    ],
)
def test_filters_are_those_of_the_kernel(
    shape: tuple[int, ...], layer_class: str | None, names: tuple[str, str]
) -> None:
    one = subject(shape, layer_class)
    kernel = one.variable.read()
    filters = one.filters(2, 3)
    assert (filters.input_name, filters.output_name) == names
    axes = [*(one.axes or ("height", "width", "axis 2", "axis 3"))]
    assert (filters.inputs, filters.outputs) == tuple(shape[axes.index(name)] for name in names)
    for source in range(filters.values.shape[2]):
        for target in range(filters.values.shape[3]):
            index = {names[0]: source, names[1]: target}
            expected = kernel[tuple(index.get(axis, slice(None)) for axis in axes)]
            np.testing.assert_array_equal(filters.values[:, :, source, target], np.atleast_2d(expected))
    assert filters.values.shape[2] == min(2, filters.inputs)
    assert filters.values.shape[3] == min(3, filters.outputs)
