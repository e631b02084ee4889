"""Combines a tree of layers with a store of weights: variables as Keras lists them, and notes.

The file decides: every stored variable is listed. Variables for which the tree contradicts the file get indices as
names and `trainable` None, and a note gives the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from weightscope.errors import not_from_keras
from weightscope.inspection import Finding, Role, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.keras_facts.layers import ALIASED
from weightscope.keras_facts.metrics import METRIC_CLASSES, class_of_group
from weightscope.keras_facts.records import Weight
from weightscope.source import limits
from weightscope.source.file.config.structure import Node, Structure, sublayer_config
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.keras3.placement_notes import count_note, lora_note, unknown_class_note
from weightscope.source.file.keras3.weight_store import METRICS, OPTIMIZER, StoredVariable, WeightStore, is_inside


@dataclass(frozen=True, slots=True)
class Placed:
    """A stored variable at its place in the model.

    Attributes:
        layer: Path of its owner, without the root's name.
        node: Its owner.
        name: Its own name.
        trainable: None where that is unknown.
        dataset: Where its values are.
    """

    layer: str
    node: Node
    name: str
    trainable: bool | None
    dataset: Dataset
    role: Role = "weight"

    @property
    def declared(self) -> Weight | None:
        """What its class declares it as; None where that is unknown."""
        return next((one for one in self.node.declared or () if one.name == self.name), None)


@dataclass(slots=True)
class Placement:
    """Brings nodes and stored variables together.

    Attributes:
        store: The weights.
        structure: Builds nodes from a custom layer's config.
        notes: The notes, in the order in which they arose.
        _holders: For a layer that only the file's groups show: the layer of known class that it is inside,
            and that one's path.
    """

    store: WeightStore
    structure: Structure
    notes: list[Finding] = field(default_factory=list)
    _noted: set[int] = field(default_factory=set)
    _holders: dict[int, tuple[Node, str]] = field(default_factory=dict)

    def place(self, root: Node) -> list[Placed]:
        """Returns every stored variable of the model, in the order of `model.variables`."""
        self._adopt(root)
        return gated(root, list(self._walk(root, "", set(), set()))) + self._metric_states()

    def _metric_states(self) -> list[Placed]:
        """Returns the states of metrics, which Keras 2 stored and no `model.variables` of Keras 3 has."""
        return [
            placed
            for owner in self.store.owners
            if owner.partition("/")[0] in METRICS
            for placed in _states_of_metric(owner, self.store.variables.get(owner, []))
        ]

    def _adopt(self, root: Node) -> None:
        """Gives every owner of variables that no node claims to the node above it."""
        nodes: dict[str, Node] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            if nodes.setdefault(node.group, node) is node:
                stack.extend(node.children)
        holders = self.store.holders()
        no_layers = {OPTIMIZER, *METRICS, *self.store.optimizers()}
        for owner in self.store.owners:
            if owner in nodes or is_inside(owner, no_layers):
                continue
            parent = nodes[_parent(owner, nodes)]
            if parent.declared is not None and owner not in holders:
                continue
            child = self._child(parent, owner)
            parent.children.append(child)
            stack = [child]
            while stack:
                node = stack.pop()
                nodes.setdefault(node.group, node)
                stack.extend(node.children)

    def _child(self, parent: Node, owner: str) -> Node:
        inside = owner.removeprefix(parent.group).lstrip("/")
        declared = sublayer_config(parent.config, inside) if parent.declared is None else None
        if declared is not None:
            return self.structure.build(declared, owner)
        if parent.declared is not None:
            self.notes.append(
                Finding(
                    "unplaced-variables",
                    "warning",
                    f"the config has no layer that stores its variables in {owner}",
                )
            )
        return Node(self.store.names.get(owner) or inside, None, owner, frozen=None)

    def _walk(self, node: Node, path: str, seen: set[int], taken: set[str]) -> Iterator[Placed]:
        """Yields the variables of a node and of what is inside it; a shared layer's where it comes first."""
        if id(node) in seen:
            return
        seen.add(id(node))
        if len(path) > limits.PATH_CHARACTERS:
            raise not_from_keras(self.structure.location, f"a path of {len(path):,} characters")
        for declared, stored in self._own(node, path):
            if declared is not None and declared.alias:
                yield from self._aliased(node, path, taken)
                continue
            is_copy = node.class_name is None and self.store.is_copy(node.group, stored)
            if stored.dataset.path in taken or is_copy:
                continue
            taken.add(stored.dataset.path)
            yield _placed(node, path, declared, stored)
        for child in node.children:
            if child.class_name is None:
                self._holders[id(child)] = self._holders.get(id(node), (node, path))
            yield from self._walk(child, f"{path}/{child.name}" if path else child.name, seen, taken)

    def _own(self, node: Node, path: str) -> list[tuple[Weight | None, StoredVariable]]:
        """Returns a node's own variables as `model.variables` has them: as declared, trainable first."""
        stored = self.store.variables.get(node.group, [])
        if node.declared is None:
            holder, above = self._holders.get(id(node), (node, path))
            if stored and holder.class_name is not None and holder.declared is None:
                self._note(holder, unknown_class_note(holder.class_name, above))
            return [(None, one) for one in stored]
        declared = [one for one in node.declared if not one.legacy_only]
        pairs = _paired(declared, stored)
        if pairs is None:
            if stored or declared:
                what = f"{node.class_name} owns {len(declared)} variables, and the file has {len(stored)}"
                self._note(node, count_note(what, path or node.name))
            return [(None, one) for one in stored]
        if len(declared) != len(node.declared):
            self._note(node, lora_note(node.declared, path))
        return [(one, its) for one, its in sorted(pairs, key=lambda pair: pair[0].rank)]

    def _aliased(self, node: Node, path: str, taken: set[str]) -> Iterator[Placed]:
        """Yields a sub-layer's variable that its holder has too: the holder's place, the other's name."""
        for child in node.children[:1]:
            inner = f"{path}/{child.name}" if path else child.name
            for declared, stored in self._own(child, inner):
                if declared is not None and declared.name in ALIASED:
                    taken.add(stored.dataset.path)
                    yield _placed(child, inner, declared, stored)
                    return

    def _note(self, node: Node, note: Finding) -> None:
        """Adds a note on a layer, unless it has one."""
        if id(node) not in self._noted:
            self._noted.add(id(node))
            self.notes.append(note)


def named_variables(placed: list[Placed]) -> tuple[Variable, ...]:
    """Returns placed variables as records, each path once."""
    unique = UniquePaths()
    return tuple(
        Variable(
            VariableInfo(
                path=unique(f"{one.layer}/{one.name}" if one.layer else one.name),
                name=one.name,
                layer=one.layer,
                layer_class=one.node.class_name,
                role=one.role,
                shape=one.dataset.shape,
                dtype=one.dataset.dtype,
                trainable=one.trainable,
                stored_at=one.dataset.path,
            ),
            one.dataset,
        )
        for one in placed
    )


def _paired(declared: list[Weight], stored: list[StoredVariable]) -> list[tuple[Weight, StoredVariable]] | None:
    """Pairs what a layer owns with what the file has: by key, else by number; None where they do not agree."""
    by_key = {one.key: one for one in stored if not one.key.isdecimal()}
    numbered = [one for one in stored if one.key.isdecimal()]
    keyed = [one for one in declared if one.key is not None]
    plain = [one for one in declared if one.key is None]
    if len(plain) != len(numbered) or by_key.keys() != {one.key for one in keyed}:
        return None
    return [*zip(plain, numbered, strict=True), *((one, by_key[one.key or ""]) for one in keyed)]


def _states_of_metric(group: str, stored: list[StoredVariable]) -> list[Placed]:
    """Returns the states of the metric in a group; by index where its class is not Keras' or has other states."""
    class_name = class_of_group(group.rpartition("/")[2])
    names = METRIC_CLASSES[class_name].states if class_name is not None else ()
    if len(names) != len(stored):
        names = tuple(one.key for one in stored)
    node = Node(group, class_name, group)
    return [Placed(group, node, name, False, one.dataset, "metric") for name, one in zip(names, stored, strict=True)]


def _placed(node: Node, path: str, declared: Weight | None, stored: StoredVariable) -> Placed:
    if declared is None:
        return Placed(path, node, stored.key, None, stored.dataset)
    trainable = None if node.frozen is None else declared.trainable and not (declared.frozen or node.frozen)
    return Placed(path, node, declared.name, trainable, stored.dataset)


def gated(root: Node, placed: list[Placed]) -> list[Placed]:
    """Returns the variables as the model lets them be: a frozen one lets nothing be trainable.

    A loaded Sequential has forgotten that it was frozen; what a model of one's own does is unknown.
    """
    if not root.frozen or root.class_name == "Sequential":
        return placed
    gate = None if root.declared is None else False
    return [replace(one, trainable=gate if one.trainable else one.trainable) for one in placed]


def _parent(owner: str, nodes: dict[str, Node]) -> str:
    group = owner
    while group and group not in nodes:
        group = group.rpartition("/")[0]
    return group
