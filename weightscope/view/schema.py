"""The JSON Schema (draft 2020-12) of every document that weightscope prints."""

from __future__ import annotations

from typing import Any, get_args

from weightscope.inspection.difference import Kind, Match
from weightscope.measure.quantiles import SHARES
from weightscope.view.comparison_document import DIFF_SCHEMA
from weightscope.view.document import INSPECTION_SCHEMA, LAYERS_SCHEMA


def json_schema() -> dict[str, Any]:
    """Returns the schema: a document is one of those that its `schema` names, or a variable seen closely."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The JSON output of weightscope",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in ("inspection", "layer_entries", "closeup", "comparison")],
        "$defs": {
            "inspection": {**_INSPECTION, "oneOf": [{"required": ["variables"]}, {"required": ["layers"]}]},
            "layer_entries": _object({"schema": {"const": LAYERS_SCHEMA}, "layers": _list(_LAYER_ENTRY)}),
            "closeup": _CLOSEUP,
            "comparison": {**_COMPARISON, "oneOf": [{"required": ["differences"]}, {"required": ["layers"]}]},
            "variable": _VARIABLE,
            "statistics": _STATISTICS,
            "histogram": _HISTOGRAM,
            "number": {"oneOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]},
        },
    }


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL = {"type": ["integer", "null"], "minimum": 0}
_SHAPE = _list(_COUNT)
_NUMBER = {"$ref": "#/$defs/number"}
_NUMBER_OR_NULL = {"oneOf": [_NUMBER, {"type": "null"}]}

_STATISTICS = _object(
    {
        "minimum": _NUMBER_OR_NULL,
        "maximum": _NUMBER_OR_NULL,
        "mean": _NUMBER_OR_NULL,
        "standard_deviation": _NUMBER_OR_NULL,
        "l2_norm": _NUMBER_OR_NULL,
        "zeros": _COUNT,
        "nan": _COUNT,
        "positive_infinity": _COUNT,
        "negative_infinity": _COUNT,
    }
)

_HISTOGRAM = _object({"edges": _list(_NUMBER), "counts": _list(_COUNT)})

#: What there is with `--stats`, of variables and of layers.
_MEASURES = {
    "statistics": {"oneOf": [{"$ref": "#/$defs/statistics"}, {"type": "null"}]},
    "histogram": {"oneOf": [{"$ref": "#/$defs/histogram"}, {"type": "null"}]},
}

_VARIABLE = _object(
    {
        "path": _TEXT,
        "name": _TEXT,
        "layer": _TEXT,
        "layer_class": _or_null("string"),
        "role": {"enum": ["weight", "seed", "metric", "optimizer", "untracked"]},
        "shape": _SHAPE,
        "dtype": _TEXT,
        "parameters": _COUNT,
        "bytes": _COUNT,
        "trainable": _or_null("boolean"),
        "stored_at": _or_null("string"),
        # a value that is no number (text, a complex number) is written as Python writes it
        "preview": _list({"type": ["number", "boolean", "string"]}),
        **_MEASURES,
    },
    optional=("histogram",),
)

_NESTED = {"oneOf": [{"type": ["number", "boolean", "string"]}, {"type": "array"}]}

_CLOSEUP = _object(
    {
        **_VARIABLE["properties"],
        "quantiles": _object({str(share): _NUMBER_OR_NULL for share in SHARES}),
        "slice": {
            "oneOf": [_object({"selection": _TEXT, "shape": _SHAPE, "values": _NESTED}), {"type": "null"}],
        },
        "axes": _list(_TEXT),
    }
)

_LAYER_SUM = _object(
    {
        "layer": _TEXT,
        "layer_class": _or_null("string"),
        "variables": _COUNT,
        "parameters": _COUNT,
        "trainable_parameters": _COUNT_OR_NULL,
        "bytes": _COUNT,
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        **_MEASURES,
    },
    optional=("histogram",),
)

_TENSOR = {"shape": _list(_COUNT_OR_NULL), "dtype": _TEXT}

_SOURCE = _object(
    {
        "location": _TEXT,
        "format": _TEXT,
        "bytes": _COUNT_OR_NULL,
        "keras_version": _or_null("string"),
        "saved_at": _or_null("string"),
    }
)

_INSPECTION = _object(
    {
        "schema": {"const": INSPECTION_SCHEMA},
        "source": _SOURCE,
        "read_with": {"enum": ["file", "keras"]},
        "model": _object({"name": _or_null("string"), "class_name": _or_null("string")}),
        "forward_pass": {
            "oneOf": [
                _object(
                    {
                        "inputs": _list(_object({"name": _or_null("string"), **_TENSOR})),
                        "outputs": _list(_object(_TENSOR)),
                        "error": _or_null("string"),
                    }
                ),
                {"type": "null"},
            ]
        },
        "totals": _object(
            {
                "variables": _COUNT,
                "parameters": _COUNT,
                "bytes": _COUNT,
                "trainable_variables": _COUNT,
                "trainable_parameters": _COUNT,
                "non_trainable_parameters": _COUNT,
                "unknown_parameters": _COUNT,
                "optimizer_bytes": _COUNT_OR_NULL,
            }
        ),
        "variables": _list({"$ref": "#/$defs/variable"}),
        "layers": _list(_LAYER_SUM),
        "notes": _list(
            _object(
                {
                    "code": _TEXT,
                    "level": {"enum": ["error", "warning", "note"]},
                    "variable": _or_null("string"),
                    "message": _TEXT,
                    "fix": _TEXT,
                },
                optional=("fix",),
            )
        ),
    },
    optional=("variables", "layers"),
)

_LAYER_ENTRY = _object(
    {
        "name": _TEXT,
        "module": _TEXT,
        "origin": _TEXT,
        "signature": _TEXT,
        "defaults": {"type": "object"},
        "summary": _TEXT,
    }
)

_FINDING = _object(
    {
        "rule": _TEXT,
        "level": {"enum": ["error", "warning", "note"]},
        "variable": _or_null("string"),
        "count": _COUNT_OR_NULL,
        "message": _TEXT,
        "fix": _or_null("string"),
    }
)

#: How far the values of a pair, or of a layer, are apart; null where they were not compared.
_NUMBERS = dict.fromkeys(("maximum_absolute", "relative_l2", "cosine", "changed"), _NUMBER_OR_NULL)

_COMPARISON = _object(
    {
        "schema": {"const": DIFF_SCHEMA},
        "a": _SOURCE,
        "b": _SOURCE,
        "match": {"enum": list(get_args(Match))},
        "totals": _object(
            {"compared": _COUNT, "equal": _COUNT, "different": _COUNT, "only_in_a": _COUNT, "only_in_b": _COUNT}
        ),
        "differences": _list(
            _object(
                {
                    "kind": {"enum": list(get_args(Kind))},
                    "a": _or_null("string"),
                    "b": _or_null("string"),
                    **_NUMBERS,
                    "message": _TEXT,
                }
            )
        ),
        "layers": _list(
            _object(
                {
                    "layer": _TEXT,
                    "layer_class": _or_null("string"),
                    "variables": _COUNT,
                    "different": _COUNT,
                    "only_in_a": _COUNT,
                    "only_in_b": _COUNT,
                    **_NUMBERS,
                }
            )
        ),
        "findings": _list(_FINDING),
    },
    optional=("differences", "layers"),
)
