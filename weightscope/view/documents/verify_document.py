"""The document of the changes of a model since it was locked: what `weightscope verify --json` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from weightscope.inspection.lock import Verification
from weightscope.view.fields.field import entry_of, schema_of
from weightscope.view.fields.kinds import TEXT, list_of, object_of
from weightscope.view.fields.lock import CHANGE_FIELDS

VERIFY_SCHEMA = "weightscope.verify/1"

#: The fields of `flat_changes`.
FLAT_CHANGE_FIELDS: Final = ("location", *(field.name for field in CHANGE_FIELDS))


def verify_document(verification: Verification) -> dict[str, Any]:
    """Returns the document of one model."""
    return {
        "schema": VERIFY_SCHEMA,
        "location": verification.location,
        "changes": [entry_of(CHANGE_FIELDS, one) for one in verification.changes],
    }


def verify_schema() -> dict[str, Any]:
    """Returns the JSON Schema of the document."""
    changes = {**list_of(schema_of(CHANGE_FIELDS)), "description": "Empty if the model is as it was locked."}
    location = {**TEXT, "description": "The model."}
    return object_of({"schema": {"const": VERIFY_SCHEMA}, "location": location, "changes": changes})


def flat_changes(verification: Verification) -> Iterator[dict[str, Any]]:
    """Yields the changes of one model, with its location first."""
    for one in verification.changes:
        yield {"location": verification.location, **entry_of(CHANGE_FIELDS, one)}
