"""Counts the weights of each layer in a legacy file, and those that Keras expects when it loads the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from weightscope.inspection.layer_config import LayerConfig
from weightscope.source import limits
from weightscope.source.file.config.structure import MODELS, Node
from weightscope.source.file.keras3.layer_configs import layer_configs
from weightscope.source.file.legacy.legacy_names import LegacyWeight, expected_count

#: Versions that store a layer's weights as Keras 3 expects them; Keras 1 had twelve for an LSTM.
_VERSIONS = ("2.", "3.")


def legacy_layer_configs(
    root: Node, weights: Sequence[LegacyWeight], keras_version: str | None
) -> tuple[LayerConfig, ...]:
    """Returns the layers in the config, those directly in the model with their expected and stored counts.

    A layer with custom parts has no expected count. No layer has one if the file holds no weight at all: its model
    was saved before it was built.

    Args:
        root: The model.
        weights: All that the file holds.
        keras_version: The version of Keras that wrote the file.
    """
    configs = layer_configs(root)
    if not weights or root.class_name not in MODELS or not (keras_version or "").startswith(_VERSIONS):
        return configs
    stored = Counter(weight.layer for weight in weights)
    expected = _expected_counts(root, stored)
    return tuple(
        replace(one, expected=expected[one.path], stored=stored[one.path]) if one.path in expected else one
        for one in configs
    )


def _expected_counts(root: Node, stored: Mapping[str, int]) -> dict[str, int]:
    """Returns the number of weights that Keras expects for each layer directly in the model, if there are any.

    Args:
        root: The model.
        stored: The number of weights that the file holds for a layer.
    """
    counts: dict[str, int] = {}
    left = limits.LAYERS  # layers may share sub-layers, and in an untrusted config all of them
    for child in root.children:
        inside = _inside(child, left)
        left -= len(inside)
        if left <= 0:
            return {}
        if all(node.declared is not None for node in inside):
            count = expected_count(child)
            if count or stored.get(child.name):
                counts[child.name] = count
    return counts


def _inside(layer: Node, most: int) -> list[Node]:
    """Returns a layer and the layers inside it, each once; `most` of them at most."""
    found = {id(layer): layer}
    stack = [layer]
    while stack and len(found) < most:
        for child in stack.pop().children:
            if id(child) not in found:
                found[id(child)] = child
                stack.append(child)
    return list(found.values())
