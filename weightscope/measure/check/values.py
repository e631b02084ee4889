"""Rules on what the values of a variable are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weightscope.inspection import VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.statistics import Statistics
from weightscope.measure.check.kinds import is_kernel, is_learnt
from weightscope.measure.check.observed import Observed
from weightscope.measure.check.rules import RULES, Thresholds

_MOST_CHANNELS_TOLD = 10

#: By the name of the mean: the rule, what the variance's name begins with, and the classes of the layer; a file
#: without classes has None.
_STATISTICS: dict[str, tuple[str, str, tuple[str | None, ...]]] = {
    "moving_mean": ("untrained-batchnorm", "moving_", ("BatchNormalization", "SyncBatchNormalization", None)),
    "mean": ("unadapted-normalization", "", ("Normalization",)),
}

#: Variances and standard deviations that no data makes negative, and with which power of a variance they grow.
_VARIANCES = {"moving_variance": 1.0, "moving_stddev": 0.5, "renorm_stddev": 0.5}


def finding(rule: str, message: str, variable: str | None = None, count: int | None = None, fix: str = "") -> Finding:
    """Returns a finding of a rule, with the rule's level and, where there is no other, its fix."""
    return Finding(rule, RULES[rule].level, message, variable, count, fix or RULES[rule].fix)


def findings_of_values(observed: Observed, statistics: Statistics, thresholds: Thresholds) -> Iterator[Finding]:
    """Yields what is wrong with the values of one variable."""
    info = observed.info
    yield from _non_finite(observed, statistics)
    if statistics.minimum is None or statistics.maximum is None or info.role == "optimizer":
        return
    if is_kernel(info) and statistics.finite == statistics.elements > 1:
        yield from _constant(info, statistics)
    yield from _dead(observed)
    yield from _too_large(info, statistics, thresholds)
    if observed.denormals > thresholds.denormal_values * statistics.elements:
        share = observed.denormals / statistics.elements
        message = f"{observed.denormals:,} values ({share:.1%}) are denormal in {info.dtype}"
        yield finding("denormal-values", message, info.path, observed.denormals)


def _dead(observed: Observed) -> Iterator[Finding]:
    outputs, info = observed.outputs, observed.info
    if outputs is None or info.name.startswith("lora"):
        return
    dead = outputs.of_all_gates(observed.silent)
    if 0 < len(dead) < outputs.count:
        message = f"{len(dead):,} of {outputs.count:,} {outputs.word}s are all 0: {_listed(dead)}"
        yield finding("dead-channels", message, info.path, len(dead))


def _too_large(info: VariableInfo, statistics: Statistics, thresholds: Thresholds) -> Iterator[Finding]:
    assert statistics.minimum is not None
    assert statistics.maximum is not None
    is_variance = info.name in _VARIANCES or (info.name == "variance" and info.layer_class == "Normalization")
    if is_variance and statistics.minimum < 0:
        yield finding("negative-variance", f"its smallest value is {statistics.minimum:.3g}", info.path)
    largest = max(abs(statistics.minimum), abs(statistics.maximum))
    if info.name in _VARIANCES:
        limit = thresholds.exploding_statistics ** _VARIANCES[info.name]
        if largest > limit:
            message = f"its largest value is {largest:.3g}, beyond {limit:g}"
            yield finding("exploding-statistics", message, info.path)
    elif is_learnt(info) and largest > thresholds.exploding_values:
        message = f"its largest magnitude is {largest:.3g}, beyond {thresholds.exploding_values:g}"
        yield finding("exploding-values", message, info.path)


def untrained_normalization(measured: Sequence[tuple[VariableInfo, Statistics]]) -> Iterator[Finding]:
    """Yields the normalisations whose statistics of the data are as they were made."""
    by_path = {info.path: statistics for info, statistics in measured}
    for info, mean in measured:
        rule, prefix, classes = _STATISTICS.get(info.name, ("", "", ()))
        if info.layer_class not in classes or not mean.elements:
            continue
        variance = by_path.get(f"{info.path.removesuffix(info.name)}{prefix}variance")
        if variance is not None and _is_all(mean, 0.0) and _is_all(variance, 1.0):
            yield finding(rule, f"{info.name.replace('_', ' ')} 0 and variance 1 everywhere", info.layer)


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
        if observed.outputs is not None:
            channels = observed.outputs.of_any_gate(places.channels)
            message += f", in {observed.outputs.word}{'s' * (len(channels) > 1)} {_listed(channels)}"
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
