"""The JSON document of a comparison: what `weightscope diff --json` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection.difference import Comparison
from weightscope.view.documents.document import source_entry, with_lists
from weightscope.view.documents.findings_document import finding_entry
from weightscope.view.fields.differences import COMPARISON_TOTALS_FIELDS, DIFFERENCE_FIELDS, LAYER_DIFFERENCE_FIELDS
from weightscope.view.fields.field import entry_of

DIFF_SCHEMA = "weightscope.diff/1"


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Returns the document of two models: `differences`, or `layers` when they are summed by layer."""
    return with_lists(comparison_fields(comparison))


def comparison_fields(comparison: Comparison) -> dict[str, Any]:
    """Returns the fields of the document of two models; the entries of the longest list are made on demand."""
    document: dict[str, Any] = {
        "schema": DIFF_SCHEMA,
        "a": source_entry(comparison.a),
        "b": source_entry(comparison.b),
        "match": comparison.match,
        "totals": entry_of(COMPARISON_TOTALS_FIELDS, comparison.totals),
    }
    if comparison.layers is None:
        document["differences"] = (entry_of(DIFFERENCE_FIELDS, one) for one in comparison.differences)
    else:
        document["layers"] = [entry_of(LAYER_DIFFERENCE_FIELDS, one) for one in comparison.layers]
    document["findings"] = [finding_entry(one) for one in comparison.findings]
    return document


def flat_differences(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yields the entries of `differences` (or of `layers`) by themselves, with both locations first."""
    locations = {"location_a": comparison.a.location, "location_b": comparison.b.location}
    if comparison.layers is None:
        yield from ({**locations, **entry_of(DIFFERENCE_FIELDS, one)} for one in comparison.differences)
    else:
        yield from ({**locations, **entry_of(LAYER_DIFFERENCE_FIELDS, one)} for one in comparison.layers)


def flat_difference_fields(comparison: Comparison) -> list[str]:
    """Returns the names that every flat row has, in order, even when there are no rows."""
    fields = DIFFERENCE_FIELDS if comparison.layers is None else LAYER_DIFFERENCE_FIELDS
    return ["location_a", "location_b", *(field.name for field in fields)]
