"""The JSON document of one variable: what `weightscope show --json` prints."""

from __future__ import annotations

from typing import Any

from weightscope.inspection import Array
from weightscope.inspection.closeup import Closeup, Slice
from weightscope.inspection.statistics import STATISTICS
from weightscope.measure.listing.preview import python_number
from weightscope.measure.statistics.quantiles import SHARES
from weightscope.view.documents.document import variable_entry
from weightscope.view.fields.field import strict
from weightscope.view.fields.statistics import histogram_entry


def closeup_document(closeup: Closeup) -> dict[str, Any]:
    """Returns the document of one variable: its entry of `variables`, and the fields of a single variable."""
    return {
        **variable_entry(closeup.measured),
        "quantiles": {
            str(share): strict(closeup.quantiles[share]) if share in closeup.quantiles else None for share in SHARES
        },
        "histogram": histogram_entry(closeup.histogram),
        "slice": None if closeup.slice is None else _slice(closeup.slice),
        "axes": list(closeup.axes),
    }


def flat_closeup(closeup: Closeup) -> dict[str, Any]:
    """Returns the document with the model's location first and its statistics beside the other fields."""
    document = closeup_document(closeup)
    statistics = document.pop("statistics") or dict.fromkeys(STATISTICS)
    return {"location": closeup.inspection.source.location, **document, **statistics}


def _slice(chosen: Slice) -> dict[str, Any]:
    return {
        "selection": chosen.selection,
        "shape": list(chosen.values.shape),
        "values": nested(chosen.values),
    }


def nested(values: Array) -> Any:
    """Returns an array as lists of lists of strict JSON numbers; a single value as itself."""
    if values.ndim == 0:
        return strict(python_number(values[()]))
    return [nested(part) for part in values]
