"""How Keras names groups: classes in snake case, counted within a container."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from functools import lru_cache

from weightscope.keras_facts.layers import LAYERS


@lru_cache(maxsize=1024)
def snake_case(class_name: str) -> str:
    """Returns the group name that Keras derives from a class name.

    Source: `keras.src.utils.naming.to_snake_case`.
    """
    facts = LAYERS.get(class_name)
    name = (facts and facts.group_class) or class_name
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


@lru_cache(maxsize=1024)
def repeats_inner_weight(group: str) -> bool:
    """Whether a group of this name is that of a wrapper which stores a weight of the layer inside it once more."""
    name = re.sub(r"_\d+$", "", group)
    return any(snake_case(facts.name) == name and any(one.alias for one in facts.weights) for facts in LAYERS.values())


def unique_snake_names(class_names: Iterable[str]) -> list[str]:
    """Returns the group names of the layers of one container: `dense`, `dense_1`, ...

    Source: `keras.src.saving.saving_lib._get_unique_name`.
    """
    given: Counter[str] = Counter()
    names = []
    for name in map(snake_case, class_names):
        names.append(_numbered(name, given[name]))
        given[name] += 1
    return names


class LayerGroups:
    """The groups of the layers of one model, in the order in which the layers are stored.

    Source: `_save_container_state` of Keras' `saving_lib`. Keras 2.12 and 2.13 skip numbers (they count each layer
    with weights twice), and write a group for every layer: there the groups of a class are those that exist, in order.

    Args:
        path: The group around them.
        class_names: The classes of the layers.
        existing: Every group of the file if numbers may be skipped; None otherwise.
    """

    def __init__(self, path: str, class_names: Iterable[str], existing: Container[str] | None) -> None:
        self._path = path
        self._existing = existing
        self._times = Counter(map(snake_case, class_names))
        self._given: Counter[str] = Counter()
        self._present: dict[str, list[str]] = {}

    def next(self, class_name: str) -> str:
        """Returns the group of the next layer of a class."""
        name = snake_case(class_name)
        place = self._given[name]
        self._given[name] += 1
        if self._existing is None:
            return self._group(name, place)
        if name not in self._present:
            self._present[name] = self._groups_present(name, self._existing)
        present = self._present[name]
        if place < len(present):
            return present[place]
        return self._group(name, 2 * self._times[name] + place - len(present))

    def _groups_present(self, name: str, existing: Container[str]) -> list[str]:
        possible = (self._group(name, number) for number in range(2 * self._times[name]))
        return [group for group in possible if group in existing]

    def _group(self, name: str, number: int) -> str:
        return f"{self._path}/{_numbered(name, number)}"


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name
