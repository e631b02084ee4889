"""How loading addresses the weights of a legacy file, and of the model that its config describes."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection import Variable
from weightscope.inspection.weight_layout import TOP_LEVEL, WeightGroup, WeightLayout
from weightscope.source.file.config.structure import Node
from weightscope.source.file.keras3.model_variables import Placed
from weightscope.source.file.keras3.weight_layout import own_paths, top_level_layers, unique_nodes
from weightscope.source.file.legacy.legacy_names import LegacyWeight


def layout_by_order(
    layers: Sequence[str],
    weights: Sequence[LegacyWeight],
    root: Node | None,
    placed: Sequence[Placed],
    variables: Sequence[Variable],
) -> WeightLayout:
    """Returns the layout of a legacy file.

    Args:
        layers: The names of the top-level layers in the order of the file, those without weights too; an empty one for
            the model itself.
        weights: In the order of the file.
        root: The model that its config describes; None for a weights-only file.
        placed: The same weights at their places in the model.
        variables: Those as records.
    """
    paths = {one.dataset.path: variable.info.path for one, variable in zip(placed, variables, strict=True)}
    by_layer: dict[str, list[LegacyWeight]] = {layer: [] for layer in layers}
    for weight in weights:
        by_layer.setdefault(weight.layer, []).append(weight)
    stored = tuple(
        WeightGroup(
            layer or TOP_LEVEL,
            layer,
            None,
            tuple(one.name for one in own),
            tuple(paths[one.dataset.path] for one in own),
        )
        for layer, own in by_layer.items()
    )
    if root is None or root.declared is None:
        # the model that saved the weights takes them back in the same order
        return WeightLayout("order", stored, by_order=stored)
    return WeightLayout(
        "order",
        stored,
        by_place=tuple(_groups(root, placed, variables)),
        by_order=top_level_layers(root, own_paths(placed, variables), variables),
    )


def _groups(root: Node, placed: Sequence[Placed], variables: Sequence[Variable]) -> list[WeightGroup]:
    """Returns the groups that the model's layers have in a file by place: variables in the order of declaration."""
    named: dict[int, dict[str, str]] = {}
    for one, variable in zip(placed, variables, strict=True):
        named.setdefault(id(one.node), {})[one.name] = variable.info.path
    groups = []
    for node in unique_nodes(root):
        own = named.get(id(node), {})
        declared = [one.name for one in node.declared or () if one.name in own and not one.legacy_only]
        found = tuple(own[name] for name in declared or own)
        groups.append(WeightGroup(node.group, node.name, node.class_name, tuple(map(str, range(len(found)))), found))
    return groups
