"""The JSON Schema of the document that `weightscope diff --json` prints."""

from __future__ import annotations

from typing import get_args

from weightscope.inspection.difference import Kind, Match
from weightscope.view.documents.comparison_document import DIFF_SCHEMA
from weightscope.view.documents.schema_parts import (
    COUNT,
    FINDING,
    NUMBER_OR_NULL,
    SOURCE,
    TEXT,
    list_of,
    object_of,
    or_null,
)

#: How far the values of a pair, or of a layer, are apart; null where they were not compared.
_NUMBERS = dict.fromkeys(("maximum_absolute", "relative_l2", "cosine", "changed"), NUMBER_OR_NULL)

COMPARISON = object_of(
    {
        "schema": {"const": DIFF_SCHEMA},
        "a": SOURCE,
        "b": SOURCE,
        "match": {"enum": list(get_args(Match))},
        "totals": object_of(
            {"compared": COUNT, "equal": COUNT, "different": COUNT, "only_in_a": COUNT, "only_in_b": COUNT}
        ),
        "differences": list_of(
            object_of(
                {
                    "kind": {"enum": list(get_args(Kind))},
                    "a": or_null("string"),
                    "b": or_null("string"),
                    **_NUMBERS,
                    "message": TEXT,
                    # the relation that accounts for the difference exactly, such as `transposed`
                    "explained": or_null("string"),
                }
            )
        ),
        "layers": list_of(
            object_of(
                {
                    "layer": TEXT,
                    "layer_class": or_null("string"),
                    "variables": COUNT,
                    "different": COUNT,
                    "only_in_a": COUNT,
                    "only_in_b": COUNT,
                    **_NUMBERS,
                }
            )
        ),
        "findings": list_of(FINDING),
    },
    optional=("differences", "layers"),
)
