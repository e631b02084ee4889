"""Classifies a variable: a kernel, another learnt variable, or a state.

Custom layers have no facts in `keras_facts`, and some files name neither classes nor variables. For these, the words
in a variable's name, its role and its position decide.
"""

from __future__ import annotations

from weightscope.inspection import VariableInfo
from weightscope.keras_facts.layers import weights_named
from weightscope.keras_facts.records import Weight

#: The last words of the names of kernels, in Keras 1 to 3.
_KERNELS = ("kernel", "embeddings", "weight", "weights", "W")

#: The last words of the names of other variables that training changes.
_LEARNT = (*_KERNELS, "bias", "gamma", "beta", "alpha", "_b")

#: Words in the names of statistics of the data, counters, ranges of quantizers, and other states.
_OF_STATES = frozenset(
    [
        *("mean", "variance", "stddev", "std", "var", "count", "total", "sum", "num", "n", "step", "steps", "iter"),
        *("iteration", "iterations", "min", "max", "range", "amax", "history", "scale", "threshold", "zero", "point"),
        *("seed", "state", "idf", "epoch", "updates"),
    ]
)

#: Parts of the names of layers whose first weight is a scale or a slope, where a file does not name variables.
_WITHOUT_KERNEL = ("norm", "prelu", "p_re_lu", "scale")


def is_kernel(info: VariableInfo) -> bool:
    """Whether a variable is a kernel, which multiplies the layer's input: by its name, and with at least two axes.

    Slopes, scales and shifts are not kernels, with any shape: PReLU initializes its slopes to zeros, a normalization
    its scales to ones and its shifts to zeros. If a file does not name variables, only the first one of a layer is
    taken as a kernel: the others may be biases, which have two axes in attention layers and in a GRU.
    """
    if info.role != "weight" or len(info.shape) < 2 or "float" not in info.dtype:
        return False
    if info.name.isdecimal():
        return info.name == "0" and not _is_without_kernel(info)
    return info.name.endswith(_KERNELS)


def statistic_facts(info: VariableInfo) -> Weight | None:
    """Returns the facts about a statistic of the data; None for any other variable.

    The names that BatchNormalization uses are recognized in layers of other classes too.
    """
    facts = weights_named(info.layer_class or "", info.name) or weights_named("BatchNormalization", info.name)
    return next((weight for weight in facts if weight.statistic is not None), None)


def is_moved_by_call(info: VariableInfo) -> bool:
    """Whether a layer of Keras updates the variable itself when it is called in training mode and is not frozen."""
    return any(weight.moved_by_call for weight in weights_named(info.layer_class or "", info.name))


def is_learnt(info: VariableInfo) -> bool:
    """Whether training changes a variable, as far as known; statistics and states follow the data instead."""
    if info.role != "weight" or "float" not in info.dtype:
        return False
    if info.trainable or info.name.endswith(_LEARNT):
        return True
    if info.trainable is False or not info.shape:
        return False
    if info.name.isdecimal():
        return not _is_without_kernel(info)
    return _OF_STATES.isdisjoint(info.name.lower().split("_"))


def _is_without_kernel(info: VariableInfo) -> bool:
    group = (info.stored_at or "").partition("/vars/")[0]
    names = (info.layer.rpartition("/")[2].lower(), group.rpartition("/")[2])
    return any(part in name for name in names for part in _WITHOUT_KERNEL)
