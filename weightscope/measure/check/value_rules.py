"""The rules that look at values."""

from __future__ import annotations

from typing import Final

from weightscope.measure.check import fixes
from weightscope.measure.check.rule import Rule

VALUE_RULES: Final = (
    Rule(
        "nan-values",
        "values that are not a number",
        "error",
        "A variable holds NaN. Every output that depends on it is NaN, and so is every gradient: the model is broken, "
        "usually since a step whose loss or gradient overflowed. The finding says how many there are, where the first "
        "one is, and which output channels hold some.",
        fixes.EARLIER_CHECKPOINT,
    ),
    Rule(
        "infinite-values",
        "infinite values",
        "error",
        "A variable holds Inf or -Inf: an update overflowed, or a float32 was cast to float16 that does not hold it. "
        "The next difference of two of them is NaN. The finding says how many there are, where the first one is, and "
        "which output channels hold some.",
        fixes.FLOAT32,
    ),
    Rule(
        "zero-kernel",
        "a kernel of zeros",
        "warning",
        "Every value of a kernel is 0: the layer hands on its bias and nothing of its input. It was initialised with "
        "zeros, pruned away, or written by a conversion that lost it. Where a file does not name variables, only the "
        "first one of a layer counts as its kernel.",
        fixes.RANDOM_OR_RESTORED,
    ),
    Rule(
        "constant-kernel",
        "a kernel of one value",
        "warning",
        "Every value of a kernel is the same and not 0: all its units compute the same and get the same gradient, so "
        "that they never become different.",
        fixes.RANDOM_OR_RESTORED,
    ),
    Rule(
        "dead-channels",
        "output channels of zeros",
        "warning",
        "Some output channels of a kernel are all 0, others are not: what these channels give is their bias, whatever "
        "the input. They were pruned, or died, and cost their share of every step. Of a recurrent layer units are "
        "counted: a unit is dead if all its gates are.",
        fixes.DEAD,
        needs=("classes", "names"),
    ),
    Rule(
        "untrained-batchnorm",
        "moving statistics that never moved",
        "warning",
        "The moving mean of a batch normalisation is 0 everywhere and its moving variance 1: the layer was never "
        "called in training mode, so at inference it normalises nothing.",
        fixes.TRAINING_MODE,
        needs=("names",),
        about="layer",
    ),
    Rule(
        "unadapted-normalization",
        "a Normalization that saw no data",
        "warning",
        "The mean of a Normalization layer is 0 everywhere and its variance 1: adapt() was never called, so it hands "
        "on its inputs as they are. Mean and variance that were given as arguments are not in the file.",
        fixes.ADAPT,
        needs=("classes", "names"),
        about="layer",
    ),
    Rule(
        "negative-variance",
        "a variance below zero",
        "error",
        "A moving variance is negative somewhere. No training gives that: the file is damaged, or a conversion mixed "
        "up variables. Its root is NaN.",
        fixes.SOUND_STATISTICS,
        needs=("names",),
    ),
    Rule(
        "untrained-weights",
        "weights as the initializer left them",
        "warning",
        "A kernel or an Embedding still has the mean, standard deviation and range of the initializer that the config "
        "names, and its bias, if it has one, is as it was made: the weights were never trained, or were not restored "
        "before the model was saved. The finding gives the evidence; fewer than 100 values are no evidence. A frozen "
        "layer counts too: a layer is frozen to keep what it has learnt.",
        fixes.RESTORE,
        needs=("layers", "names"),
    ),
    Rule(
        "exploding-values",
        "very large values",
        "warning",
        "The largest magnitude of a weight is beyond a limit, 10,000 unless another is set: training diverges, or is "
        "about to. Whole numbers are left out, and states that follow the data: moving statistics, counts, the "
        "ranges of quantizers, the states of metrics.",
        fixes.EARLIER_CHECKPOINT,
        limit=1e4,
    ),
    Rule(
        "exploding-statistics",
        "a very large moving variance",
        "warning",
        "A moving variance of a batch normalisation is beyond a limit, 1e8 unless another is set, which is a "
        "standard deviation of 10,000: what comes into the layer has exploded, or was never scaled. The limit of a "
        "moving standard deviation is the root of it. The mean and variance of a Normalization layer describe raw "
        "data, and are left out.",
        fixes.SCALED_INPUTS,
        needs=("names",),
        limit=1e8,
    ),
    Rule(
        "denormal-values",
        "values too small for their dtype",
        "warning",
        "More than a share of a variable's values, 1 % unless another is set, are below the smallest normal number of "
        "their dtype: they have lost precision, and many processors are ten times slower with them.",
        fixes.DENORMAL,
        limit=0.01,
    ),
    Rule(
        "duplicate-variables",
        "two variables of the same bytes",
        "note",
        "Two variables hold the same bytes: weights were copied, one layer was loaded into two, or a legacy file "
        "holds a shared layer in each place where it is used. Moving statistics, which follow the data, and "
        "variables of one or two values only are left out.",
        None,
    ),
    Rule(
        "optimizer-without-steps",
        "an optimizer that made no step",
        "note",
        "The file holds an optimizer that has made 0 steps: the model was compiled and never trained since.",
        None,
        needs=("optimizer-names",),
    ),
    Rule(
        "skipped-steps",
        "loss scaling that skipped every step",
        "warning",
        "The optimizer has made 0 steps although loss scaling lowered its scale: the gradients of every step were not "
        "finite, so every step was skipped and nothing was trained.",
        fixes.NO_OVERFLOW,
        needs=("optimizer-names",),
    ),
)
