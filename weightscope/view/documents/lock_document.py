"""The lock file: the ids of models and the hashes of their variables, as JSON with a line for each variable."""

from __future__ import annotations

from typing import Any

from weightscope.inspection.fingerprint import Fingerprint, HashedVariable
from weightscope.inspection.lock import LOCK_SCHEMA, Lock
from weightscope.view.documents.fingerprint_document import ids_entry
from weightscope.view.text.json_text import compact


def lock_text(lock: Lock) -> str:
    """Returns a lock file: JSON, sorted, with a line for each variable, so that version control shows what changed."""
    models = ",\n".join(_model(location, lock.models[location]) for location in sorted(lock.models))
    return f'{{\n"schema": {compact(LOCK_SCHEMA)},\n"models": {{\n{models}\n}}\n}}\n'


def _model(location: str, fingerprint: Fingerprint) -> str:
    ids = "".join(f"  {compact(name)}: {compact(value)},\n" for name, value in ids_entry(fingerprint).items())
    variables = sorted(fingerprint.variables, key=lambda one: one.info.path)
    lines = ",\n".join(f"    {compact(one.info.path)}: {compact(_entry(one))}" for one in variables)
    return f'{compact(location)}: {{\n{ids}  "variables": {{\n{lines}\n  }}\n}}'


def _entry(one: HashedVariable) -> dict[str, Any]:
    info = one.info
    return {"dtype": info.dtype, "shape": info.shape, "trainable": info.trainable, "sha256": one.sha256}
