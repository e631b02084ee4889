"""The variables of a checkpoint without a graph of objects: their keys are their names, as TF 1 saved them."""

from __future__ import annotations

from collections.abc import Mapping

from weightscope.source.file.checkpoint.bundle import BundleEntry
from weightscope.source.file.checkpoint.graph_variables import GraphVariable
from weightscope.source.file.checkpoint.object_graph import VALUE, Stored

#: Optimizers of TF 1, and what BERT's calls its slots: a slot is named after its weight and then after the optimizer,
#: with a number from the second on (`dense/kernel/Adam_1`).
_SLOTS = {
    "Adadelta": "Adadelta",
    "Adagrad": "Adagrad",
    "Adam": "Adam",
    "AdamW": "AdamW",
    "Ftrl": "Ftrl",
    "Momentum": "Momentum",
    "RMSProp": "RMSProp",
    "adam_m": "Adam",
    "adam_v": "Adam",
}

#: What Adam counts.
_COUNTERS = ("beta1_power", "beta2_power")


def named_variables(entries: Mapping[str, BundleEntry], trainable: Mapping[str, bool]) -> list[GraphVariable]:
    """Returns the tensors by their keys: the model's variables, then the optimizers'.

    Args:
        entries: By key.
        trainable: What is known of some of them.
    """
    optimizers = {key: name for key, entry in entries.items() if (name := _optimizer(key, entry, entries))}
    adam = next((name for name in optimizers.values() if name.startswith("Adam")), None)
    found = []
    for key in entries:
        layer, _, name = key.rpartition("/")
        optimizer = optimizers.get(key) or (adam if _is_counter(name) else None)
        stored = Stored(VALUE, key, key)
        if optimizer is None:
            found.append(GraphVariable(-1, stored, layer, name, "weight", trainable.get(key)))
        else:
            found.append(GraphVariable(-1, stored, optimizer, key, "optimizer", False))
    return sorted(found, key=lambda one: one.role == "optimizer")


def _optimizer(key: str, entry: BundleEntry, entries: Mapping[str, BundleEntry]) -> str | None:
    """Returns the optimizer that keeps this tensor for a weight, which is of its shape and named as its key begins."""
    weight, _, word = key.rpartition("/")
    name = _SLOTS.get(word) or _SLOTS.get(_without_number(word))
    if name is None or weight not in entries or entries[weight].shape != entry.shape:
        return None
    return name


def _is_counter(name: str) -> bool:
    return name in _COUNTERS or _without_number(name) in _COUNTERS


def _without_number(word: str) -> str:
    before, _, number = word.rpartition("_")
    return before if number.isdecimal() else word
