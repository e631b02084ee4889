"""Reads lock files: the fingerprints of models as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from weightscope.errors import FileError, did_you_mean
from weightscope.inspection import SourceInfo, VariableInfo
from weightscope.inspection.fingerprint import Fingerprint, HashedVariable
from weightscope.inspection.lock import LOCK_SCHEMA, Lock
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.limits import CONFIG_BYTES

_MAKE = "weightscope lock model.keras -o weights.lock"


def read_lock(location: str) -> Lock:
    """Returns the content of the lock file at `location`.

    Raises:
        FileError: It is missing, no lock file, empty, or damaged: its ids do not follow from its variables.
    """
    try:
        with Path(location).open("rb") as file:
            text = file.read(CONFIG_BYTES + 1)
    except FileNotFoundError as error:
        names = (one.name for one in Path(location).parent.glob("*.lock"))
        raise FileError(location, "no such file", did_you_mean(Path(location).name, names, _MAKE)) from error
    except OSError as error:
        raise FileError(location, f"cannot be read: {error.strerror or error}", _MAKE) from error
    found = parse_config(text, "the lock file", location)
    if found.get("schema") != LOCK_SCHEMA or not isinstance(found.get("models"), dict):
        raise FileError(location, f"not a lock file: its schema is not {LOCK_SCHEMA}", _MAKE)
    if not found["models"]:
        raise FileError(location, "a lock file that names no model", _MAKE)
    return Lock(location, {model: _fingerprint(entry, model, location) for model, entry in found["models"].items()})


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


def _fingerprint(entry: Any, model: str, location: str) -> Fingerprint:
    try:
        variables = tuple(_variable(path, one) for path, one in entry["variables"].items())
        ids = (entry["values"], entry["names"], entry["structure"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileError(location, f"a damaged lock file: the entry of {model}", "write it again") from error
    found = Fingerprint(SourceInfo(model, "lock"), variables, has_names=ids[1] is not None)
    if (found.values, found.names, found.structure) != ids:
        raise FileError(location, f"a damaged lock file: the ids of {model} are not its variables'", "write it again")
    return found


def _variable(path: str, entry: dict[str, Any]) -> HashedVariable:
    shape, trainable, digest = tuple(map(int, entry["shape"])), entry["trainable"], entry["sha256"]
    if trainable not in (True, False, None) or not isinstance(digest, str) or not isinstance(entry["dtype"], str):
        raise ValueError(path)
    layer, _, name = path.rpartition("/")
    info = VariableInfo(path, name, layer, None, "weight", shape, entry["dtype"], cast("bool | None", trainable))
    return HashedVariable(info, digest)
