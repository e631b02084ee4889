"""Arranges the sums of layers as a tree, with a subtotal for each layer that others are inside of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from weightscope.inspection.measured import GroupSum


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A row of the tree.

    Attributes:
        level: How many rows it is inside of.
        name: Its path inside the row that it belongs to; None for the variables of that layer itself.
        total: The sums over the layer and all that is inside it.
    """

    level: int
    name: str | None
    total: GroupSum


def layer_tree(groups: Sequence[GroupSum], classes: Mapping[str, str]) -> list[LayerRow]:
    """Returns the rows of the tree in the order of the groups.

    Layers whose parts are apart, as in an order by size, are not gathered: then there is a row for each group.

    Args:
        groups: The sums of single layers, without statistics; their names are paths.
        classes: The class of each layer, by path.
    """
    rows = list(_rows([(tuple((one.name or "").split("/")), one) for one in groups], 0, 0, classes))
    subtotals = [row.total.name for row in rows]
    if len(set(subtotals)) < len(subtotals) - sum(row.name is None for row in rows):
        return [LayerRow(0, one.name or "", one) for one in groups]
    return rows


#: The components of a layer's path, and its sums.
_Placed = tuple[tuple[str, ...], GroupSum]


def _rows(placed: Sequence[_Placed], depth: int, level: int, classes: Mapping[str, str]) -> Iterator[LayerRow]:
    """Yields the rows of layers that share the first `depth` components of their paths."""
    for _, found in groupby(placed, lambda one: one[0][depth]):
        inside = list(found)
        if len(inside) == 1:
            yield LayerRow(level, "/".join(inside[0][0][depth:]), inside[0][1])
            continue
        shared = _shared([parts for parts, _ in inside])
        own = [one for parts, one in inside if len(parts) == len(shared)]
        path = "/".join(shared)
        layer_class = own[0].layer_class if own else classes.get(path)
        yield LayerRow(level, "/".join(shared[depth:]), _subtotal(path, layer_class, [one for _, one in inside]))
        yield from (LayerRow(level + 1, None, one) for one in own)
        below = [one for one in inside if len(one[0]) > len(shared)]
        yield from _rows(below, len(shared), level + 1, classes)


def _shared(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Returns the components that all paths begin with."""
    apart = next((place for place, parts in enumerate(zip(*paths, strict=False)) if len(set(parts)) > 1), None)
    return paths[0][:apart] if apart is not None else min(paths, key=len)


def _subtotal(path: str, layer_class: str | None, groups: Sequence[GroupSum]) -> GroupSum:
    trainable = [one.trainable_parameters for one in groups]
    known = [number for number in trainable if number is not None]
    return GroupSum(
        name=path,
        layer_class=layer_class,
        variables=sum(one.variables for one in groups),
        parameters=sum(one.parameters for one in groups),
        trainable_parameters=sum(known) if len(known) == len(trainable) else None,
        bytes=sum(one.bytes for one in groups),
        share=sum(one.share for one in groups),
    )
