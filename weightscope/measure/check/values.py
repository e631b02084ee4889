"""Rules on the values of a variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from weightscope.inspection import VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.statistics import Statistics
from weightscope.keras_facts.layers import mean_and_variance
from weightscope.keras_facts.records import Statistic
from weightscope.measure.check.kinds import is_kernel, is_learnt, statistic_facts
from weightscope.measure.check.observed import Observed
from weightscope.measure.check.rules import finding

_MOST_CHANNELS_NAMED = 10

#: The power of the variance that a statistic grows with.
_POWERS: dict[Statistic, float] = {"variance": 1.0, "deviation": 0.5}


def findings_of_values(observed: Observed, statistics: Statistics, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yields the findings about the values of one variable.

    Args:
        observed: What was seen of its values.
        statistics: Of the values.
        limits: What some rules compare with, by id.
    """
    info = observed.info
    yield from _non_finite(observed, statistics)
    if statistics.minimum is None or statistics.maximum is None or info.role == "optimizer":
        return
    if is_kernel(info) and statistics.finite == statistics.elements > 1:
        yield from _constant(info, statistics)
    yield from _dead(observed)
    yield from _too_large(info, statistics, limits)
    if observed.denormals > limits["denormal-values"] * statistics.elements:
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


def _too_large(info: VariableInfo, statistics: Statistics, limits: Mapping[str, float]) -> Iterator[Finding]:
    assert statistics.minimum is not None
    assert statistics.maximum is not None
    facts = statistic_facts(info)
    power = _POWERS.get(facts.statistic) if facts is not None and facts.statistic is not None else None
    if power is not None and statistics.minimum < 0:
        yield finding("negative-variance", f"its smallest value is {statistics.minimum:.3g}", info.path)
    largest = max(abs(statistics.minimum), abs(statistics.maximum))
    if facts is not None and facts.moved_by_call and power is not None:  # adapted statistics describe raw data
        limit = limits["exploding-statistics"] ** power
        if largest > limit:
            message = f"its largest value is {largest:.3g}, above {limit:g}"
            yield finding("exploding-statistics", message, info.path)
    elif is_learnt(info) and largest > (limit := limits["exploding-values"]):
        message = f"its largest magnitude is {largest:.3g}, above {limit:g}"
        yield finding("exploding-values", message, info.path)


def untrained_normalization(measured: Sequence[tuple[VariableInfo, Statistics]]) -> Iterator[Finding]:
    """Yields the normalizations whose statistics of the data still have their initial values."""
    # a file that stores no classes stores names
    means = [
        (info, mean, kept)
        for info, mean in measured
        if (kept := mean_and_variance(info.layer_class or "BatchNormalization")) and info.name == kept[0].name
    ]
    places = {info.path: place for place, (info, _) in enumerate(measured)} if means else {}
    for info, mean, kept in means:
        place = places.get(f"{info.path.removesuffix(info.name)}{kept[1].name}")
        if (
            place is not None
            and mean.elements
            and _is_all(mean, kept[0].starts_at)
            and _is_all(measured[place][1], kept[1].starts_at)
        ):
            rule = "untrained-batchnorm" if kept[0].moved_by_call else "unadapted-normalization"
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


def _is_all(statistics: Statistics, value: float | None) -> bool:
    return statistics.finite == statistics.elements and statistics.minimum == statistics.maximum == value


def _listed(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - _MOST_CHANNELS_NAMED:,} more" if len(numbers) > _MOST_CHANNELS_NAMED else ""
    return ", ".join(map(str, numbers[:_MOST_CHANNELS_NAMED])) + more
