"""The variables of a checkpoint without a graph of objects: their keys are their names, as TF 1 saved them."""

from __future__ import annotations

from collections.abc import Mapping

from weightscope.source.file.checkpoint.bundle import BundleEntry
from weightscope.source.file.checkpoint.graph_variables import GraphVariable
from weightscope.source.file.checkpoint.key_graph import ATTRIBUTES
from weightscope.source.file.checkpoint.object_graph import VALUE, Stored
from weightscope.source.file.checkpoint.slot_names import named_slots
from weightscope.source.natural_order import in_natural_order


def named_variables(entries: Mapping[str, BundleEntry], trainable: Mapping[str, bool]) -> list[GraphVariable]:
    """Returns the tensors by their keys: the model's variables, then the optimizers'; each in the order of their keys.

    Args:
        entries: By key.
        trainable: What is known of some of them.
    """
    slots = named_slots({key: entry.shape for key, entry in entries.items()})
    weights, kept = [], []
    for key in in_natural_order(entries):
        stored = Stored(VALUE, key, key)
        if key in slots:
            kept.append(GraphVariable(-1, stored, slots[key].optimizer, slots[key].path, "optimizer", False))
        else:
            layer, _, name = key.replace(ATTRIBUTES, "/").rpartition("/")
            weights.append(GraphVariable(-1, stored, layer, name, "weight", trainable.get(key)))
    return weights + kept
