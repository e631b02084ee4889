"""The rules that read values."""

from __future__ import annotations

from typing import Final

from weightscope.measure.check import fixes
from weightscope.measure.check.rule import Rule

VALUE_RULES: Final = (
    Rule(
        "nan-values",
        "values that are not a number",
        "error",
        "A variable holds NaN. Every output that depends on the variable is NaN, and so is every gradient. The usual "
        "cause is a training step whose loss or gradient overflowed. The finding gives the number of NaN, the index of "
        "the first one, and the output channels that hold any.",
        fixes.EARLIER_CHECKPOINT,
    ),
    Rule(
        "infinite-values",
        "infinite values",
        "error",
        "A variable holds Inf or -Inf: an update overflowed, or a float32 value too large for float16 was cast to it. "
        "The difference of two infinite values is NaN. The finding gives the number of infinite values, the index of "
        "the first one, and the output channels that hold any.",
        fixes.FLOAT32,
    ),
    Rule(
        "zero-kernel",
        "a kernel of zeros",
        "warning",
        "Every value of a kernel is 0: the layer outputs its bias and ignores its input. The kernel was initialized "
        "with zeros, pruned entirely, or lost in a conversion. If a file does not name variables, only the first "
        "variable of a layer counts as its kernel.",
        fixes.RANDOM_OR_RESTORED,
    ),
    Rule(
        "constant-kernel",
        "a kernel of one value",
        "warning",
        "All values of a kernel are equal and not 0. All units compute the same output and get the same gradient, so "
        "they never become different.",
        fixes.RANDOM_OR_RESTORED,
    ),
    Rule(
        "dead-channels",
        "output channels of zeros",
        "warning",
        "Some output channels of a kernel are all 0, others are not. These channels output their bias for every input. "
        "They were pruned or died, and still cost computing time. In a recurrent layer units are counted: a unit is "
        "dead if all its gates are.",
        fixes.DEAD,
        needs=("classes", "names"),
    ),
    Rule(
        "untrained-batchnorm",
        "moving statistics that never moved",
        "warning",
        "The moving mean of a batch normalization is 0 everywhere and its moving variance is 1. The layer was never "
        "called in training mode, so it normalizes nothing at inference.",
        fixes.TRAINING_MODE,
        needs=("names",),
        about="layer",
    ),
    Rule(
        "unadapted-normalization",
        "a Normalization that saw no data",
        "warning",
        "The mean of a Normalization layer is 0 everywhere and its variance is 1. adapt() was never called, so the "
        "layer does not change its inputs. A mean and variance that were given as arguments are not in the file.",
        fixes.ADAPT,
        needs=("classes", "names"),
        about="layer",
    ),
    Rule(
        "negative-variance",
        "a variance below zero",
        "error",
        "A moving variance has negative values, and their square root is NaN. Training cannot cause this: the file is "
        "damaged, or a conversion mixed up variables.",
        fixes.SOUND_STATISTICS,
        needs=("names",),
    ),
    Rule(
        "untrained-weights",
        "weights that still equal their initializer",
        "warning",
        "A kernel or an Embedding still has the mean, standard deviation and range of the initializer in the config, "
        "and its bias, if any, still has its initial values. The weights were never trained, or were not restored "
        "before the model was saved. The finding gives the evidence; fewer than 100 values are not enough. Frozen "
        "layers are reported too: a layer is frozen to keep trained weights.",
        fixes.RESTORE,
        needs=("layers", "names"),
    ),
    Rule(
        "exploding-values",
        "very large values",
        "warning",
        "The largest magnitude of a weight is above a limit (10,000 by default): training diverges, or will soon. "
        "Integers are left out, and so are states that follow the data: moving statistics, counts, the "
        "ranges of quantizers, the states of metrics.",
        fixes.EARLIER_CHECKPOINT,
        limit=1e4,
    ),
    Rule(
        "exploding-statistics",
        "a very large moving variance",
        "warning",
        "A moving variance of a batch normalization is above a limit (1e8 by default, a standard deviation of 10,000). "
        "The layer's inputs have exploded, or were never scaled. The limit of a moving standard deviation is the "
        "square root of this limit. The mean and variance of a Normalization layer describe raw data, and are left "
        "out.",
        fixes.SCALED_INPUTS,
        needs=("names",),
        limit=1e8,
    ),
    Rule(
        "denormal-values",
        "values too small for their dtype",
        "warning",
        "More than a share of a variable's values (1 % by default) are below the smallest normal number of their "
        "dtype. They have lost precision, and many processors compute ten times slower with them.",
        fixes.DENORMAL,
        limit=0.01,
    ),
    Rule(
        "duplicate-variables",
        "two variables of the same bytes",
        "note",
        "Two variables hold the same bytes. Weights were copied, one layer was loaded into two, or a legacy file "
        "stores a shared layer in each place where it is used. Moving statistics, which follow the data, and "
        "variables with only one or two distinct values are left out.",
        None,
    ),
    Rule(
        "optimizer-without-steps",
        "an optimizer that made no step",
        "note",
        "The optimizer in the file has made 0 steps: the model was not trained after it was compiled.",
        None,
        needs=("optimizer-names",),
    ),
    Rule(
        "skipped-steps",
        "loss scaling that skipped every step",
        "warning",
        "The optimizer has made 0 steps although loss scaling lowered its scale. The gradients of every step were not "
        "finite, so every step was skipped and nothing was trained.",
        fixes.NO_OVERFLOW,
        needs=("optimizer-names",),
    ),
)
