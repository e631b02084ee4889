"""Compares the variables of a loaded model with the variables in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from weightscope.inspection import Finding, Inspection, Variable
from weightscope.inspection.load_plan import OVERWRITTEN, Overwritten
from weightscope.source.live.load_log import LoadLog


def with_origins(variables: Sequence[Variable], live: Sequence[Any], log: LoadLog) -> tuple[Variable, ...]:
    """Returns `variables` with the locations of their values in the file. Weights without a value are `unloaded`.

    Keras 3 does not store the states of seed generators and metrics; these variables keep their roles.

    Args:
        variables: The variables of the model.
        live: The Keras variable of each.
        log: The log of the load.
    """
    return tuple(_with_origin(one, keras_one, log) for one, keras_one in zip(variables, live, strict=True))


def _with_origin(variable: Variable, live: Any, log: LoadLog) -> Variable:
    info = variable.info
    if info.role == "weight" and not log.is_filled(live):
        return replace(variable, info=replace(info, role="unloaded"))
    return replace(variable, info=replace(info, stored_at=log.origin(live)))


def load_notes(
    from_file: Inspection, variables: Sequence[Variable], live: Sequence[Any], log: LoadLog
) -> Iterator[Finding]:
    """Yields Keras' warnings, then the variables without a stored value or with several, then what was not loaded.

    Args:
        from_file: The inspection of the file.
        variables: The variables of the model, as `with_origins` returns them.
        live: The Keras variable of each.
        log: The log of the load.
    """
    for message in log.warnings:
        yield Finding("keras-warning", "warning", message)
    for variable, keras_one in zip(variables, live, strict=True):
        if variable.info.role == "unloaded":
            yield _not_in_file(variable.info.path, is_set=log.is_set(keras_one))
        yield from _overwritten(variable, log.overwritten(keras_one), from_file)
    for stored in from_file.variables:
        info = stored.info
        if info.role == "weight" and info.stored_at not in log.read:
            message = f"stored at {info.stored_at}, but not loaded into any variable"
            yield Finding("not-loaded", "warning", message, info.path)


def _overwritten(variable: Variable, earlier: Mapping[str, bool], from_file: Inspection) -> Iterator[Finding]:
    """Yields that a variable was filled more than once; a note where all stored copies are equal.

    A wrapper of Keras stores the kernel of its layer once more, which an inspection does not list.
    """
    paths = {one.info.stored_at: one.info.path for one in from_file.variables} if earlier else {}
    copies = {paths[place]: is_equal for place, is_equal in earlier.items() if place in paths}
    if copies:
        last = variable.info.stored_at or ""
        found = Overwritten(variable.info.path, tuple(copies), paths.get(last, last), all(copies.values()))
        yield Finding(OVERWRITTEN, "note" if found.are_equal else "warning", found.message, found.target)


def _not_in_file(path: str, *, is_set: bool) -> Finding:
    if is_set:  # the factors of LoRA: the file has the kernel with the factors merged into it
        return Finding("not-in-file", "note", "not in the file: Keras set it while loading", path)
    return Finding("not-in-file", "warning", "not in the file: the value shown is a new initial value", path)
