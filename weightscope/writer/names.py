"""The names of arrays in a file of arrays: paths, renamed where that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from weightscope.errors import UsageError
from weightscope.source.escape import escape
from weightscope.source.file.arrays.safetensors import METADATA

#: Bytes of a name in a zip, whose length has two bytes, with the end of the name of a `.npy` file.
_MOST_BYTES = 65_000

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def renamed(path: str, renames: Mapping[str, str]) -> str:
    """Returns a path with its longest leading part that has a new name renamed."""
    for old in sorted(renames, key=len, reverse=True):
        if path == old:
            return renames[old]
        if path.startswith(f"{old}/"):
            rest = path[len(old) + 1 :]
            return f"{renames[old]}/{rest}" if renames[old] else rest
    return path


def unmatched(paths: Iterable[str], renames: Mapping[str, str]) -> list[str]:
    """Returns the old names that are no path and no leading part of one."""
    known = list(paths)
    return [old for old in renames if not any(path == old or path.startswith(f"{old}/") for path in known)]


def check_names(names: Mapping[str, str]) -> None:
    """Checks the names of arrays.

    Args:
        names: The name by the path of its variable.

    Raises:
        UsageError: Two are equal, or a file cannot hold one.
    """
    given: dict[str, str] = {}
    for path, name in names.items():
        if name in given:
            what = f"{escape(given[name])} and {escape(path)} would have this one name"
            raise UsageError(escape(name), what, f"--rename {escape(path)}=ANOTHER_NAME")
        given[name] = path
        if not name or name == METADATA or _UNWRITABLE.search(name) or len(name.encode("utf-8")) > _MOST_BYTES:
            raise UsageError(escape(path), f"no file of arrays can hold the name {escape(name)!r}", "--rename OLD=NEW")
