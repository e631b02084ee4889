"""The weights of a legacy file, which have names of their own, and the tree of layers of its config.

A name such as `lstm_1/lstm_cell_3/kernel:0` holds a weight and the path to it in its session. A
layer's weights are identified by owner and name if unambiguous, else by Keras' legacy order, in which
Keras itself loads them, if the names agree with it. Other weights keep their own names, with
trainability unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from weightscope.inspection import Finding
from weightscope.keras_facts.layers import ALIASED, current_name, current_name_among
from weightscope.keras_facts.records import Weight
from weightscope.source.file.config.structure import Node
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.keras3.model_variables import Placed

_NAMELESS = re.compile(r"Variable(_[0-9]+)?")


@dataclass(frozen=True, slots=True)
class LegacyWeight:
    """A weight as a legacy file lists it.

    Attributes:
        layer: The layer of the model whose group holds it; empty for the model's own.
        name: As written, such as `dense_1/kernel:0`.
        dataset: Shape, dtype and values.
    """

    layer: str
    name: str
    dataset: Dataset

    @property
    def plain_name(self) -> str:
        """The name without the output number that TensorFlow 1 gave it."""
        return self.name.removesuffix(":0")

    @property
    def steps(self) -> list[str]:
        """The parts of the name below the layer: sub-layers, and the variable's own name last."""
        steps = self.plain_name.split("/")
        if self.layer in steps[:-1]:
            steps = steps[steps.index(self.layer) + 1 :]
        return steps


@dataclass(frozen=True, slots=True)
class _Expected:
    """A variable that the config implies."""

    layer: str
    node: Node
    declared: Weight

    @property
    def trainable(self) -> bool:
        return self.declared.trainable and not self.declared.frozen and not self.node.frozen


def resolve(weights: list[LegacyWeight], root: Node | None) -> tuple[list[Placed], list[Finding]]:
    """Returns the weights in the order of `model.variables`, and notes on weights that could not be identified.

    Args:
        weights: In the order of the file's layers.
        root: The model's tree; None for a weights-only file.
    """
    nodes = {child.name: child for child in root.children} if root else {}
    by_layer: dict[str, list[LegacyWeight]] = {}
    for weight in weights:
        by_layer.setdefault(weight.layer, []).append(weight)
    placed: list[Placed] = []
    notes: list[Finding] = []
    seen: set[int] = set()
    for layer, own in by_layer.items():
        node = nodes.get(layer)
        found = _identified(own, node) if node is not None else None
        if found is not None:
            placed += [one for one in found if id(one.node) not in seen]
            seen |= {id(one.node) for one in found}
            continue
        placed += _by_their_names(own, node)
        if root is not None:
            what = f"{node.class_name} " if node is not None else ""
            message = f"{layer or root.name}: its {len(own)} weights cannot be identified by the config"
            notes.append(Finding("unknown-layer-weights", "warning", f"{message} ({what.strip() or 'no such layer'})"))
    return placed, notes


def expected_count(node: Node) -> int:
    """Returns the number of weights that Keras expects for a layer and all layers inside it; all are Keras' classes."""
    return len(set(_expected(node, node.name, set())))


def _identified(weights: list[LegacyWeight], node: Node) -> list[Placed] | None:
    """Returns a layer's weights in the order of `model.variables`; None if they do not fit the config."""
    expected = list(dict.fromkeys(_expected(node, node.name, set())))
    if len(expected) != len(weights):
        expected = list(dict.fromkeys(_expected(node, node.name, set(), with_keyed=True)))
    if len(expected) != len(weights):
        return None
    pairs = _paired_by_name(expected, weights, node)
    if pairs is None:
        pairs = list(zip(_legacy_order(expected, node), weights, strict=True))
        if any(not _same_name(one, weight) for one, weight in pairs):
            return None
    position = {id(one): index for index, one in enumerate(expected)}
    pairs.sort(key=lambda pair: position[id(pair[0])])
    return [Placed(one.layer, one.node, one.declared.name, one.trainable, w.dataset) for one, w in pairs]


def _expected(node: Node, path: str, seen: set[int], *, with_keyed: bool = False) -> Iterator[_Expected]:
    """Yields the variables of a layer and the layers inside it; in each, those declared trainable first.

    A variable that both a layer and its sub-layer hold comes twice, first at the position of the outer layer.

    Args:
        node: The layer.
        path: Its path.
        seen: The `id` of layers that are done.
        with_keyed: Whether what Keras 3 does not count as a variable is one: in Keras 2, a look-up's `idf_weights` is.
    """
    if id(node) in seen:
        return
    seen.add(id(node))
    for declared in sorted(node.declared or (), key=lambda one: one.rank):
        if declared.key is None or with_keyed:
            yield from _aliased(node, path) if declared.alias else (_Expected(path, node, declared),)
    for child in node.children:
        yield from _expected(child, f"{path}/{child.name}", seen, with_keyed=with_keyed)


def _aliased(node: Node, path: str) -> Iterator[_Expected]:
    """Yields the variable of a wrapped layer that its wrapper holds too."""
    for child in node.children[:1]:
        for declared in child.declared or ():
            if declared.name in ALIASED:
                yield _Expected(f"{path}/{child.name}", child, declared)
                return


def _legacy_order(expected: list[_Expected], node: Node) -> list[_Expected]:
    """Returns trainable weights first, as Keras writes and loads them.

    Source: `keras.src.legacy.saving.legacy_h5_format._legacy_weights`; a frozen layer has no trainable ones.
    """
    if node.frozen:
        return expected
    return sorted(expected, key=lambda one: not one.trainable)


def _paired_by_name(
    expected: list[_Expected], weights: list[LegacyWeight], node: Node
) -> list[tuple[_Expected, LegacyWeight]] | None:
    """Pairs weights with the variables in the config: by whole names, else by owner and name; None if ambiguous."""
    declared = [(*one.layer.split("/"), one.declared.name) for one in expected]
    written = [(node.name, *weight.steps[:-1], _current(node, weight.steps[-1])) for weight in weights]
    for steps in (None, 2):  # all of a name, or its last two
        by_name = {name[-steps if steps else None :]: one for name, one in zip(declared, expected, strict=True)}
        names = [name[-steps if steps else None :] for name in written]
        if len(by_name) == len(expected) and set(names) == set(by_name):
            return [(by_name[name], weight) for name, weight in zip(names, weights, strict=True)]
    return None


def _same_name(expected: _Expected, weight: LegacyWeight) -> bool:
    """Whether a weight's name is the expected one, or none: what TensorFlow calls a variable without a name."""
    name = weight.steps[-1]
    return bool(_NAMELESS.fullmatch(name)) or _current(expected.node, name) == expected.declared.name


def _current(node: Node, name: str) -> str:
    return current_name(node.class_name or "", name)


def _by_their_names(weights: list[LegacyWeight], node: Node | None) -> Iterator[Placed]:
    """Yields a layer's weights under their names in the file: the layer, then what the name says below that."""
    siblings: dict[tuple[str, ...], set[str]] = {}
    for weight in weights:
        siblings.setdefault(tuple(weight.steps[:-1]), set()).add(weight.steps[-1])
    for weight in weights:
        *inner, name = weight.steps
        layer = "/".join([weight.layer, *inner] if weight.layer else inner)
        owner = Node(weight.layer, node.class_name if node is not None and not inner else None, "", frozen=None)
        current = current_name_among(name, siblings[tuple(inner)])
        yield Placed(layer, owner, current, None, weight.dataset)
