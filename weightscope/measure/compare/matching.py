"""Pairs the variables of two models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from weightscope.inspection import Finding, Variable, VariableInfo
from weightscope.inspection.difference import Match
from weightscope.measure.compare.contents import Contents, kind
from weightscope.measure.compare.layers import Layer, is_index, layers_of, pair_layers, pair_within
from weightscope.measure.compare.slots import Slots, pair_slots
from weightscope.measure.compare.unpaired import Unpaired, grouped, pairs_of


@dataclass(frozen=True, slots=True)
class Pair:
    """Two variables that are paired; None in place of a missing one.

    Attributes:
        a: The variable of A.
        b: The variable of B.
        is_same_slot: Whether both are known to serve the same purpose in their optimizers.
    """

    a: Variable | None
    b: Variable | None
    is_same_slot: bool = False

    @property
    def infos(self) -> tuple[VariableInfo, ...]:
        """The records of both variables, or of the existing one."""
        return tuple(one.info for one in (self.a, self.b) if one is not None)

    @property
    def is_renamed(self) -> bool:
        """Whether the two have different names; an index or a group of the file is not a name."""
        if self.a is None or self.b is None or self.a.info.path == self.b.info.path:
            return False
        one, other = self.a.info, self.b.info
        if self.is_same_slot or _is_group(one) or _is_group(other):
            return False
        has_index = is_index(one) or is_index(other)
        return not has_index or (one.layer != other.layer and one.role != "optimizer")


@dataclass(frozen=True, slots=True)
class Matching:
    """All pairs, in the order of A; then the variables that only B has, in the order of B."""

    pairs: tuple[Pair, ...]
    notes: tuple[Finding, ...]


def match_variables(a: Sequence[Variable], b: Sequence[Variable], match: Match) -> Matching:
    """Pairs the variables of A with those of B.

    Layers are paired first (see `pair_layers`), then the variables of paired layers. Variables of a layer without a
    partner are paired by path, then by place in the file. The rest is paired with `values` by content, with `order`
    by shape in the order of the models. Variables of optimizers are paired separately (see `pair_slots`).

    Args:
        a: The variables of A.
        b: The variables of B.
        match: How the remaining variables are paired.
    """
    contents = Contents()
    weights = _pair_weights(_weights(a), _weights(b), match, contents)
    paths = {id(other): one.info.path for one, other in pairs_of(a, weights.partners)}
    slots_a, slots_b = Slots.of(_kept(a), _weights(a), {}), Slots.of(_kept(b), _weights(b), paths)
    kept = pair_slots(_kept(a), _kept(b), (slots_a, slots_b))
    notes: list[Finding] = []
    for rest in (weights, kept):
        if match == "values":
            notes += _pair_equal_content(rest, contents)
        elif match == "order":
            rest.pair_in_order(lambda one: one.info.shape)
    left = {id(one) for one in (*weights.b, *kept.b)}
    pairs = []
    for one in a:
        is_slot = one.info.role == "optimizer"
        other = (kept if is_slot else weights).partners.get(id(one))
        is_same = is_slot and other is not None and slots_a.slot(one) == slots_b.slot(other)
        pairs.append(Pair(one, other, is_same))
    return Matching((*pairs, *(Pair(None, one) for one in b if id(one) in left)), tuple(notes))


def _pair_weights(a: Sequence[Variable], b: Sequence[Variable], match: Match, contents: Contents) -> Unpaired[Variable]:
    rest = Unpaired(list(a), list(b))
    layers_a = layers_of(a)
    layers = pair_layers(layers_a, layers_of(b), match, contents)
    within = (pair_within(one, other, match, contents).items() for one, other in pairs_of(layers_a, layers.partners))
    rest.take(_pair_alone(layers).items())
    rest.take(chain.from_iterable(within))
    return rest


def _pair_alone(layers: Unpaired[Layer]) -> Mapping[int, Variable]:
    """Pairs the variables of layers that have no partner."""
    rest = Unpaired(_variables(layers.a), _variables(layers.b))
    rest.pair(lambda one: (one.info.path, one.info.shape))
    rest.pair(lambda one: None if one.info.stored_at is None else (one.info.stored_at, one.info.shape))
    rest.pair(lambda one: one.info.path)
    return rest.partners


def _variables(layers: Sequence[Layer]) -> list[Variable]:
    return [variable for layer in layers for variable in layer.variables]


def _pair_equal_content(rest: Unpaired[Variable], contents: Contents) -> Iterator[Finding]:
    """Pairs variables with the same values if the pairing is unambiguous; reads only variables that could be equal."""
    shared = set(map(kind, rest.a)) & set(map(kind, rest.b))
    key = {
        id(one): (kind(one), contents.digest(one)) for side in (rest.a, rest.b) for one in side if kind(one) in shared
    }
    of_b = grouped(rest.b, lambda one: key.get(id(one)))
    for digest, ones in grouped(rest.a, lambda one: key.get(id(one))).items():
        others = of_b.get(digest, [])
        if digest is not None and others and not len(ones) == len(others) == 1:
            yield _ambiguous(ones, others)
    rest.pair(lambda one: key.get(id(one)))


def _weights(variables: Sequence[Variable]) -> list[Variable]:
    return [one for one in variables if one.info.role != "optimizer"]


def _kept(variables: Sequence[Variable]) -> list[Variable]:
    return [one for one in variables if one.info.role == "optimizer"]


def _is_group(info: VariableInfo) -> bool:
    """Whether the layer is named by its group, because its name is not stored in the file."""
    return (info.stored_at or "").startswith(f"{info.layer}/vars/")


def _ambiguous(ones: Sequence[Variable], others: Sequence[Variable]) -> Finding:
    paths_a, paths_b = (", ".join(one.info.path for one in side) for side in (ones, others))
    message = f"the same values are in several places, so these are not matched: {paths_a} in A, {paths_b} in B"
    return Finding("ambiguous-match", "warning", message)
