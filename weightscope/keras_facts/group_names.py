"""How Keras names groups: classes in snake case, counted within a container."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from itertools import chain, count, islice

from weightscope.keras_facts.layers import LAYERS


@lru_cache(maxsize=1024)
def snake_case(class_name: str) -> str:
    """Returns the group name that Keras makes from a class name.

    Source: `keras.src.utils.naming.to_snake_case`.
    """
    facts = LAYERS.get(class_name)
    name = (facts and facts.group_class) or class_name
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_snake_names(class_names: Iterable[str]) -> list[str]:
    """Returns the group names of the layers of one container: `dense`, `dense_1`, ...

    Source: `keras.src.saving.saving_lib._get_unique_name`.
    """
    names: dict[str, Iterator[str]] = {}
    return [next(names.setdefault(name, _numbered(name))) for name in map(snake_case, class_names)]


class LayerGroups:
    """The groups of the layers of one model, in the order in which the layers are stored.

    Source: `_save_container_state` of Keras' `saving_lib`. Keras 2.12 and 2.13 skip numbers (they count each layer
    with weights twice), and write a group for every layer: there the groups of a class are those that exist, in order.

    Args:
        path: The group that they are in.
        class_names: The classes of the layers.
        existing: Every group of the file where numbers may be skipped; None elsewhere.
    """

    def __init__(self, path: str, class_names: Iterable[str], existing: Container[str] | None) -> None:
        self._path = path
        self._existing = existing
        self._times = Counter(map(snake_case, class_names))
        self._names: dict[str, Iterator[str]] = {}

    def next(self, class_name: str) -> str:
        """Returns the group of the next layer of a class."""
        name = snake_case(class_name)
        if name not in self._names:
            self._names[name] = self._groups(name)
        return next(self._names[name])

    def _groups(self, name: str) -> Iterator[str]:
        existing, groups = self._existing, (f"{self._path}/{numbered}" for numbered in _numbered(name))
        if existing is None:
            return groups
        possible = list(islice(groups, 2 * self._times[name]))
        return chain([group for group in possible if group in existing], groups)


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in count(1):
        yield f"{name}_{number}"
