"""The result of comparing a pair of variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from weightscope.inspection.difference import Difference, Kind, Numbers
from weightscope.measure.compare.compared_values import ComparedValues
from weightscope.measure.compare.matching import Pair

#: The relation between values and the integers that represent them.
QUANTIZED = "quantized"

#: The kinds of difference that a relation explains besides `values`: for most relations, and for quantization.
_EXPLAINED = {False: ("shape",), True: ("shape", "dtype", "trainable", "only-in-a", "only-in-b")}


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair of variables and the comparison of their values.

    Attributes:
        pair: The two variables.
        values: The result of comparing the values; None if the shapes differ, so that values were not compared.
        explained: The relation that explains the difference exactly, such as `transposed`; None if none is known.
    """

    pair: Pair
    values: ComparedValues | None
    explained: str | None = None

    @property
    def is_pair(self) -> bool:
        """Whether both models have the variable."""
        return self.pair.a is not None and self.pair.b is not None

    @property
    def layer(self) -> str:
        """The path of the variable's layer in A, or in B if A lacks the variable."""
        return self.pair.infos[0].layer

    @property
    def values_differ(self) -> bool:
        """Whether any element differs by more than the tolerance."""
        return self.values is not None and self.values.sums.changed > 0

    @property
    def is_equal(self) -> bool:
        """Whether the two variables do not differ at all."""
        return self.is_pair and not self.values_differ and next(_told_by_description(self.pair), None) is None


def describe(compared: Compared) -> Iterator[Difference]:
    """Yields the kinds of difference in the order of `Kind`; `equal` if there is none."""
    pair = compared.pair
    numbers = None if compared.values is None else compared.values.numbers()
    if compared.is_equal:
        yield _difference(pair, "equal", "equal", numbers)
        return
    if compared.values_differ:
        one = _difference(pair, "values", _how_values_differ(compared), numbers)
        yield replace(one, explained=compared.explained)
    explained = _EXPLAINED[compared.explained == QUANTIZED]
    for one in _told_by_description(pair):
        yield replace(one, explained=compared.explained) if one.kind in explained else one


def _told_by_description(pair: Pair) -> Iterator[Difference]:
    if pair.a is None or pair.b is None:
        kind: Kind = "only-in-a" if pair.b is None else "only-in-b"
        yield _difference(pair, kind, kind.replace("-", " ").replace(" a", " A").replace(" b", " B"))
        return
    a, b = pair.a.info, pair.b.info
    if a.shape != b.shape:
        yield _difference(pair, "shape", f"shape {a.shape} in A, {b.shape} in B")
    if a.dtype != b.dtype:
        yield _difference(pair, "dtype", f"{a.dtype} in A, {b.dtype} in B")
    if None not in (a.trainable, b.trainable) and a.trainable != b.trainable:
        yield _difference(pair, "trainable", "trainable in A, not in B" if a.trainable else "trainable in B, not in A")
    if pair.is_renamed:
        yield _difference(pair, "renamed", f"{a.path} in A, {b.path} in B")


def _how_values_differ(compared: Compared) -> str:
    assert compared.values is not None
    sums = compared.values.sums
    message = f"{sums.changed:,} of {sums.elements:,} values differ"
    if compared.explained == QUANTIZED:
        message += " after scaling"
    if sums.not_finite:
        message += f", {sums.not_finite:,} of them because one is not finite"
    return message


def _difference(pair: Pair, kind: Kind, message: str, numbers: Numbers | None = None) -> Difference:
    path_a, path_b = (None if one is None else one.info.path for one in (pair.a, pair.b))
    return Difference(kind, path_a, path_b, message, numbers)
