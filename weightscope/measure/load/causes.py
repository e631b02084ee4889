"""Explains why a layer is not loaded, by the names and shapes in the file."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection.load_plan import LoadedBy
from weightscope.inspection.weight_layout import TOP_LEVEL, WeightGroup
from weightscope.measure.load.readings import Infos, Sides

#: The most layers that a message names.
_MOST_NAMES = 5


def causes(sides: Sides, by: LoadedBy) -> Iterator[tuple[str, str]]:
    """Yields the layers of the target that Keras cannot load or skips, with the reason.

    Args:
        sides: The file and the model.
        by: The rule that assigns stored variables to layers.
    """
    if by == "place":
        yield from _by_place(sides)
    elif by == "name":
        yield from _by_name(sides)
    else:
        yield from _by_order(sides)


def _by_place(sides: Sides) -> Iterator[tuple[str, str]]:
    stored = {group.place: group for group in sides.stored}
    looked_for = {group.place for group in sides.target}
    spare = [group for group in sides.stored if group.keys and group.place not in looked_for]
    for group in sides.target:
        found = stored.get(group.place)
        if len(found.keys if found is not None else ()) == len(group.keys):
            continue
        if found is not None and found.keys:
            yield _path(group, sides), _count_difference(found, group, sides)
            continue
        same = next((one for one in spare if shapes_of(one, sides.stored_infos) == _shapes(group, sides)), None)
        if same is not None:
            spare.remove(same)
            yield (
                _path(group, sides),
                f"Keras looks for {group.place}, and the file has weights of these shapes in {same.place}: groups are"
                " named after the classes of layers, counted in order, and not after their names",
            )
        else:
            yield _path(group, sides), f"the file has nothing in {group.place}, where Keras looks"


def _by_order(sides: Sides) -> Iterator[tuple[str, str]]:
    stored, target = _with_weights(sides.stored), _with_weights(sides.target)
    if len(stored) != len(target):
        yield "", _unpaired(stored, target)
        return
    for found, group in zip(stored, target, strict=True):
        if len(found.keys) != len(group.keys):
            yield _path(group, sides), _count_difference(found, group, sides)
        elif shapes_of(found, sides.stored_infos) != _shapes(group, sides):
            is_reordered = sorted(shapes_of(found, sides.stored_infos)) == sorted(_shapes(group, sides))
            order = ": the same shapes in another order, since other layers inside it are frozen" * is_reordered
            yield _path(group, sides), f"it is paired with the file's {found.name}, which has other shapes{order}"


def _by_name(sides: Sides) -> Iterator[tuple[str, str]]:
    stored, target = _with_weights(sides.stored), _with_weights(sides.target)
    if {group.name for group in stored}.isdisjoint(group.name for group in target):
        yield "", f"no layer has the same name on both sides; {_unpaired(stored, target)}"
        return
    by_name = {group.name: group for group in stored}
    for group in target:
        found = by_name.get(group.name)
        if found is None:
            yield _path(group, sides), "the file has no layer of this name"
        elif len(found.keys) != len(group.keys):
            yield _path(group, sides), _count_difference(found, group, sides)


def _path(group: WeightGroup, sides: Sides) -> str:
    """Returns the path of a layer: the path of its own variables' layer, if it owns any."""
    owners = {sides.target_infos[path].layer for path in group.paths if path in sides.target_infos}
    return owners.pop() if len(owners) == 1 else group.name


def _with_weights(groups: tuple[WeightGroup, ...]) -> list[WeightGroup]:
    return [group for group in groups if group.keys and group.place != TOP_LEVEL]


def _unpaired(stored: list[WeightGroup], target: list[WeightGroup]) -> str:
    of_file, of_model = [group.name for group in stored], [group.name for group in target]
    only_file = [name for name in of_file if name not in of_model]
    only_model = [name for name in of_model if name not in of_file]
    parts = [
        f"only in the {side}: {enumerated(names)}"
        for side, names in (("file", only_file), ("model", only_model))
        if names
    ]
    return "; ".join(parts) or f"the file has {len(of_file):,} layers with weights, the model {len(of_model):,}"


def enumerated(names: list[str]) -> str:
    """Returns the first names, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _count_difference(found: WeightGroup, group: WeightGroup, sides: Sides) -> str:
    """Describes the variables that only one side has, by their shapes."""
    if _is_quantized(found, sides.stored_infos) != _is_quantized(group, sides.target_infos):
        quantized, other = ("file", "model") if _is_quantized(found, sides.stored_infos) else ("model", "file")
        return f"the {quantized} is quantized and has integers and their scale, the {other} is not"
    stored, wanted = shapes_of(found, sides.stored_infos), _shapes(group, sides)
    names = [sides.target_infos[path].name for path in group.paths if path in sides.target_infos]
    missing = list(zip(names, wanted, strict=True))
    surplus = []
    for shape in stored:
        match = next((one for one in missing if one[1] == shape), None)
        if match is None:
            surplus.append(shape)
        else:
            missing.remove(match)
    parts = []
    if missing:
        parts.append("the file lacks " + ", ".join(f"{name} {shape}" for name, shape in missing))
    if surplus:
        parts.append("the file has one more of shape " + ", ".join(map(str, surplus)))
    return "; ".join(parts) or f"the file has {len(stored):,} variables for it, the model {len(wanted):,}"


def _is_quantized(group: WeightGroup, infos: Infos) -> bool:
    return any(infos[path].dtype.startswith(("int", "uint")) for path in group.paths if path in infos)


def shapes_of(group: WeightGroup, infos: Infos) -> list[tuple[int, ...]]:
    """Returns the shapes of a group's listed variables, in order."""
    return [infos[path].shape for path in group.paths if path in infos]


def _shapes(group: WeightGroup, sides: Sides) -> list[tuple[int, ...]]:
    return shapes_of(group, sides.target_infos)
