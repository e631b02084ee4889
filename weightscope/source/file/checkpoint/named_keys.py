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

#: What keys have where there is a graph of objects. It may be out of reach: its data shard is missing; and it does not
#: tell all keys of a table.
_ATTRIBUTES = "/.ATTRIBUTES/"
_VALUE = f"{_ATTRIBUTES}VARIABLE_VALUE"
_SLOT = "/.OPTIMIZER_SLOT/"

#: What Adam counts.
_COUNTERS = ("beta1_power", "beta2_power")


def named_variables(entries: Mapping[str, BundleEntry], trainable: Mapping[str, bool]) -> list[GraphVariable]:
    """Returns the tensors by their keys: the model's variables, then the optimizers'.

    Args:
        entries: By key.
        trainable: What is known of some of them.
    """
    slots = {key: slot for key, entry in entries.items() if (slot := _slot(key, entry, entries)) is not None}
    adam = next((optimizer for optimizer, _ in slots.values() if optimizer.startswith("Adam")), None)
    found = []
    for key in entries:
        stored = Stored(VALUE, key, key)
        layer, _, name = key.removesuffix(_VALUE).replace(_ATTRIBUTES, "/").rpartition("/")
        if key in slots:
            found.append(GraphVariable(-1, stored, *slots[key], "optimizer", False))
        elif adam and (name in _COUNTERS or _without_number(name) in _COUNTERS):
            found.append(GraphVariable(-1, stored, adam, key, "optimizer", False))
        else:
            found.append(GraphVariable(-1, stored, layer, name, "weight", trainable.get(key)))
    return sorted(found, key=lambda one: one.role == "optimizer")


def _slot(key: str, entry: BundleEntry, entries: Mapping[str, BundleEntry]) -> tuple[str, str] | None:
    """Returns the optimizer that keeps this tensor for a weight, and its path below the optimizer's name."""
    before, is_slot, kept = key.removesuffix(_VALUE).partition(_SLOT)
    if is_slot:
        optimizer, _, word = kept.rpartition("/")
        return optimizer, f"{before}/{word}"
    weight, _, word = key.rpartition("/")
    name = _SLOTS.get(word) or _SLOTS.get(_without_number(word))
    if name is None or weight not in entries or entries[weight].shape != entry.shape:
        return None  # a slot has the shape of its weight
    return name, key


def _without_number(word: str) -> str:
    before, _, number = word.rpartition("_")
    return before if number.isdecimal() else word
