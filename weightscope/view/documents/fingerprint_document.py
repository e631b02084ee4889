"""The document of the ids of a model."""

from __future__ import annotations

from typing import Any

from weightscope.inspection.fingerprint import Fingerprint
from weightscope.view.documents.document import source_entry
from weightscope.view.fields.field import entry_of
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS

ID_SCHEMA = "weightscope.id/1"


def fingerprint_document(fingerprint: Fingerprint) -> dict[str, Any]:
    """Returns the document of one model."""
    return {"schema": ID_SCHEMA, "source": source_entry(fingerprint.source), **ids_entry(fingerprint)}


def ids_entry(fingerprint: Fingerprint) -> dict[str, Any]:
    """Returns the three ids by name."""
    return entry_of(FINGERPRINT_FIELDS, fingerprint)


def flat_fingerprint(fingerprint: Fingerprint) -> dict[str, Any]:
    """Returns the three ids by name, with the model's location first."""
    return {"location": fingerprint.source.location, **ids_entry(fingerprint)}
