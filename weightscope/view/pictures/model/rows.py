"""The rows of the picture of a model: its layers, or runs of layers where there are many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weightscope.inspection.measured import GroupSum, Listing, Measured
from weightscope.inspection.statistics import Statistics

#: More rows than these are joined: a picture is to be looked at.
MOST_ROWS = 120

#: More variables of one layer than these are joined, those that are trainable, and those that are not.
_MOST_SPREADS = 6


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the finite values of a variable lie, or of several together.

    Attributes:
        name: Of the variable, or what stands for several.
        trainable: Whether it is trainable; None if unknown.
        count: How many finite values there are.
        minimum: The smallest.
        maximum: The largest.
        mean: Their mean.
        deviation: Their standard deviation.
    """

    name: str
    trainable: bool | None
    count: int
    minimum: float
    maximum: float
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class LayerPicture:
    """A row.

    Attributes:
        name: The path of the layer; of several, of the first and the last.
        layer_class: Its class; of several, how many there are.
        parameters: The number of elements, by trainability.
        spreads: Of its variables.
        nan: The number of values that are NaN.
        infinite: The number of values that are infinite.
    """

    name: str
    layer_class: str
    parameters: Mapping[bool | None, int]
    spreads: tuple[Spread, ...]
    nan: int
    infinite: int

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(self.parameters.values())


def model_rows(listing: Listing) -> list[LayerPicture]:
    """Returns the rows of a listing with statistics, in its order: a layer each, or a group each."""
    if listing.groups is not None:
        return _joined([_of_group(group) for group in listing.groups])
    layers: dict[str, list[Measured]] = {}
    for row in listing.rows:
        if row.info.role in ("weight", "unloaded"):
            layers.setdefault(row.info.layer, []).append(row)
    return _joined([_of_layer(name, rows) for name, rows in layers.items()])


def _of_layer(name: str, rows: Sequence[Measured]) -> LayerPicture:
    parameters: Counter[bool | None] = Counter()
    for row in rows:
        parameters[row.info.trainable] += row.info.parameters
    spreads = [_spread(row.info.path, row.info.trainable, row.statistics) for row in rows]
    known = [row.statistics for row in rows if row.statistics is not None]
    layer_class = next((row.info.layer_class for row in rows if row.info.layer_class), None)
    return LayerPicture(name or "(the model itself)", layer_class or "?", parameters, _few(spreads), *_strange(known))


def _of_group(group: GroupSum) -> LayerPicture:
    if group.trainable_parameters is None:
        parameters: Mapping[bool | None, int] = {None: group.parameters}
    else:
        parameters = {True: group.trainable_parameters, False: group.parameters - group.trainable_parameters}
    trainable = next((flag for flag, count in parameters.items() if count == group.parameters), None)
    spreads = _few([_spread(group.name or "", trainable, group.statistics)])
    known = [group.statistics] if group.statistics else []
    name = group.name or "(the model itself)"
    return LayerPicture(name, group.layer_class or "", parameters, spreads, *_strange(known))


def _strange(statistics: Iterable[Statistics]) -> tuple[int, int]:
    """Returns how many values are NaN, and how many infinite."""
    each = [(one.nan, one.positive_infinity + one.negative_infinity) for one in statistics]
    return sum(nan for nan, _ in each), sum(infinite for _, infinite in each)


def _spread(name: str, trainable: bool | None, statistics: Statistics | None) -> Spread | None:
    """Returns the spread of one variable; None without finite values, or where float64 does not hold it."""
    if statistics is None or statistics.minimum is None or statistics.maximum is None:
        return None
    mean, deviation = statistics.mean or 0.0, statistics.standard_deviation or 0.0
    if not (math.isfinite(mean) and math.isfinite(deviation)):
        return None
    low, high = float(statistics.minimum), float(statistics.maximum)
    return Spread(name, trainable, statistics.finite, low, high, mean, deviation)


def _few(spreads: Iterable[Spread | None]) -> tuple[Spread, ...]:
    """Returns the spreads that there are; where they are many, one of all that are trainable, one of the others."""
    found = [one for one in spreads if one is not None]
    if len(found) <= _MOST_SPREADS:
        return tuple(found)
    by_kind: dict[bool | None, list[Spread]] = {}
    for one in found:
        by_kind.setdefault(one.trainable, []).append(one)
    return tuple(_together(f"{len(kind):,} variables", kind) for kind in by_kind.values())


def _together(name: str, spreads: Sequence[Spread]) -> Spread:
    """Returns the spread of all values of several spreads, which are all trainable, or all not."""
    count = sum(one.count for one in spreads)
    mean = math.fsum(one.mean * (one.count / count) for one in spreads)
    # of the distances from the common mean; hypot leaves float64 later than squares do
    parts = (math.hypot(one.deviation, one.mean - mean) * math.sqrt(one.count / count) for one in spreads)
    low, high = min(one.minimum for one in spreads), max(one.maximum for one in spreads)
    return Spread(name, spreads[0].trainable, count, low, high, mean, math.hypot(*parts))


def _joined(rows: list[LayerPicture]) -> list[LayerPicture]:
    """Returns the rows, or runs of neighbours where there are more than `MOST_ROWS`."""
    length = -(-len(rows) // MOST_ROWS)
    if length <= 1:
        return rows
    return [_run(rows[start : start + length]) for start in range(0, len(rows), length)]


def _run(rows: Sequence[LayerPicture]) -> LayerPicture:
    if len(rows) == 1:
        return rows[0]
    parameters: Counter[bool | None] = Counter()
    for row in rows:
        parameters.update(row.parameters)
    by_kind: dict[bool | None, list[Spread]] = {}
    for spread in (one for row in rows for one in row.spreads):
        by_kind.setdefault(spread.trainable, []).append(spread)
    spreads = tuple(_together(f"{len(rows):,} layers", kind) for kind in by_kind.values())
    name = f"{rows[0].name} to {rows[-1].name}"
    nan, infinite = sum(row.nan for row in rows), sum(row.infinite for row in rows)
    return LayerPicture(name, f"{len(rows):,} layers", parameters, spreads, nan, infinite)
