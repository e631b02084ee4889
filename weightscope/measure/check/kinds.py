"""What a variable is for, as far as its name, role and place tell: a kernel, something that is learnt, or a state."""

from __future__ import annotations

from weightscope.inspection import VariableInfo

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
