"""Filters variables by patterns on their paths and by trainability."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from weightscope.inspection.variable import VariableInfo

#: The values of `--only`, and the variables that each keeps.
ONLY: dict[str, Callable[[VariableInfo], bool]] = {
    "trainable": lambda info: info.trainable is True,
    "non-trainable": lambda info: info.trainable is False,
    "all": lambda _: True,
}

_GLOB = re.compile(r"[*?\[]")
_REPEAT = re.compile(r"#\d+$")
_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class VariableFilter:
    """The filter that a user sets.

    Attributes:
        patterns: Patterns on the path (see `matches`), of which any may match; none takes every path.
        exclude: Patterns on the path of which none may match.
        only: A key of `ONLY`; None takes all.
    """

    patterns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    only: str | None = None

    def takes(self, *infos: VariableInfo) -> bool:
        """Returns whether a variable is wanted, or two that are compared: then one of them is enough."""
        keeps = ONLY[self.only or "all"]
        return self.takes_path(*(info.path for info in infos)) and any(keeps(info) for info in infos)

    def takes_path(self, *paths: str) -> bool:
        """Returns whether the paths of a variable, one in each model that has it, are wanted."""
        is_wanted = not self.patterns or any(matches(path, pattern) for path in paths for pattern in self.patterns)
        return is_wanted and not any(matches(path, pattern) for path in paths for pattern in self.exclude)

    def unmatched(self, paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        """Yields each pattern that matches none of the paths, and the nearest patterns that would match some."""
        known = list(paths)
        for pattern in dict.fromkeys((*self.patterns, *self.exclude)):
            if not any(matches(path, pattern) for path in known):
                yield pattern, _nearest(pattern, known)


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
