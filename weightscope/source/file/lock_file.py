"""Reads lock files: the fingerprints of models as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from weightscope.errors import FileError, did_you_mean
from weightscope.inspection import SourceInfo, VariableInfo
from weightscope.inspection.fingerprint import Fingerprint, HashedVariable
from weightscope.inspection.lazy import Lazy
from weightscope.inspection.lock import LOCK_SCHEMA, Lock
from weightscope.source import limits
from weightscope.source.file.config.json_config import parse_config

_MAKE = "weightscope lock model.keras -o weights.lock"


def read_lock(location: str) -> Lock:
    """Returns the content of the lock file at `location`.

    Raises:
        FileError: It is missing, no lock file, empty, or damaged: its ids do not follow from its variables.
    """
    found = parse_config(_text(location), "the lock file", location, limits.LOCK_BYTES, limits.LOCK_MEMORY)
    if found.get("schema") != LOCK_SCHEMA or not isinstance(found.get("models"), dict):
        raise FileError(location, f"not a lock file: its schema is not {LOCK_SCHEMA}", _MAKE)
    if not found["models"]:
        raise FileError(location, "a lock file that names no model", _MAKE)
    return Lock(location, {model: _fingerprint(entry, model, location) for model, entry in found["models"].items()})


def check_size(size: int, location: str) -> None:
    """Checks that a lock file of so many bytes can be read: one that is larger is not written either.

    Raises:
        FileError: It is too large.
    """
    if size > limits.LOCK_BYTES:
        raise FileError(
            location, f"a lock file of more than {limits.LOCK_BYTES // limits.MIB} MiB", f"lock fewer models: {_MAKE}"
        )


def is_lock(location: str) -> bool:
    """Whether the name or the content of a file is that of a lock file."""
    path = Path(location)
    if path.suffix == ".lock":
        return True
    try:
        with path.open("rb") as file:
            return LOCK_SCHEMA.encode() in file.read(256)
    except OSError:
        return False


def _text(location: str) -> bytes:
    try:
        with Path(location).open("rb") as file:
            text = file.read(limits.LOCK_BYTES + 1)
    except FileNotFoundError as error:
        names = (one.name for one in Path(location).parent.glob("*.lock"))
        raise FileError(location, "no such file", did_you_mean(Path(location).name, names, _MAKE)) from error
    except OSError as error:
        raise FileError(location, f"cannot be read: {error.strerror or error}", _MAKE) from error
    check_size(len(text), location)
    return text


def _fingerprint(entry: Any, model: str, location: str) -> Fingerprint:
    try:
        entries, paths = entry["variables"], list(entry["variables"].keys())
        variables = Lazy(len(paths), lambda place: _variable(paths[place], entries[paths[place]]))
        ids = (entry["values"], entry["names"], entry["structure"])
        found = Fingerprint(SourceInfo(model, "lock"), variables, has_names=ids[1] is not None)
        are_its = (found.values, found.names, found.structure) == ids
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileError(location, f"a damaged lock file: the entry of {model}", "write it again") from error
    if not are_its:
        raise FileError(location, f"a damaged lock file: the ids of {model} are not its variables'", "write it again")
    return found


def _variable(path: str, entry: dict[str, Any]) -> HashedVariable:
    shape, trainable, digest = tuple(map(int, entry["shape"])), entry["trainable"], entry["sha256"]
    if trainable not in (True, False, None) or not isinstance(digest, str) or not isinstance(entry["dtype"], str):
        raise ValueError(path)
    layer, _, name = path.rpartition("/")
    info = VariableInfo(path, name, layer, None, "weight", shape, entry["dtype"], cast("bool | None", trainable))
    return HashedVariable(info, digest)
