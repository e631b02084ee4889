"""Finds the variable that a user names: by its path, the end of its path, or a glob."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from weightscope.errors import UsageError
from weightscope.inspection import Inspection, Variable
from weightscope.inspection.variable_filter import matches

#: The most paths that an error lists.
_MOST_LISTED = 10


def find_variable(inspection: Inspection, name: str) -> Variable:
    """Returns the variable of `inspection`, its optimizer's among them, that `name` means.

    A path that is exactly `name` wins; then the paths that end in it, after a `/`; then those that match it as a
    pattern.

    Raises:
        UsageError: It matches no variable, or several.
    """
    variables = inspection.all_variables
    location = inspection.source.location
    for means in (_is, _ends_in, matches):
        found = [variable for variable in variables if means(variable.info.path, name)]
        if len(found) == 1:
            return found[0]
        if found:
            paths = [variable.info.path for variable in found]
            raise UsageError(location, f"{name} is {len(found):,} variables", f"one of {_listed(paths)}")
    paths = [variable.info.path for variable in inspection.variables or variables]
    raise UsageError(location, f"it has no variable {name!r}", _nearest(name, paths))


def _is(path: str, name: str) -> bool:
    return path == name


def _ends_in(path: str, name: str) -> bool:
    return bool(name) and path.endswith(f"/{name}")


def _nearest(name: str, paths: Sequence[str]) -> str:
    near = get_close_matches(name, paths, n=3, cutoff=0.5)
    by_end = {path.rpartition("/")[2]: path for path in reversed(paths)}
    near += [by_end[end] for end in get_close_matches(name.rpartition("/")[2], by_end, n=3) if by_end[end] not in near]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"one of {_listed(paths)}" if paths else "it has no variables at all"


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_LISTED:,} more" if len(paths) > _MOST_LISTED else ""
    return ", ".join(paths[:_MOST_LISTED]) + more
