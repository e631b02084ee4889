"""How loading addresses the weights of a file: groups by place, top-level layers by order.

Source: `_save_state` of `keras/src/saving/saving_lib.py`, `_legacy_weights` of
`keras/src/legacy/saving/legacy_h5_format.py`, Keras 3.15.1.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weightscope.inspection import Variable
from weightscope.inspection.weight_layout import TOP_LEVEL, WeightGroup, WeightLayout
from weightscope.keras_facts.layers import ALIASED
from weightscope.keras_facts.sublayers import ATTENTION
from weightscope.source.file.config.structure import MODELS, Node
from weightscope.source.file.keras3.model_variables import Placed
from weightscope.source.file.keras3.weight_store import METRICS, OPTIMIZER, WeightStore, is_inside


def layout_by_place(
    root: Node, store: WeightStore, placed: Sequence[Placed], variables: Sequence[Variable]
) -> WeightLayout:
    """Returns the layout of a `.keras` or `.weights.h5` file.

    Args:
        root: The model, with all that is inside it.
        store: What the file holds.
        placed: Its variables at their places.
        variables: The same as records.
    """
    paths = {one.dataset.path: variable.info.path for one, variable in zip(placed, variables, strict=True)}
    nodes = {node.group: node for node in visited_nodes(root)}
    retried = {child.group for node in nodes.values() if node.class_name in ATTENTION for child in node.children}
    no_layers = {OPTIMIZER, *METRICS, *store.optimizers()}
    groups = {}
    for owner in dict.fromkeys((*nodes, *store.owners)):
        if not is_inside(owner, no_layers):
            groups[owner] = _group(owner, nodes.get(owner), store, paths)
    owners = [owner for owner in store.owners if owner in groups]
    return WeightLayout(
        "place",
        stored=tuple(groups[owner] for owner in owners),
        by_place=tuple(group for owner in nodes if owner in groups for group in _places(groups[owner], root, retried)),
        by_order=top_level_layers(root, own_paths(placed, variables), variables) if root.declared is not None else None,
    )


def _places(group: WeightGroup, root: Node, retried: Container[str]) -> Iterator[WeightGroup]:
    """Yields a layer at each place where Keras looks for it.

    Some attributes have a private twin. A model of one's own has its layers in the property `layers` too; at which
    number is in no file.
    """
    yield group
    if root.declared is None and "/container" in group.place:
        yield replace(group, place="layers/?", also_at=group.place)
    if group.place in retried:
        above, _, attribute = group.place.rpartition("/")
        yield replace(group, place=f"{above}/_{attribute}", also_at=group.place)


def _group(owner: str, node: Node | None, store: WeightStore, paths: Mapping[str, str]) -> WeightGroup:
    stored = store.variables.get(owner, [])
    name = node.name if node is not None else owner.rpartition("/")[2]
    aliased = _aliased_path(node, store, paths)
    found = tuple(paths.get(one.dataset.path, aliased or "") for one in stored)
    return WeightGroup(
        owner, name, node.class_name if node is not None else None, tuple(one.key for one in stored), found
    )


def _aliased_path(node: Node | None, store: WeightStore, paths: Mapping[str, str]) -> str | None:
    """Returns the path of the variable of a wrapped layer that its wrapper stores once more."""
    for child in node.children[:1] if node is not None else ():
        for declared, stored in zip(child.declared or (), store.variables.get(child.group, []), strict=False):
            if declared.name in ALIASED:
                return paths.get(stored.dataset.path)
    return None


@dataclass(frozen=True, slots=True)
class OwnPaths:
    """The paths of the variables of each node, in the order of `model.variables`, by the node's `id`."""

    by_node: Mapping[int, tuple[str, ...]]

    def of(self, node: Node) -> tuple[str, ...]:
        """Returns the paths of a node's own variables."""
        return self.by_node.get(id(node), ())


def own_paths(placed: Sequence[Placed], variables: Sequence[Variable]) -> OwnPaths:
    """Returns the paths of the variables of each node."""
    found: dict[int, list[str]] = {}
    for one, variable in zip(placed, variables, strict=True):
        is_variable = one.declared is None or one.declared.key is None  # to Keras, which a list by order consists of
        if variable.info.role == "weight" and is_variable:
            found.setdefault(id(one.node), []).append(variable.info.path)
    return OwnPaths({node: tuple(paths) for node, paths in found.items()})


def top_level_layers(root: Node, paths: OwnPaths, variables: Sequence[Variable]) -> tuple[WeightGroup, ...]:
    """Returns the layers of a model with all that is inside each, its trainable weights first."""
    frozen = {one.info.path for one in variables if one.info.trainable is False}
    groups = []
    for child in root.children:
        inside = [path for node in unique_nodes(child) for path in (*paths.of(node), *_unlisted(node, paths))]
        ordered = tuple(sorted(inside, key=frozen.__contains__))
        groups.append(WeightGroup(child.name, child.name, child.class_name, ordered, ordered))
    own = paths.of(root)
    if own:
        groups.append(WeightGroup(TOP_LEVEL, root.name, root.class_name, own, own))
    return tuple(groups)


def _unlisted(node: Node, paths: OwnPaths) -> Iterator[str]:
    """Yields an empty path for each variable that loading makes and the file has not: the factors of LoRA."""
    factors = [one.name for one in node.declared or () if one.legacy_only]
    listed = {path.rpartition("/")[2] for path in paths.of(node)}
    yield from ("" for name in factors if name not in listed)


def visited_nodes(root: Node) -> Iterator[Node]:
    """Yields a node and all that is inside it, each once, in the order in which Keras visits them by place.

    The layers of a model come in its own order, those of another layer in the order of its attributes' names.
    """
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        is_model = node.class_name in MODELS
        children = node.children if is_model else sorted(node.children, key=_attribute_key)
        stack.extend(reversed(children))


def _attribute_key(node: Node) -> str:
    """Sorts attributes as Keras visits them: private ones last."""
    attribute = node.group.rpartition("/")[2]
    return f"~{attribute}" if attribute.startswith("_") else attribute


def unique_nodes(root: Node) -> Iterator[Node]:
    """Yields a node and all that is inside it, each once, in the order of `model.variables`."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(reversed(node.children))
