"""Compares layer names that users type with the known names, without importing Keras."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from weightscope.errors import LayerError, UsageError, inspect_line
from weightscope.inspection.file_format import MODEL_ENDS
from weightscope.keras_facts.examples import EXAMPLES, KERAS_VERSION

ENTRY_POINT_GROUP = "weightscope.layers"

#: Suffixes of files that may define layers.
SOURCE_ENDS = (".py", ".ipynb")

#: The largest number of Python files in the current folder that are searched for an unknown class.
_MOST_FILES = 200


def split_name(name: str) -> tuple[str, str | None]:
    """Splits `file.py:Name` or `package.module:Name` into place and name. The place of a bare name is empty."""
    if name.endswith(SOURCE_ENDS):
        return name, None
    place, colon, own = name.rpartition(":")
    return (place, own) if colon else ("", name)


def closest_name(name: str, known: Iterable[str]) -> str:
    """Returns the known name that equals `name` if case and underscores are ignored.

    Raises:
        LayerError: No known name matches, or several do; the hint suggests similar names.
    """
    names = sorted(set(known))
    same = [one for one in names if _folded(one) == _folded(name)]
    if len(same) == 1:
        return same[0]
    raise LayerError(name, "no layer of this name is known", _did_you_mean(name, names))


def check_name(name: str, modules: Sequence[str]) -> None:
    """Checks a layer's name as far as possible without Keras.

    Args:
        name: The name that the user typed.
        modules: Modules that will be imported first; they may register any name.

    Raises:
        UsageError: The name is that of a saved model or another file.
        LayerError: The name is unknown.
    """
    place, own = split_name(name)
    if place:
        return
    if Path(name).exists() or name.lower().endswith(MODEL_ENDS):
        raise UsageError(name, "a saved model or another file, not a layer", inspect_line(name))
    from importlib import metadata

    announced = metadata.entry_points(group=ENTRY_POINT_GROUP)
    may_be_registered = modules or ">" in name or any(not one.value.startswith("weightscope.") for one in announced)
    if own is not None and not may_be_registered and not _is_keras_newer():
        known = {*EXAMPLES, *(one.name for one in announced)}
        if own not in known:
            closest_name(own, known)


def is_argument_of_keras(name: str) -> bool:
    """Whether a layer of Keras has a required argument with this name."""
    return any(one.partition("=")[0] == name for example in EXAMPLES.values() for one in example.arguments)


def _is_keras_newer() -> bool:
    from importlib import metadata

    try:
        version = metadata.version("keras")
    except metadata.PackageNotFoundError:
        return False
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2]) > KERAS_VERSION


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _did_you_mean(name: str, names: Sequence[str]) -> str:
    file = _file_that_defines(name)
    if file is not None:
        return f"did you mean {file}:{name}?"
    by_folded = {_folded(one): one for one in names}
    close = difflib.get_close_matches(_folded(name), by_folded, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(by_folded[match] for match in close)}?"
    return "weightscope layers lists all names; for a layer of your own, type path/to/file.py:ClassName"


def _file_that_defines(name: str) -> str | None:
    if not name.isidentifier():
        return None
    definition = re.compile(rf"^(class|def) {name}\b", re.MULTILINE)
    try:
        files = sorted(Path().glob("*.py"))[:_MOST_FILES]
        return next((file.name for file in files if definition.search(file.read_text(errors="replace"))), None)
    except OSError:
        return None
