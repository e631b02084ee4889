"""What a variable is for: a kernel, something that is learnt, or a state.

Layers of one's own have no facts in `keras_facts`, and some files name neither classes nor variables: there the words
of a name, its role and its place decide.
"""

from __future__ import annotations

from weightscope.inspection import VariableInfo
from weightscope.keras_facts.layers import weights_named
from weightscope.keras_facts.records import Weight

#: How the names of kernels end: Keras' own, and those of Keras 1.
_KERNELS = ("kernel", "embeddings", "weight", "weights", "W")

#: How the names end of what else training changes.
_LEARNT = (*_KERNELS, "bias", "gamma", "beta", "alpha", "_b")

#: Words in the names of variables that follow the data or count something: statistics, ranges of quantizers, states.
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
    """Whether a variable is multiplied with what comes in: one of two axes or more whose name says so.

    Slopes, scales and shifts are no kernels, whatever their shape: those of PReLU are made as zeros, those of a
    normalisation as ones and zeros. Where a file does not name variables, only the first of a layer is taken for a
    kernel: the others may be biases, which have two axes in attention layers and in a GRU.
    """
    if info.role != "weight" or len(info.shape) < 2 or "float" not in info.dtype:
        return False
    if info.name.isdecimal():
        return info.name == "0" and not _is_without_kernel(info)
    return info.name.endswith(_KERNELS)


def statistic_facts(info: VariableInfo) -> Weight | None:
    """Returns the facts of a statistic of the data; None for any other variable.

    The names of BatchNormalization's are taken for what they say in layers of other classes too.
    """
    facts = weights_named(info.layer_class or "", info.name) or weights_named("BatchNormalization", info.name)
    return next((weight for weight in facts if weight.statistic is not None), None)


def is_moved_by_call(info: VariableInfo) -> bool:
    """Whether a layer of Keras moves a variable itself when it is called in training mode, unless it is frozen."""
    return any(weight.moved_by_call for weight in weights_named(info.layer_class or "", info.name))


def is_learnt(info: VariableInfo) -> bool:
    """Whether training is what changes a variable, as far as that is known; statistics and states follow the data."""
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
