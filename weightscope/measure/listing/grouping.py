"""Sums variables by layer, by class of layer, by dtype, or by model."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any

from weightscope.inspection import Inspection, Variable, VariableInfo
from weightscope.inspection.lazy import Lazy, chosen
from weightscope.inspection.measured import GroupSum, Listing
from weightscope.measure.listing.choice import Choice


class Groups:
    """Some variables in groups, in the order of the first variable of each group; a model is one group, also if empty.

    Of a hundred thousand groups only the members are kept: the sums of a group are made when they are needed.

    Args:
        variables: The variables.
        inspection: The model that they belong to.
        choice: What they are summed by.
    """

    def __init__(self, variables: Sequence[Variable], inspection: Inspection, choice: Choice) -> None:
        self._variables, self._choice = variables, choice
        self._location, self._whole = inspection.source.location, inspection.totals.bytes
        self._classes = {layer.path: layer.class_name for layer in inspection.layers}
        numbers: dict[str | None, int] = {self._location: 0} if choice.by == "model" else {}
        #: The group of each variable.
        self.numbers = array("L", (numbers.setdefault(self._key(one.info), len(numbers)) for one in variables))
        counts = Counter(self.numbers)
        self._members = array("L", sorted(range(len(variables)), key=self.numbers.__getitem__))
        self._ends = array("L", accumulate(counts[number] for number in range(len(numbers))))

    def __len__(self) -> int:
        """Returns the number of groups."""
        return len(self._ends)

    def last(self, number: int) -> int:
        """Returns the place of the last variable of a group."""
        return self._members[self._ends[number] - 1]

    def empty(self) -> Iterator[int]:
        """Yields the groups without variables."""
        return (number for number in range(len(self)) if not self._size(number))

    def sums(self) -> Sequence[GroupSum]:
        """Returns the sums of each group, without statistics."""
        return Lazy(len(self), self._sum)

    def _size(self, number: int) -> int:
        return self._ends[number] - (self._ends[number - 1] if number else 0)

    def _key(self, info: VariableInfo) -> str | None:
        match self._choice.by:
            case "model":
                return self._location
            case "class":
                return info.layer_class
            case "dtype":
                return info.dtype
            case _:
                return "/".join(info.layer.split("/")[: self._choice.depth])

    def _sum(self, number: int) -> GroupSum:
        end = self._ends[number]
        owned = [self._variables[place].info for place in self._members[end - self._size(number) : end]]
        name = self._key(owned[0]) if owned else self._location
        own = next((info.layer_class for info in owned if info.layer == name), None)
        size = sum(info.bytes for info in owned)
        return GroupSum(
            name=name,
            layer_class=own or self._classes.get(name or "") if self._choice.by == "layer" else None,
            variables=len(owned),
            parameters=sum(info.parameters for info in owned),
            trainable_parameters=_trainable(owned),
            bytes=size,
            share=size / self._whole if self._whole else 0.0,
        )


def sort_groups(sums: Sequence[GroupSum], choice: Choice) -> Sequence[GroupSum]:
    """Returns the groups in the order asked for, at most as many as asked for."""
    if choice.sorts_by_statistic:
        return choice.top_by_statistic(sums)
    key = _SORT[choice.sort]
    places = range(len(sums)) if key is None else sorted(range(len(sums)), key=lambda place: key(sums[place]))
    return chosen(sums, places[: choice.top])


#: The sort key of each order: of `weightscope.measure.listing.choice.SORT`.
_SORT: dict[str, Callable[[GroupSum], Any] | None] = {
    "model": None,
    "path": lambda one: one.name or "",
    "parameters": lambda one: -one.parameters,
    "bytes": lambda one: -one.bytes,
}


def sort_models(listings: Sequence[Listing], choice: Choice) -> list[Listing]:
    """Returns the listings of several models, each summed as a whole, in the order asked for."""
    groups = {id(group): (group, listing) for listing in listings for group in listing.groups or ()}
    ordered = sort_groups([group for group, _ in groups.values()], choice)
    return [groups[id(group)][1] for group in ordered]


def _trainable(owned: list[VariableInfo]) -> int | None:
    if any(info.trainable is None for info in owned):
        return None
    return sum(info.parameters for info in owned if info.trainable)
