"""How Keras names groups: classes in snake case, counted within a container."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

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
    used: dict[str, int] = {}
    names = []
    for class_name in class_names:
        name = snake_case(class_name)
        used[name] = used.get(name, -1) + 1
        names.append(f"{name}_{used[name]}" if used[name] else name)
    return names
