"""What the axes of a variable mean, looked up by the class of its layer and its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weightscope.inspection import VariableInfo
from weightscope.keras_facts.core import FROM_EQUATION
from weightscope.keras_facts.einsum import einsum_axis_names
from weightscope.keras_facts.layers import weights_named
from weightscope.keras_facts.records import Product, Weight
from weightscope.keras_facts.sublayers import CELLS, PROJECTIONS


def axes_of(info: VariableInfo, config: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Returns the meaning of each axis, such as `height, width, in, out`; empty if not known for certain.

    `in` of a convolution in groups are the channels of one group. `gates` of an LSTM are input, forget, cell and
    output, one after the other, of a GRU update, reset and candidate, each as long as `units`. Whole numbers are
    quantised values, which Keras may pack or transpose: their axes are unknown, as are those of an optimizer's
    variables.

    Args:
        info: The variable.
        config: The config of its layer, if known: it defines the axes of an EinsumDense.
    """
    if info.role == "optimizer" or info.dtype.startswith(("int", "uint")):
        return ()
    for weight in _facts_of(info):
        if weight.axes == FROM_EQUATION:
            return einsum_axis_names(config or {}, info.name, len(info.shape))
        axes = weight.axes_for(len(info.shape))
        if axes is not None:
            return axes
    return ()


def axes_by_place(info: VariableInfo) -> tuple[str, ...]:
    """Returns the axes of an attention kernel in a file that does not store classes; empty for all else.

    The place in the file has the attribute of the attention layer, such as `query_dense`. This is good enough to draw
    the kernel, not to judge it: a layer of the user's own may have an attribute of this name.
    """
    if info.layer_class is not None or info.stored_at is None:
        return ()
    groups = {part.lstrip("_") for part in info.stored_at.split("/")}
    found = (one.axes for one in PROJECTIONS if one.attribute in groups and len(one.axes) == len(info.shape))
    return next(found, ())


def gates_of(info: VariableInfo) -> int:
    """Returns how many gates follow each other along the axis `gates`; 1 without gates."""
    sizes = (size for weight in _facts_of(info) for size in weight.shape or ())
    factors = (size.factors[0] for size in sizes if isinstance(size, Product))
    return next((factor for factor in factors if isinstance(factor, int)), 1)


def _facts_of(info: VariableInfo) -> tuple[Weight, ...]:
    class_name = info.layer_class or ""
    owner = CELLS[class_name].class_name if class_name in CELLS else class_name
    return weights_named(owner, info.name)
