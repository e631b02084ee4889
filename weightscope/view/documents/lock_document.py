"""The lock file: the ids of models and the hashes of their variables, as JSON with a line for each variable."""

from __future__ import annotations

from typing import Any

from weightscope.inspection.fingerprint import Fingerprint, HashedVariable
from weightscope.inspection.lock import LOCK_SCHEMA, Lock
from weightscope.view.documents.fingerprint_document import ids_entry
from weightscope.view.fields.field import schema_of
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS
from weightscope.view.fields.kinds import BOOLEAN_OR_NULL, SHAPE, TEXT, object_of
from weightscope.view.text.json_text import compact


def lock_text(lock: Lock) -> str:
    """Returns a lock file: JSON, sorted, with a line for each variable, so that version control shows what changed."""
    models = ",\n".join(_model(location, lock.models[location]) for location in sorted(lock.models))
    return f'{{\n"schema": {compact(LOCK_SCHEMA)},\n"models": {{\n{models}\n}}\n}}\n'


def lock_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a lock file."""
    variable = object_of(
        {
            "dtype": {**TEXT, "description": "The dtype's name in Keras."},
            "shape": {**SHAPE, "description": "The shape."},
            "trainable": {**BOOLEAN_OR_NULL, "description": "Whether it is trainable; null: not stored."},
            "sha256": {**TEXT, "description": "SHA-256 of dtype, shape and values."},
        }
    )
    ids = schema_of(FINGERPRINT_FIELDS)["properties"]
    by_path = {"type": "object", "additionalProperties": variable, "description": "The variables by path."}
    model = object_of({**ids, "variables": by_path})
    return object_of({"schema": {"const": LOCK_SCHEMA}, "models": {"type": "object", "additionalProperties": model}})


def _model(location: str, fingerprint: Fingerprint) -> str:
    ids = "".join(f"  {compact(name)}: {compact(value)},\n" for name, value in ids_entry(fingerprint).items())
    variables = sorted(fingerprint.variables, key=lambda one: one.info.path)
    lines = ",\n".join(f"    {compact(one.info.path)}: {compact(_entry(one))}" for one in variables)
    return f'{compact(location)}: {{\n{ids}  "variables": {{\n{lines}\n  }}\n}}'


def _entry(one: HashedVariable) -> dict[str, Any]:
    info = one.info
    return {"dtype": info.dtype, "shape": info.shape, "trainable": info.trainable, "sha256": one.sha256}
