"""The lock file: the ids of models and the hashes of their variables, as JSON with a line for each variable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection.fingerprint import Fingerprint, HashedVariable
from weightscope.inspection.lazy import chosen
from weightscope.inspection.lock import LOCK_SCHEMA, Lock
from weightscope.view.documents.fingerprint_document import ids_entry
from weightscope.view.fields.field import schema_of
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS
from weightscope.view.fields.kinds import BOOLEAN_OR_NULL, SHAPE, TEXT, object_of
from weightscope.view.text.json_text import compact
from weightscope.view.text.pieces import in_pieces


def lock_lines(lock: Lock) -> Iterator[str]:
    """Yields a lock file: JSON, sorted, with a line for each variable, so that version control shows what changed."""
    yield f'{{\n"schema": {compact(LOCK_SCHEMA)},\n"models": {{\n'
    for place, location in enumerate(sorted(lock.models)):
        yield ",\n" if place else ""
        yield from _model(location, lock.models[location])
    yield "\n}\n}\n"


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


def _model(location: str, fingerprint: Fingerprint) -> Iterator[str]:
    ids = "".join(f"  {compact(name)}: {compact(value)},\n" for name, value in ids_entry(fingerprint).items())
    yield f'{compact(location)}: {{\n{ids}  "variables": {{\n'
    variables = fingerprint.variables
    places = sorted(range(len(variables)), key=lambda place: variables[place].info.path)
    lines = (f"    {compact(one.info.path)}: {compact(_entry(one))}" for one in chosen(variables, places))
    for number, some in enumerate(in_pieces(lines)):
        yield ",\n" * (number > 0) + ",\n".join(some)
    yield "\n  }\n}"


def _entry(one: HashedVariable) -> dict[str, Any]:
    info = one.info
    return {"dtype": info.dtype, "shape": info.shape, "trainable": info.trainable, "sha256": one.sha256}
