"""The document of an export."""

from __future__ import annotations

from typing import Any

from weightscope.inspection.export_report import ExportReport
from weightscope.view.documents.document import source_entry, with_lists
from weightscope.view.fields.export import EXPORT_FIELDS, EXPORTED_FIELDS
from weightscope.view.fields.field import entry_of, schema_of
from weightscope.view.fields.findings import NOTE_FIELDS
from weightscope.view.fields.kinds import list_of, object_of
from weightscope.view.fields.model import SOURCE_FIELDS

EXPORT_SCHEMA = "weightscope.export/1"


def export_document(report: ExportReport) -> dict[str, Any]:
    """Returns what an export wrote, or would write."""
    return with_lists(export_fields(report))


def export_fields(report: ExportReport) -> dict[str, Any]:
    """Returns the fields of the document; the entries of the variables are made on demand."""
    return {
        "schema": EXPORT_SCHEMA,
        "source": source_entry(report.source),
        **entry_of(EXPORT_FIELDS, report),
        "variables": (entry_of(EXPORTED_FIELDS, one) for one in report.variables),
        "notes": [entry_of(NOTE_FIELDS, one) for one in report.notes],
    }


def export_schema() -> dict[str, Any]:
    """Returns the JSON Schema of the document."""
    return object_of(
        {
            "schema": {"const": EXPORT_SCHEMA},
            "source": schema_of(SOURCE_FIELDS),
            **schema_of(EXPORT_FIELDS)["properties"],
            "variables": list_of(schema_of(EXPORTED_FIELDS)),
            "notes": list_of(schema_of(NOTE_FIELDS)),
        }
    )
