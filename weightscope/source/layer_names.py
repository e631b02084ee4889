"""Names of layers as users type them, held against those that are known; needs no Keras."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from weightscope.errors import LayerError, UsageError
from weightscope.keras_facts.examples import EXAMPLES, KERAS_VERSION

ENTRY_POINT_GROUP = "weightscope.layers"

#: The ends of files in which `weightscope layer` looks for layers.
SOURCE_ENDS = (".py", ".ipynb")

#: The ends of saved models' names.
_MODEL_ENDS = (".keras", ".h5", ".hdf5", ".weights.json", ".npz", ".safetensors", ".pb")

#: How many Python files of the current folder are searched for a class of an unknown name.
_MOST_FILES = 200


def split_name(name: str) -> tuple[str, str | None]:
    """Returns the place and the name within it: `file.py:Name`, `package.module:Name`; the name alone has no place."""
    if name.endswith(SOURCE_ENDS):
        return name, None
    place, colon, own = name.rpartition(":")
    return (place, own) if colon else ("", name)


def closest_name(name: str, known: Iterable[str]) -> str:
    """Returns the one known name that differs from `name` in case and underscores alone.

    Raises:
        LayerError: There is none; the hint names the nearest.
    """
    names = sorted(set(known))
    same = [one for one in names if _folded(one) == _folded(name)]
    if len(same) == 1:
        return same[0]
    raise LayerError(name, "no layer of this name is known", _did_you_mean(name, names))


def check_name(name: str, modules: Sequence[str]) -> None:
    """Checks what can be checked of a layer's name without Keras.

    Args:
        name: What `weightscope layer` was asked for.
        modules: What is to be imported first: it may register any name.

    Raises:
        UsageError: It is a saved model, or another file.
        LayerError: No table has the name.
    """
    place, own = split_name(name)
    if place:
        return
    if Path(name).exists() or name.lower().endswith(_MODEL_ENDS):
        raise UsageError(name, "a saved model or another file, not a layer", f"weightscope inspect {name}")
    from importlib import metadata

    announced = metadata.entry_points(group=ENTRY_POINT_GROUP)
    may_be_registered = modules or ">" in name or any(not one.value.startswith("weightscope.") for one in announced)
    if own is not None and not may_be_registered and not _is_keras_newer():
        known = {*EXAMPLES, *(one.name for one in announced)}
        if own not in known:
            closest_name(own, known)


def is_argument_of_keras(name: str) -> bool:
    """Whether some layer of Keras requires an argument of this name."""
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
    return "weightscope layers lists all; your own: path/to/file.py:ClassName"


def _file_that_defines(name: str) -> str | None:
    if not name.isidentifier():
        return None
    definition = re.compile(rf"^(class|def) {name}\b", re.MULTILINE)
    try:
        files = sorted(Path().glob("*.py"))[:_MOST_FILES]
        return next((file.name for file in files if definition.search(file.read_text(errors="replace"))), None)
    except OSError:
        return None
