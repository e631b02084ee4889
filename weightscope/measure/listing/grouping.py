"""Sums variables by layer, by class of layer, by dtype, or by model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weightscope.inspection import Inspection, Variable, VariableInfo
from weightscope.inspection.measured import GroupSum, Listing
from weightscope.measure.listing.choice import Choice


@dataclass(frozen=True, slots=True)
class Group:
    """A group of variables and their sums.

    Attributes:
        total: The sums, without statistics.
        members: The indices of its variables among the grouped ones.
    """

    total: GroupSum
    members: tuple[int, ...]


def group_variables(variables: Sequence[Variable], inspection: Inspection, choice: Choice) -> list[Group]:
    """Returns the variables of an inspection in groups, in the order of the first variable of each group.

    A model is one group, also if none of its variables is chosen.
    """
    location = inspection.source.location
    groups: dict[str | None, list[int]] = {location: []} if choice.by == "model" else {}
    for index, variable in enumerate(variables):
        key = location if choice.by == "model" else _key(variable.info, choice)
        groups.setdefault(key, []).append(index)
    whole = inspection.totals.bytes
    classes = {layer.path: layer.class_name for layer in inspection.layers}
    return [
        Group(_sum(name, [variables[index].info for index in members], whole, classes, choice), tuple(members))
        for name, members in groups.items()
    ]


def sort_groups(sums: list[GroupSum], choice: Choice) -> tuple[GroupSum, ...]:
    """Returns the groups in the order asked for, at most as many as asked for."""
    if choice.sorts_by_statistic:
        return choice.top_by_statistic(sums)
    if choice.sort == "path":
        sums.sort(key=lambda one: one.name or "")
    elif choice.sort != "model":
        sums.sort(key=lambda one: -one.bytes if choice.sort == "bytes" else -one.parameters)
    return tuple(sums[: choice.top])


def sort_models(listings: Sequence[Listing], choice: Choice) -> list[Listing]:
    """Returns the listings of several models, each summed as a whole, in the order asked for."""
    groups = {id(group): (group, listing) for listing in listings for group in listing.groups or ()}
    ordered = sort_groups([group for group, _ in groups.values()], choice)
    return [groups[id(group)][1] for group in ordered]


def _key(info: VariableInfo, choice: Choice) -> str | None:
    match choice.by:
        case "class":
            return info.layer_class
        case "dtype":
            return info.dtype
        case _:
            return "/".join(info.layer.split("/")[: choice.depth])


def _sum(name: str | None, owned: list[VariableInfo], whole: int, classes: dict[str, str], choice: Choice) -> GroupSum:
    own = next((info.layer_class for info in owned if info.layer == name), None)
    size = sum(info.bytes for info in owned)
    return GroupSum(
        name=name,
        layer_class=own or classes.get(name or "") if choice.by == "layer" else None,
        variables=len(owned),
        parameters=sum(info.parameters for info in owned),
        trainable_parameters=_trainable(owned),
        bytes=size,
        share=size / whole if whole else 0.0,
    )


def _trainable(owned: list[VariableInfo]) -> int | None:
    if any(info.trainable is None for info in owned):
        return None
    return sum(info.parameters for info in owned if info.trainable)
