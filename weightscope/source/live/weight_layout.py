"""Returns how loading addresses the weights of a model in memory: by Keras' search of its attributes, and by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from weightscope.inspection.weight_layout import TOP_LEVEL, WeightGroup, WeightLayout
from weightscope.source.live.keras_internals import is_saveable, own_variables, snake_case, walk_saveable


def live_layout(model: Any, paths: Mapping[int, str]) -> WeightLayout:
    """Returns the layout of a built model.

    Args:
        model: A Keras model.
        paths: The path of each variable by its `id`.
    """
    by_place = tuple(group for group in _groups(model, paths) if any(group.paths) or not group.keys)
    return WeightLayout("place", by_place, by_place, tuple(_layers(model, paths)))


def _layers(model: Any, paths: Mapping[int, str]) -> Iterator[WeightGroup]:
    """Yields the top-level layers with their weights in the order of legacy files.

    Source: `_legacy_weights` of `keras/src/legacy/saving/legacy_h5_format.py`, Keras 3.15.1.
    """
    for layer in model.layers:
        found = tuple(paths.get(id(one), "") for one in (*layer.trainable_weights, *layer.non_trainable_weights))
        yield WeightGroup(layer.name, layer.name, type(layer).__name__, found, found)
    own = {id(one) for layer in model.layers for one in layer.weights}
    top = tuple(paths[id(one)] for one in model.weights if id(one) not in own and id(one) in paths)
    if top:
        yield WeightGroup(TOP_LEVEL, model.name, type(model).__name__, top, top)


def _groups(root: Any, paths: Mapping[int, str]) -> Iterator[WeightGroup]:
    """Yields each layer at each path at which Keras saves it, in the order of Keras.

    Source: `_load_state` and `_load_container_state` of `keras/src/saving/saving_lib.py`, Keras 3.15.1.
    """
    stack: list[tuple[str, Any, tuple[int, ...]]] = [("", root, ())]
    first_places: dict[int, str] = {}
    while stack:
        place, item, above = stack.pop()
        if id(item) in above:
            continue
        inside = (*above, id(item))
        if is_saveable(item):
            if hasattr(item, "save_own_variables") and not _is_optimizer(item):
                first = first_places.setdefault(id(item), place)
                yield replace(_group(place, item, paths), also_at=first if first != place else "")
            children = [(name, child) for name, child in walk_saveable(item) if _is_walked(child)]
        else:
            children = list(_in_container(item))
        stack += [(f"{place}/{name}" if place else name, child, inside) for name, child in reversed(children)]


def _in_container(container: Any) -> Iterator[tuple[str, Any]]:
    """Yields the items of a list, tuple or dict. Each name is the item's class with a number."""
    used: dict[str, int] = {}
    for item in container.values() if isinstance(container, dict) else container:
        if not _is_walked(item):
            continue
        name = snake_case(type(item).__name__) if is_saveable(item) else "container"
        used[name] = used.get(name, -1) + 1
        yield f"{name}_{used[name]}" if used[name] else name, item


def _is_walked(item: Any) -> bool:
    return is_saveable(item) or isinstance(item, (list, dict, tuple))


def _is_optimizer(item: Any) -> bool:
    return hasattr(item, "apply_gradients")


def _group(place: str, item: Any, paths: Mapping[int, str]) -> WeightGroup:
    """Returns the weights that a layer stores, with their keys."""
    stored: dict[str, Any] = {}
    item.save_own_variables(stored)
    unused = {id(one): one for one in own_variables(item) if id(one) in paths} if stored else {}
    for value in stored.values():
        unused.pop(id(value), None)
    is_built = bool(getattr(item, "built", True))
    found = tuple(paths.get(id(value)) or _path_of_values(value, unused, paths) for value in stored.values())
    return WeightGroup(place, getattr(item, "name", ""), type(item).__name__, tuple(stored), found, is_built)


def _path_of_values(value: Any, unused: dict[int, Any], paths: Mapping[int, str]) -> str:
    """Returns the path of the variable whose stored values were computed, such as a kernel with LoRA merged."""
    for key, variable in unused.items():
        if tuple(variable.shape) == tuple(getattr(value, "shape", ())):
            del unused[key]
            return paths[key]
    return ""
