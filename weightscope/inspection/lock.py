"""A lock: the fingerprints of models as they were, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from weightscope.inspection.fingerprint import Fingerprint

#: The schema of lock files.
LOCK_SCHEMA = "weightscope.lock/1"

#: `renamed`: the same dtype, shape and values under another path.
ChangeKind = Literal["values", "dtype", "shape", "trainable", "renamed", "missing", "new"]


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of a lock file.

    Attributes:
        location: The lock file, as the user named it.
        models: The fingerprint of each model by its location: relative to the folder of the lock file where the model
            lies in it or below, with `/`.
    """

    location: str
    models: Mapping[str, Fingerprint]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of a variable.

    Attributes:
        kind: The kind of change.
        path: The variable's path; in the lock, for one that was renamed.
        message: The change in words.
    """

    kind: ChangeKind
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The comparison of a model with its entry in a lock.

    Attributes:
        location: The model, as the user named it.
        changes: What changed, sorted by path; nothing if the model is as it was locked.
    """

    location: str
    changes: tuple[Change, ...]
