"""Rules on what the values of a variable are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from weightscope.inspection import VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.statistics import Statistics
from weightscope.measure.check.observed import Observed
from weightscope.measure.check.rules import RULES, Thresholds

_MOST_CHANNELS_TOLD = 10

#: Variables that follow the data, not the loss.
_MOVING = (
    "moving_mean",
    "moving_variance",
    "moving_stddev",
    "renorm_mean",
    "renorm_stddev",
    "mean",
    "variance",
    "count",
)


#: Variables that no data makes negative.
_VARIANCES = ("moving_variance", "moving_stddev", "renorm_stddev", "variance")


def finding(rule: str, message: str, variable: str | None = None, count: int | None = None) -> Finding:
    """Returns a finding of a rule, with the level and the remedy that the rule has."""
    return Finding(rule, RULES[rule].level, message, variable, count, RULES[rule].fix)


def findings_of_values(observed: Observed, statistics: Statistics, thresholds: Thresholds) -> Iterator[Finding]:
    """Yields what is wrong with the values of one variable."""
    info = observed.info
    yield from _non_finite(observed, statistics)
    if statistics.minimum is None or statistics.maximum is None:
        return
    if is_kernel(info) and statistics.finite == statistics.elements > 1:
        yield from _constant(info, statistics)
    dead = np.flatnonzero(observed.silent)
    if 0 < dead.size < observed.silent.size and not info.name.startswith("lora"):
        message = f"{dead.size:,} of {observed.silent.size:,} output channels are all 0: {_listed(dead.tolist())}"
        yield finding("dead-channels", message, info.path, dead.size)
    if info.name in _VARIANCES and statistics.minimum < 0:
        yield finding("negative-variance", f"its smallest value is {statistics.minimum:.3g}", info.path)
    largest = max(abs(statistics.minimum), abs(statistics.maximum))
    if "float" in info.dtype and info.name not in _MOVING and largest > thresholds.exploding_values:
        message = f"its largest magnitude is {largest:.3g}, beyond {thresholds.exploding_values:g}"
        yield finding("exploding-values", message, info.path)
    if observed.denormals > thresholds.denormal_values * statistics.elements:
        share = observed.denormals / statistics.elements
        message = f"{observed.denormals:,} values ({share:.1%}) are denormal in {info.dtype}"
        yield finding("denormal-values", message, info.path, observed.denormals)


def untrained_normalization(measured: Sequence[tuple[VariableInfo, Statistics]]) -> Iterator[Finding]:
    """Yields the batch normalisations whose moving statistics are as they were made."""
    by_path = {info.path: statistics for info, statistics in measured}
    for info, mean in measured:
        if info.name != "moving_mean" or info.layer_class not in _NORMALIZATIONS:
            continue
        variance = by_path.get(f"{info.path.removesuffix('moving_mean')}moving_variance")
        if variance is None or not mean.elements:
            continue
        if _is_all(mean, 0.0) and _is_all(variance, 1.0):
            yield finding("untrained-batchnorm", "moving mean 0 and moving variance 1 everywhere", info.layer)


#: How the names of kernels end: Keras' own, and those of Keras 1.
_KERNELS = ("kernel", "embeddings", "weight", "weights", "W")

_NORMALIZATIONS = ("BatchNormalization", "SyncBatchNormalization")


def is_kernel(info: VariableInfo) -> bool:
    """Tells whether a variable is multiplied with what comes in: one of two axes or more that is called so.

    A weight whose name is not known has its number for a name. Slopes, scales and shifts are no kernels, whatever
    their shape: those of PReLU are made as zeros, those of a normalisation as ones and zeros.
    """
    is_called_so = info.name.endswith(_KERNELS) or info.name.isdecimal()
    return info.role == "weight" and len(info.shape) >= 2 and is_called_so and "float" in info.dtype


def _non_finite(observed: Observed, statistics: Statistics) -> Iterator[Finding]:
    infinite = statistics.positive_infinity + statistics.negative_infinity
    kinds = (
        ("nan-values", "NaN", statistics.nan, observed.nan),
        ("infinite-values", "infinite", infinite, observed.infinite),
    )
    for rule, what, count, places in kinds:
        if not count:
            continue
        message = f"{count:,} of {statistics.elements:,} values are {what}"
        if places.first:
            message += f", the first at index {list(places.first)}"
        channels = np.flatnonzero(places.channels)
        if channels.size:
            message += f", in output channel{'s' * (channels.size > 1)} {_listed(channels.tolist())}"
        yield finding(rule, message, observed.info.path, count)


def _constant(info: VariableInfo, statistics: Statistics) -> Iterator[Finding]:
    if statistics.minimum != statistics.maximum:
        return
    if statistics.minimum == 0:
        yield finding("zero-kernel", f"all {statistics.elements:,} values are 0", info.path)
    else:
        yield finding("constant-kernel", f"all {statistics.elements:,} values are {statistics.minimum:.6g}", info.path)


def _is_all(statistics: Statistics, value: float) -> bool:
    return statistics.finite == statistics.elements and statistics.minimum == statistics.maximum == value


def _listed(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - _MOST_CHANNELS_TOLD:,} more" if len(numbers) > _MOST_CHANNELS_TOLD else ""
    return ", ".join(map(str, numbers[:_MOST_CHANNELS_TOLD])) + more
