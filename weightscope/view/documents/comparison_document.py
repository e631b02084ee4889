"""The JSON document of a comparison: what `weightscope diff --json` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection.difference import Comparison, Difference, LayerDifference, Numbers
from weightscope.view.documents.document import source_entry, strict
from weightscope.view.documents.findings_document import finding_entry

DIFF_SCHEMA = "weightscope.diff/1"


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Returns the document of two models: `differences`, or `layers` when they are summed by layer."""
    totals = comparison.totals
    document: dict[str, Any] = {
        "schema": DIFF_SCHEMA,
        "a": source_entry(comparison.a),
        "b": source_entry(comparison.b),
        "match": comparison.match,
        "totals": {
            "compared": totals.compared,
            "equal": totals.equal,
            "different": totals.different,
            "only_in_a": totals.only_in_a,
            "only_in_b": totals.only_in_b,
        },
    }
    if comparison.layers is None:
        document["differences"] = [_difference(one) for one in comparison.differences]
    else:
        document["layers"] = [_layer(one) for one in comparison.layers]
    document["findings"] = [finding_entry(one) for one in comparison.findings]
    return document


def flat_differences(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yields the entries of `differences` (or of `layers`) by themselves, with both locations first."""
    locations = {"location_a": comparison.a.location, "location_b": comparison.b.location}
    if comparison.layers is None:
        yield from ({**locations, **_difference(one)} for one in comparison.differences)
    else:
        yield from ({**locations, **_layer(one)} for one in comparison.layers)


def flat_difference_fields(comparison: Comparison) -> list[str]:
    """Returns the names that every flat row has, in order, even when there are no rows."""
    if comparison.layers is None:
        entry = _difference(Difference("equal", None, None, ""))
    else:
        entry = _layer(LayerDifference("", None, 0, 0, 0, 0, None))
    return ["location_a", "location_b", *entry]


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "a": one.a,
        "b": one.b,
        **_numbers(one.numbers),
        "message": one.message,
        "explained": one.explained,
    }


def _layer(one: LayerDifference) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "layer_class": one.layer_class,
        "variables": one.variables,
        "different": one.different,
        "only_in_a": one.only_in_a,
        "only_in_b": one.only_in_b,
        **_numbers(one.numbers),
    }


def _numbers(numbers: Numbers | None) -> dict[str, Any]:
    return {name: _strict_or_none(numbers, name) for name in ("maximum_absolute", "relative_l2", "cosine", "changed")}


def _strict_or_none(numbers: Numbers | None, name: str) -> Any:
    number = None if numbers is None else getattr(numbers, name)
    return None if number is None else strict(number)
