"""The JSON Schema (draft 2020-12) of every document that weightscope prints."""

from __future__ import annotations

from typing import Any, get_args

from weightscope.inspection.variable import Role
from weightscope.measure.quantiles import SHARES
from weightscope.view.documents.comparison_schema import COMPARISON
from weightscope.view.documents.document import INSPECTION_SCHEMA, LAYERS_SCHEMA
from weightscope.view.documents.findings_document import CHECK_SCHEMA
from weightscope.view.documents.schema_parts import (
    COUNT,
    COUNT_OR_NULL,
    FINDING,
    LEVEL,
    NUMBER,
    NUMBER_OR_NULL,
    SHAPE,
    SOURCE,
    TEXT,
    list_of,
    object_of,
    or_null,
)


def json_schema() -> dict[str, Any]:
    """Returns the schema: a document is one of those that its `schema` names, or a variable seen closely."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The JSON output of weightscope",
        "oneOf": [
            {"$ref": f"#/$defs/{name}"} for name in ("inspection", "layer_entries", "closeup", "check", "comparison")
        ],
        "$defs": {
            "inspection": {**_INSPECTION, "oneOf": [{"required": ["variables"]}, {"required": ["layers"]}]},
            "layer_entries": object_of({"schema": {"const": LAYERS_SCHEMA}, "layers": list_of(_LAYER_ENTRY)}),
            "closeup": _CLOSEUP,
            "check": _CHECK,
            "comparison": {**COMPARISON, "oneOf": [{"required": ["differences"]}, {"required": ["layers"]}]},
            "variable": _VARIABLE,
            "statistics": _STATISTICS,
            "histogram": _HISTOGRAM,
            "number": {"oneOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]},
        },
    }


_STATISTICS = object_of(
    {
        "minimum": NUMBER_OR_NULL,
        "maximum": NUMBER_OR_NULL,
        "mean": NUMBER_OR_NULL,
        "standard_deviation": NUMBER_OR_NULL,
        "l2_norm": NUMBER_OR_NULL,
        "zeros": COUNT,
        "nan": COUNT,
        "positive_infinity": COUNT,
        "negative_infinity": COUNT,
    }
)

_HISTOGRAM = object_of({"edges": list_of(NUMBER), "counts": list_of(COUNT)})

#: What there is with `--stats`, of variables and of layers.
_MEASURES = {
    "statistics": {"oneOf": [{"$ref": "#/$defs/statistics"}, {"type": "null"}]},
    "histogram": {"oneOf": [{"$ref": "#/$defs/histogram"}, {"type": "null"}]},
    # few distinct values: how many, and the width of the grid that they lie on
    "grid": {"oneOf": [object_of({"distinct": COUNT, "step": NUMBER_OR_NULL}), {"type": "null"}]},
}

_VARIABLE = object_of(
    {
        "path": TEXT,
        "name": TEXT,
        "layer": TEXT,
        "layer_class": or_null("string"),
        "role": {"enum": list(get_args(Role))},
        "shape": SHAPE,
        "dtype": TEXT,
        "parameters": COUNT,
        "bytes": COUNT,
        "trainable": or_null("boolean"),
        "stored_at": or_null("string"),
        # of a layer that was built
        "created_in": {"enum": ["constructor", "build", "call"]},
        # with --gradients; null for a variable that no gradient reaches
        "gradient_norm": NUMBER_OR_NULL,
        # a value that is no number (text, a complex number) is written as Python writes it
        "preview": list_of({"type": ["number", "boolean", "string"]}),
        **_MEASURES,
    },
    optional=("histogram", "grid", "created_in", "gradient_norm"),
)

_NESTED = {"oneOf": [{"type": ["number", "boolean", "string"]}, {"type": "array"}]}

_CLOSEUP = object_of(
    {
        **_VARIABLE["properties"],
        "quantiles": object_of({str(share): NUMBER_OR_NULL for share in SHARES}),
        "slice": {
            "oneOf": [object_of({"selection": TEXT, "shape": SHAPE, "values": _NESTED}), {"type": "null"}],
        },
        "axes": list_of(TEXT),
    },
    optional=("created_in", "gradient_norm"),
)

_LAYER_SUM = object_of(
    {
        "layer": TEXT,
        "layer_class": or_null("string"),
        "variables": COUNT,
        "parameters": COUNT,
        "trainable_parameters": COUNT_OR_NULL,
        "bytes": COUNT,
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        **_MEASURES,
    },
    optional=("histogram", "grid"),
)

_TENSOR = {"shape": list_of(COUNT_OR_NULL), "dtype": TEXT}

#: Of a SavedModel's signature: a shape of unknown rank is null.
_SIGNATURE_TENSOR = object_of(
    {"name": TEXT, "shape": {"oneOf": [list_of(COUNT_OR_NULL), {"type": "null"}]}, "dtype": TEXT}
)

_CHECK = object_of(
    {
        "schema": {"const": CHECK_SCHEMA},
        "source": SOURCE,
        "findings": list_of(FINDING),
        # the rules that could not run on this file
        "not_run": list_of(object_of({"rule": TEXT, "lacks": TEXT})),
    }
)

_INSPECTION = object_of(
    {
        "schema": {"const": INSPECTION_SCHEMA},
        "source": SOURCE,
        "read_with": {"enum": ["file", "keras"]},
        "model": object_of(
            {
                "name": or_null("string"),
                "class_name": or_null("string"),
                # names of all optimizers, and of all losses, joined with commas
                "optimizer": or_null("string"),
                "loss": or_null("string"),
                "custom_objects": list_of(TEXT),
            }
        ),
        "forward_pass": {
            "oneOf": [
                object_of(
                    {
                        "inputs": list_of(object_of({"name": or_null("string"), **_TENSOR})),
                        "outputs": list_of(object_of(_TENSOR)),
                        "error": or_null("string"),
                    }
                ),
                {"type": "null"},
            ]
        },
        # of a SavedModel that has some
        "signatures": list_of(
            object_of(
                {
                    "name": TEXT,
                    "tags": list_of(TEXT),
                    "inputs": list_of(_SIGNATURE_TENSOR),
                    "outputs": list_of(_SIGNATURE_TENSOR),
                }
            )
        ),
        "totals": object_of(
            {
                "variables": COUNT,
                "parameters": COUNT,
                "bytes": COUNT,
                "trainable_variables": COUNT,
                "trainable_parameters": COUNT,
                "non_trainable_parameters": COUNT,
                "unknown_parameters": COUNT,
                "optimizer_bytes": COUNT_OR_NULL,
            }
        ),
        "variables": list_of({"$ref": "#/$defs/variable"}),
        "layers": list_of(_LAYER_SUM),
        "notes": list_of(
            object_of(
                {
                    "code": TEXT,
                    "level": LEVEL,
                    "variable": or_null("string"),
                    "message": TEXT,
                    "fix": TEXT,
                },
                optional=("fix",),
            )
        ),
    },
    optional=("variables", "layers", "signatures"),
)

_LAYER_ENTRY = object_of(
    {
        "name": TEXT,
        "module": TEXT,
        "origin": TEXT,
        "signature": TEXT,
        "defaults": {"type": "object"},
        "summary": TEXT,
    }
)
