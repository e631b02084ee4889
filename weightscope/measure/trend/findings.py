"""What is wrong in a training: where NaN began, what diverges, what never moved, what came, went or changed shape."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Set
from itertools import pairwise

from weightscope.inspection.finding import Finding
from weightscope.inspection.trend import Trend, TrendPoint, VariableTrend

#: The findings that end with exit code 1.
SERIOUS = frozenset({"nan-from", "diverges"})

#: The L2 norm diverges if it grows so many times from one checkpoint to the next, or so many times in all while it
#: grows faster and faster; what is small on average (a bias that began at 0) does not.
_JUMP, _GROWTH, _EACH, _SMALL = 10.0, 100.0, 1.5, 1.0


def find_in_trend(trend: Trend, unmoved: Set[str]) -> Iterator[Finding]:
    """Yields the findings, errors first.

    Args:
        trend: With all measures.
        unmoved: The paths of the variables whose values are the same in all checkpoints.
    """
    for variable in trend.variables:
        yield from _nan_from(variable, trend)
    for variable in trend.variables:
        yield from _diverges(variable, trend)
    for variable in trend.variables:
        yield from _presence(variable, trend)
        if variable.info.path in unmoved:
            yield _never_moved(variable)


def _nan_from(variable: VariableTrend, trend: Trend) -> Iterator[Finding]:
    for place, count in enumerate(variable.numbers("nan")):
        if count:
            since = "the first one" if place == 0 else f"finite in {trend.locations[place - 1]} before"
            message = f"{int(count):,} NaN from {_step(place, trend)} on; {since}"
            fix = shlex.join(["weightscope", "show", trend.locations[place], variable.info.path])
            yield Finding("nan-from", "error", message, variable.info.path, int(count), fix)
            return


def _diverges(variable: VariableTrend, trend: Trend) -> Iterator[Finding]:
    info = variable.info
    if info.role != "weight" or info.trainable is False or info.name.startswith("moving_"):
        return
    for place, point in enumerate(variable.points):
        if point is None:
            continue
        infinite = (point.numbers["positive_infinity"] or 0) + (point.numbers["negative_infinity"] or 0)
        if infinite:
            what = f"{int(infinite):,} infinite values"
        elif _grows(variable, place):
            norms = [one for one in variable.numbers("l2_norm")[: place + 1] if one]
            what = f"the L2 norm grew from {norms[0]:.3g} to {norms[-1]:.3g}"
        else:
            continue
        message = f"{what} in {_step(place, trend)}"
        yield Finding("diverges", "error", message, info.path, fix="lower the learning rate, or clip the gradients")
        return


def _grows(variable: VariableTrend, place: int) -> bool:
    """Whether the L2 norm grows out of all proportion up to the checkpoint of a place."""
    points = [one for one in variable.points[: place + 1] if one is not None and one.numbers["l2_norm"]]
    norms = [one.numbers["l2_norm"] or 0.0 for one in points]
    if len(norms) < 2 or norms[-1] / math.sqrt(math.prod(points[-1].shape)) < _SMALL:
        return False
    if points[-1].shape != points[-2].shape:
        return False
    if norms[-1] >= _JUMP * norms[-2]:
        return True
    latest = norms[-4:]
    is_rising = len(latest) == 4 and all(b >= _EACH * a for a, b in pairwise(latest))
    return is_rising and norms[-1] >= _GROWTH * norms[0]


def _presence(variable: VariableTrend, trend: Trend) -> Iterator[Finding]:
    """Yields where the variable appears, disappears, or has another shape."""
    path = variable.info.path
    before: TrendPoint | None = None
    for place, point in enumerate(variable.points):
        if place and point is not None and before is None and variable.points[place - 1] is None:
            yield Finding("appears", "note", f"from {_step(place, trend)} on", path)
        if place and point is None and variable.points[place - 1] is not None:
            yield Finding("disappears", "warning", f"it is not in {_step(place, trend)}", path)
        if point is not None:
            if before is not None and before.shape != point.shape:
                message = f"from {before.shape} to {point.shape} in {_step(place, trend)}"
                yield Finding("shape-changed", "warning", message, path)
            before = point


def _never_moved(variable: VariableTrend) -> Finding:
    is_frozen = variable.info.trainable is False
    message = "its values are the same in all checkpoints" + ("; it is not trainable" if is_frozen else "")
    return Finding("never-moved", "note" if is_frozen else "warning", message, variable.info.path)


def _step(place: int, trend: Trend) -> str:
    return f"step {place + 1} ({trend.locations[place]})"
