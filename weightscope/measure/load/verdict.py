"""The outcome of a load for each variable, and one verdict for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weightscope.inspection import VariableInfo
from weightscope.inspection.load_plan import Assignment, Outcome, Overwritten, Verdict
from weightscope.measure.load.readings import Infos, Readings


def assignments(readings: Readings, stored: Infos, target: Infos) -> tuple[Assignment, ...]:
    """Returns each variable of the target with the stored variable read into it, then the stored ones not loaded."""
    return (*_of_target(readings, stored, target), *_unused(readings, stored))


def _of_target(readings: Readings, stored: Infos, target: Infos) -> Iterator[Assignment]:
    for path, info in target.items():
        source = readings.read.get(path) or readings.mismatched.get(path)
        if source is None:
            yield Assignment(None, path, None, info.shape, "missing")
            continue
        outcome: Outcome = "mismatch"
        if path in readings.read:
            outcome = "equal-path" if _is_same_place(stored[source], info) else "moved"
        yield Assignment(source, path, stored[source].shape, info.shape, outcome)


def _unused(readings: Readings, stored: Infos) -> Iterator[Assignment]:
    used = {*readings.read.values(), *readings.mismatched.values()}
    for path, info in stored.items():
        if path not in used:
            yield Assignment(path, None, info.shape, None, "unused")


def _is_same_place(stored: VariableInfo, target: VariableInfo) -> bool:
    """Whether two paths are equal; if one side has no variable names, whether the layers' paths are equal."""
    if stored.name.isdecimal() or target.name.isdecimal():
        return stored.layer == target.layer
    return stored.path == target.path


def verdict(
    readings: Readings, stored: Infos, target: Infos, replaced: Iterable[Overwritten] = (), *, does_raise: bool
) -> Verdict:
    """Returns the first verdict that holds.

    Args:
        readings: The readings of the load.
        stored: The variables of the file.
        target: The variables of the model.
        replaced: The variables of the model that are filled more than once.
        does_raise: Whether `load_weights` raises.
    """
    if does_raise:
        return "raises"
    pairs = [(stored[source], target[path]) for path, source in readings.read.items()]
    if _swaps_layers(pairs) or any(is_another_variable(*pair) or is_another_kind(*pair) for pair in pairs):
        return "silently-wrong"
    copies = {path for one in replaced if one.are_equal for path in one.earlier}
    is_whole = len(readings.read) == len(target) and {*readings.read.values(), *copies} == set(stored)
    return "loads" if is_whole else "partly"


def _swaps_layers(pairs: list[tuple[VariableInfo, VariableInfo]]) -> bool:
    """Whether two or more of the target's layers are filled from one another in a cycle."""
    return bool(swapped_layers(pairs))


def swapped_layers(pairs: list[tuple[VariableInfo, VariableInfo]]) -> list[str]:
    """Returns the layers of the first cycle of two or more layers that are filled from one another."""
    sources: dict[str, str] = {}
    for stored, target in pairs:
        if stored.layer != target.layer:
            sources.setdefault(target.layer, stored.layer)
    done: set[str] = set()
    for start in sources:
        way: list[str] = []
        layer: str | None = start
        while layer is not None and layer not in done and layer not in way:
            way.append(layer)
            layer = sources.get(layer)
        if layer in way:
            return way[way.index(layer) :]
        done.update(way)
    return []


def is_another_variable(stored: VariableInfo, target: VariableInfo) -> bool:
    """Whether a variable is read into another variable of the same layer; False if a name is unknown."""
    has_names = not (stored.name.isdecimal() or target.name.isdecimal())
    return has_names and stored.layer == target.layer and stored.name != target.name


def is_another_kind(stored: VariableInfo, target: VariableInfo) -> bool:
    """Whether float values are read into an integer variable, or integers into a float variable."""
    return ("float" in stored.dtype) != ("float" in target.dtype)
