"""The variables of a checkpoint without a graph of objects: their keys are their names, as TF 1 saved them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weightscope.source.file.checkpoint.bundle import BundleEntry
from weightscope.source.file.checkpoint.graph_variables import GraphVariable
from weightscope.source.file.checkpoint.key_graph import ATTRIBUTES
from weightscope.source.file.checkpoint.object_graph import VALUE, ObjectTensor
from weightscope.source.file.checkpoint.slot_names import named_slots
from weightscope.source.natural_order import in_natural_order


def named_variables(entries: Mapping[str, BundleEntry], trainable: Mapping[str, bool]) -> Iterator[GraphVariable]:
    """Yields the tensors by their keys: the model's variables, then the optimizers'; each in the order of their keys.

    Args:
        entries: By key.
        trainable: What is known of some of them.
    """
    slots = named_slots({key: entry.shape for key, entry in entries.items()})
    keys = in_natural_order(entries)
    for key in keys:
        if key not in slots:
            layer, _, name = key.replace(ATTRIBUTES, "/").rpartition("/")
            yield GraphVariable(-1, ObjectTensor(VALUE, key, key), layer, name, "weight", trainable.get(key))
    for key in keys:
        if key in slots:
            stored = ObjectTensor(VALUE, key, key)
            yield GraphVariable(-1, stored, slots[key].optimizer, slots[key].path, "optimizer", False)
