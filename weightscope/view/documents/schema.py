"""The JSON Schema (draft 2020-12) of every document that weightscope prints: it follows from the lists of fields."""

from __future__ import annotations

from typing import Any, Final, get_args

from weightscope.inspection.difference import Match
from weightscope.inspection.inspection import ReadWith
from weightscope.measure.statistics.quantiles import SHARES
from weightscope.view.documents.comparison_document import DIFF_SCHEMA
from weightscope.view.documents.document import INSPECTION_SCHEMA, LAYERS_SCHEMA
from weightscope.view.documents.export_document import export_schema
from weightscope.view.documents.findings_document import CHECK_SCHEMA
from weightscope.view.documents.fingerprint_document import ID_SCHEMA
from weightscope.view.documents.lock_document import lock_schema
from weightscope.view.documents.trend_document import trend_schema
from weightscope.view.documents.verify_document import verify_schema
from weightscope.view.fields.differences import (
    COMPARISON_TOTALS_FIELDS,
    DIFFERENCE_FIELDS,
    LAYER_DIFFERENCE_FIELDS,
)
from weightscope.view.fields.field import schema_of
from weightscope.view.fields.findings import FINDING_FIELDS, NOTE_FIELDS
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS
from weightscope.view.fields.kinds import NUMBER_OR_NULL, SHAPE, TEXT, list_of, object_of, one_of, or_null
from weightscope.view.fields.layer_entry import LAYER_ENTRY_FIELDS
from weightscope.view.fields.load import LOAD_FIELDS
from weightscope.view.fields.model import (
    FORWARD_PASS_FIELDS,
    MODEL_FIELDS,
    SIGNATURE_FIELDS,
    SOURCE_FIELDS,
    TOTALS_FIELDS,
)
from weightscope.view.fields.scanned import row_schema
from weightscope.view.fields.statistics import BESIDE_STATISTICS, measures_schema
from weightscope.view.fields.variables import GROUP_FIELDS, GROUPS, VARIABLE_FIELDS


def json_schema() -> dict[str, Any]:
    """Returns the schema: a document is one of those that its `schema` names, a variable in detail, or a row."""
    documents = _documents()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The JSON output of weightscope",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in documents],
        "$defs": {
            **documents,
            "variable": _variable(),
            "number": {"oneOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]},
        },
    }


def _documents() -> dict[str, Any]:
    """Returns the schema of each document by its name."""
    ids = schema_of(FINGERPRINT_FIELDS)["properties"]
    return {
        "inspection": {**_inspection(), "oneOf": [{"required": [name]} for name in ("variables", *GROUPS.values())]},
        "layer_entries": object_of(
            {"schema": {"const": LAYERS_SCHEMA}, "layers": list_of(schema_of(LAYER_ENTRY_FIELDS))}
        ),
        "closeup": _closeup(),
        "check": _CHECK,
        "comparison": {**_comparison(), "oneOf": [{"required": ["differences"]}, {"required": ["layers"]}]},
        "fingerprint": object_of({"schema": {"const": ID_SCHEMA}, "source": _SOURCE, **ids}),
        "export": export_schema(),
        "trend": trend_schema(),
        "verification": verify_schema(),
        "lock": lock_schema(),
        "row": row_schema(models=False),
        "model_row": row_schema(models=True),
    }


_SOURCE: Final = schema_of(SOURCE_FIELDS)
_FINDINGS: Final = list_of(schema_of(FINDING_FIELDS))
#: The rules that could not run on this file.
_NOT_RUN: Final = list_of(object_of({"rule": TEXT, "lacks": TEXT}))
_CHECK: Final = object_of(
    {
        "schema": {"const": CHECK_SCHEMA},
        "source": _SOURCE,
        "findings": _FINDINGS,
        "load": schema_of(LOAD_FIELDS),
        "not_run": _NOT_RUN,
    },
    optional=("load",),
)


def _with_measures(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of an entry with what `--stats` adds to it."""
    properties = {**schema["properties"], **measures_schema()}
    optional = {*properties} - {*schema["required"], "statistics"}
    return object_of(properties, optional=tuple(optional))


def _variable() -> dict[str, Any]:
    return _with_measures(schema_of(VARIABLE_FIELDS))


def _closeup() -> dict[str, Any]:
    nested = {"oneOf": [{"type": ["number", "boolean", "string"]}, {"type": "array"}]}
    variable = _variable()
    chosen = object_of({"selection": TEXT, "shape": SHAPE, "values": nested})
    added = {
        "quantiles": {
            **object_of({str(share): NUMBER_OR_NULL for share in SHARES}),
            "description": "Quantiles: for each share, the value below which this share of the finite values lies.",
        },
        "slice": {**or_null(chosen), "description": "The values of --slice."},
        "axes": {**list_of(TEXT), "description": "The meaning of each axis; empty if unknown."},
    }
    optional = {*variable["properties"]} - {*variable["required"], *BESIDE_STATISTICS}
    return object_of({**variable["properties"], **added}, optional=tuple(optional))


def _inspection() -> dict[str, Any]:
    return object_of(
        {
            "schema": {"const": INSPECTION_SCHEMA},
            "source": _SOURCE,
            "read_with": one_of(get_args(ReadWith)),
            "model": schema_of(MODEL_FIELDS),
            "forward_pass": or_null(schema_of(FORWARD_PASS_FIELDS)),
            "signatures": list_of(schema_of(SIGNATURE_FIELDS)),
            "totals": schema_of(TOTALS_FIELDS),
            "id": schema_of(FINGERPRINT_FIELDS),
            "variables": list_of({"$ref": "#/$defs/variable"}),
            **{GROUPS[by]: list_of(_with_measures(schema_of(fields))) for by, fields in GROUP_FIELDS.items()},
            "notes": list_of(schema_of(NOTE_FIELDS)),
        },
        optional=("variables", *GROUPS.values(), "signatures", "id"),
    )


def _comparison() -> dict[str, Any]:
    return object_of(
        {
            "schema": {"const": DIFF_SCHEMA},
            "a": _SOURCE,
            "b": _SOURCE,
            "match": one_of(get_args(Match)),
            "totals": schema_of(COMPARISON_TOTALS_FIELDS),
            "differences": list_of(schema_of(DIFFERENCE_FIELDS)),
            "layers": list_of(schema_of(LAYER_DIFFERENCE_FIELDS)),
            "findings": _FINDINGS,
        },
        optional=("differences", "layers"),
    )
