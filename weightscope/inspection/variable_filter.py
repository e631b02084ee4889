"""Selects variables, and what is about them, by patterns on their paths and by trainability."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeVar

from weightscope.errors import UsageError
from weightscope.inspection.variable import Variable, VariableInfo

#: The values of `--only`, and the variables that each keeps.
ONLY: dict[str, Callable[[VariableInfo], bool]] = {
    "trainable": lambda info: info.trainable is True,
    "non-trainable": lambda info: info.trainable is False,
    "all": lambda _: True,
}

Thing = TypeVar("Thing")

_GLOB = re.compile(r"[*?\[]")
_REPEAT = re.compile(r"#\d+$")
_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class VariableFilter:
    """What `--filter`, `--exclude` and `--only` choose.

    Attributes:
        filters: Patterns on the path (see `matches`), of which any may match; none takes every path.
        exclude: Patterns on the path of which none may match.
        only: A key of `ONLY`; None takes all.
    """

    filters: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    only: str | None = None

    def __post_init__(self) -> None:
        """Checks the kind of variables.

        Raises:
            UsageError: There is no such kind.
        """
        if self.only not in (None, *ONLY):
            raise UsageError(f"only {self.only!r}", "no kind of variables", f"one of {', '.join(ONLY)}")

    def unmatched(self, paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        """Yields each pattern that matches none of the paths, and the nearest patterns that would match some."""
        known = list(paths)
        for pattern in dict.fromkeys((*self.filters, *self.exclude)):
            if not any(matches(path, pattern) for path in known):
                yield pattern, _nearest(pattern, known)


def select(
    things: Iterable[Thing],
    wanted: VariableFilter,
    infos: Callable[[Thing], Iterable[VariableInfo]],
    paths: Callable[[Thing], Iterable[str]] | None = None,
) -> list[Thing]:
    """Returns the wanted things in their order: variables, or what is about variables.

    Args:
        things: What to select from.
        wanted: The filter.
        infos: The variables that a thing is about. One variable of the wanted kind is enough.
        paths: The paths that patterns are matched with, if they are not the paths of the variables. Patterns take no
            thing that has no path.
    """
    is_kept = ONLY[wanted.only or "all"]

    def is_wanted(thing: Thing) -> bool:
        names = list(paths(thing)) if paths else [info.path for info in infos(thing)]
        if wanted.filters and not _any_matches(names, wanted.filters):
            return False
        if _any_matches(names, wanted.exclude):
            return False
        return wanted.only in (None, "all") or any(map(is_kept, infos(thing)))

    return [thing for thing in things if is_wanted(thing)]


def select_variables(variables: Iterable[Variable], wanted: VariableFilter) -> list[Variable]:
    """Returns the wanted variables in their order."""
    return select(variables, wanted, lambda variable: (variable.info,))


def _any_matches(paths: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(matches(path, pattern) for path in paths for pattern in patterns)


def matches(path: str, pattern: str) -> bool:
    """Returns whether a pattern matches a path.

    A pattern with `*`, `?` or `[...]` is a glob over the whole path, in which `*` crosses `/`. One without is a whole
    component of the path, or several: `kernel` and `encoder/dense` match `encoder/dense/kernel`, also where a repeated
    path has a number (`encoder/dense/kernel#2`).
    """
    if path == pattern:
        return True
    if _GLOB.search(pattern):
        return fnmatchcase(path, pattern)
    return bool(pattern) and f"/{pattern}/" in f"/{_REPEAT.sub('', path)}/"


def _nearest(pattern: str, paths: Sequence[str]) -> list[str]:
    """Returns patterns that match some path and are like `pattern`: as a part of names, else those of similar names."""
    from difflib import get_close_matches  # only a mistyped pattern needs it

    word = pattern.strip("*/")
    part = f"*{word}*"
    if word and part != pattern and any(matches(path, part) for path in paths):
        return [part]
    near = get_close_matches(word, paths, n=_MOST_NEAR, cutoff=0.75)
    components = dict.fromkeys(component for path in paths for component in _REPEAT.sub("", path).split("/"))
    for wrong in re.split(r"[*?\[\]/]+", word):
        if near or not wrong or wrong in components:
            continue
        near = [one for one in components if wrong.lower() in one.lower()][:_MOST_NEAR]
        near = near or get_close_matches(wrong, components, n=_MOST_NEAR)
    return near
