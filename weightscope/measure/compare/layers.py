"""Pairs the layers of two models, and the variables of two paired layers."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from weightscope.inspection import Variable, VariableInfo
from weightscope.inspection.difference import Match
from weightscope.measure.compare.contents import Contents, kind
from weightscope.measure.compare.unpaired import Unpaired, grouped

_COUNTER = re.compile(r"_\d+$")


Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The variables that one layer owns.

    Attributes:
        path: Its path.
        variables: In the model's order; at least one.
        place: The group of the file in which Keras 3 stores them; None if there is no such group.
        shapes: The shapes of the variables, sorted.
    """

    path: str
    variables: tuple[Variable, ...]
    place: str | None
    shapes: Shapes

    @property
    def has_automatic_name(self) -> bool:
        """Whether Keras generated the layer's name from its class and a counter: such a name is no evidence."""
        return self.place is not None and is_automatic(self.path, self.place)


def layers_of(variables: Iterable[Variable]) -> list[Layer]:
    """Returns the layers that own the variables, in the order of the variables."""
    known: dict[Shapes, Shapes] = {}  # many layers have the same shapes

    def layer(path: Hashable, owned: Sequence[Variable]) -> Layer:
        shapes = tuple(sorted(one.info.shape for one in owned))
        return Layer(str(path), tuple(owned), _place(owned), known.setdefault(shapes, shapes))

    return [layer(path, owned) for path, owned in grouped(variables, lambda one: one.info.layer).items()]


def pair_layers(a: Sequence[Layer], b: Sequence[Layer], match: Match, contents: Contents) -> Unpaired[Layer]:
    """Pairs the layers of A with those of B in these steps; the first step that pairs two layers decides.

    1. The same path and shapes.
    2. The same place in the file and shapes.
    3. The same path and place; the same path, if Keras did not generate it.
    4. The same place; the same path.
    5. The same shapes, and one path is the end of the other: checkpoints do not name the models around a layer.
    6. With `values`, the same contents; with `order`, the same shapes, in the order of the models.
    """
    rest = Unpaired(list(a), list(b))
    rest.pair(lambda one: (one.path, one.shapes))
    rest.pair(lambda one: one.place and (one.place, one.shapes))
    rest.pair(lambda one: (one.path, one.place))
    rest.pair(lambda one: one.path, lambda one, other: not (one.has_automatic_name or other.has_automatic_name))
    rest.pair(lambda one: one.place)
    rest.pair(lambda one: one.path)
    rest.pair(lambda one: (one.path.rpartition("/")[2], one.shapes), _ends_alike)
    if match == "values":
        shared = set(map(_kinds, rest.a)) & set(map(_kinds, rest.b))
        rest.pair(lambda one: sorted_digests(one, contents) if _kinds(one) in shared else None)
    elif match == "order":
        rest.pair_in_order(lambda one: one.shapes)
    return rest


def pair_within(one: Layer, other: Layer, match: Match, contents: Contents) -> Mapping[int, Variable]:
    """Pairs the variables of two paired layers in these steps; the first step that pairs two variables decides.

    1. The same name.
    2. The same position, if one side has positions instead of names; in layers with more variables on one side
       only if the shapes are equal.
    3. The same place in the group of the layer, and the same shape.
    4. With `values`, the same contents; with `order`, the same shape, in order.
    """
    rest = Unpaired(list(one.variables), list(other.variables))
    rest.pair(_own_name)
    places = {id(each): place for side in (one, other) for place, each in enumerate(side.variables)}
    same_count = len(one.variables) == len(other.variables)
    rest.pair(
        lambda each: places[id(each)],
        lambda each, its: _one_has_no_name(each, its) and (same_count or each.info.shape == its.info.shape),
    )
    rest.pair(lambda each: _own_place(each.info))
    if match == "values":
        shared = set(map(kind, rest.a)) & set(map(kind, rest.b))
        rest.pair(lambda each: (kind(each), contents.digest(each)) if kind(each) in shared else None)
    elif match == "order":
        rest.pair_in_order(lambda each: each.info.shape)
    return rest.partners


def sorted_digests(layer: Layer, contents: Contents) -> Hashable:
    """Returns the hashes of a layer's variables, in any order."""
    return tuple(sorted((*kind(one), contents.digest(one)) for one in layer.variables))


def is_index(info: VariableInfo) -> bool:
    """Whether the variable is named by its index, because its name is not stored in the file."""
    return info.name.isdecimal()


def is_automatic(layer: str, place: str) -> bool:
    """Whether the layer's name is a class and a counter, as Keras generates it and names the groups of a file."""
    own, group = layer.rpartition("/")[2], place.rpartition("/")[2]
    return _COUNTER.sub("", own) == _COUNTER.sub("", group)


def _ends_alike(one: Layer, other: Layer) -> bool:
    return one.path.endswith(f"/{other.path}") or other.path.endswith(f"/{one.path}")


def _kinds(layer: Layer) -> Hashable:
    return tuple(sorted(map(kind, layer.variables)))


def _place(owned: Sequence[Variable]) -> str | None:
    """Returns the group, as Keras 3 writes groups, that all these variables are stored in."""
    places = {_group_and_key(one.info)[0] for one in owned}
    return places.pop() if len(places) == 1 else None


def _group_and_key(info: VariableInfo) -> tuple[str | None, str]:
    group, inside, key = (info.stored_at or "").rpartition("/vars/")
    return (group, key) if inside else (None, info.stored_at or "")


def _own_place(info: VariableInfo) -> Hashable:
    return None if info.stored_at is None else (_group_and_key(info)[1], info.shape)


def _own_name(variable: Variable) -> str:
    """Returns the last part of the path: the name, with a number if the layer has several variables of that name."""
    info = variable.info
    return info.path.removeprefix(f"{info.layer}/") if info.layer else info.path


def _one_has_no_name(one: Variable, other: Variable) -> bool:
    return is_index(one.info) != is_index(other.info)
