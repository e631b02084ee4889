"""What the config says of each layer, for who compares it with what the file holds."""

from __future__ import annotations

from dataclasses import replace

from weightscope.inspection.layer_config import LayerConfig
from weightscope.keras_facts.serialized import items
from weightscope.source.file.config.structure import MODELS, Node
from weightscope.source.file.keras3.weight_store import WeightStore


def layer_configs(root: Node, store: WeightStore | None = None) -> tuple[LayerConfig, ...]:
    """Returns the layers in the config of a model, each once, in the order of the model.

    Args:
        root: The model, with all that is inside it.
        store: The stored weights; None if their layout does not show which layer a variable belongs to.
    """
    found = []
    seen: set[int] = set()
    holders = store.holders() if store is not None else {}
    stack = [(root, "", False)]
    while stack:
        node, path, is_built = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.class_name is not None:
            group = holders.get(node.group)
            config = _layer_config(node, path, store, is_built)
            found.append(replace(config, group=group, sought=node.sought if group else None))
        # a layer builds what is inside it when it is built itself; a model may hold layers that it never calls
        inherits = (is_built or bool(node.build_config)) and node.class_name not in MODELS
        stack += [
            (child, f"{path}/{child.name}" if path else child.name, inherits) for child in reversed(node.children)
        ]
    return tuple(found)


def _layer_config(node: Node, path: str, store: WeightStore | None, is_built: bool) -> LayerConfig:
    expected, stored = None, None
    if store is not None and node.declared is not None:
        stored = len(store.variables.get(node.group, []))
        if is_built or node.build_config or stored:  # of a layer that was never built Keras expects nothing
            expected = sum(not one.legacy_only for one in node.declared)
    return LayerConfig(path, node.class_name or "", node.config, expected, stored, _input_shape(node))


def _input_shape(node: Node) -> tuple[int | None, ...] | None:
    """Returns the shape of the one input that a layer of Keras was built for."""
    sizes = items(node.build_config, "input_shape")
    if node.declared is None or not sizes or not all(size is None or type(size) is int for size in sizes):
        return None
    return tuple(sizes)
