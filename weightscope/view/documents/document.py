"""The JSON documents, as Python dicts: what `--json` prints and `to_dict()` returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from weightscope.inspection import Inspection, SourceInfo, VariableInfo
from weightscope.inspection.measured import GroupBy, GroupSum, Listing, Measured
from weightscope.inspection.statistics import STATISTICS
from weightscope.inspection.variable import Gradient
from weightscope.view.fields.field import entry_of
from weightscope.view.fields.findings import NOTE_FIELDS
from weightscope.view.fields.model import (
    FORWARD_PASS_FIELDS,
    MODEL_FIELDS,
    SIGNATURE_FIELDS,
    SOURCE_FIELDS,
    TOTALS_FIELDS,
)
from weightscope.view.fields.statistics import BESIDE_STATISTICS, measures_entry
from weightscope.view.fields.variables import GROUP_FIELDS, GROUPS, VARIABLE_FIELDS

if TYPE_CHECKING:
    from weightscope.inspection.layer_entry import LayerEntry

INSPECTION_SCHEMA = "weightscope.inspection/1"
LAYERS_SCHEMA = "weightscope.layers/1"


def inspection_document(listing: Listing) -> dict[str, Any]:
    """Returns the document of one model; strict JSON, in the order of INTERFACE: facts, totals, variables, notes."""
    return with_lists(inspection_fields(listing))


def with_lists(fields: dict[str, Any]) -> dict[str, Any]:
    """Returns the fields with lists in place of iterators."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in fields.items()}


def inspection_fields(listing: Listing) -> dict[str, Any]:
    """Returns the fields of the document of one model; the entries of the longest list are made on demand."""
    inspection = listing.inspection
    document: dict[str, Any] = {
        "schema": INSPECTION_SCHEMA,
        "source": source_entry(inspection.source),
        "read_with": inspection.read_with,
        "model": entry_of(MODEL_FIELDS, inspection.model),
        "forward_pass": inspection.forward_pass and entry_of(FORWARD_PASS_FIELDS, inspection.forward_pass),
        **_signatures(inspection),
        "totals": entry_of(TOTALS_FIELDS, inspection.totals),
    }
    if listing.fingerprint is not None:
        from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS  # most listings have none

        document["id"] = entry_of(FINGERPRINT_FIELDS, listing.fingerprint)
    if listing.groups is None:
        document["variables"] = map(variable_entry, listing.rows)
    else:
        document[GROUPS[listing.by]] = (group_entry(one, listing.by) for one in listing.groups)
    document["notes"] = [entry_of(NOTE_FIELDS, note) for note in inspection.notes]
    return document


def _signatures(inspection: Inspection) -> dict[str, Any]:
    """Returns `signatures`, where a SavedModel has some."""
    found = [entry_of(SIGNATURE_FIELDS, one) for one in inspection.signatures]
    return {"signatures": found} if found else {}


def variable_entry(row: Measured) -> dict[str, Any]:
    """Returns one entry of `variables`."""
    return {**entry_of(VARIABLE_FIELDS, row), **measures_entry(row.statistics)}


def group_entry(group: GroupSum, by: GroupBy) -> dict[str, Any]:
    """Returns one entry of `layers`, `classes`, `dtypes` or `models`, the rows of `--by`."""
    return {**entry_of(GROUP_FIELDS[by], group), **measures_entry(group.statistics)}


def flat_rows(listing: Listing) -> Iterator[dict[str, Any]]:
    """Yields the entries of `variables` (or of `layers`, ...) by themselves, with the model's location first."""
    location = {"location": listing.inspection.source.location}
    names = flat_fields(listing)
    entries: Iterable[dict[str, Any]] = map(variable_entry, listing.rows)
    if listing.groups is not None:
        entries = (group_entry(group, listing.by) for group in listing.groups)
    for entry in entries:
        statistics = entry.pop("statistics")
        others = {name: entry.pop(name, None) for name in BESIDE_STATISTICS}
        measures = {**(statistics or dict.fromkeys(STATISTICS)), **others}
        row = {**location, **entry, **(measures if listing.has_statistics else {})}
        yield {name: row.get(name) for name in names}


def flat_fields(listing: Listing) -> list[str]:
    """Returns the names that every flat row of the listing has, in order, even when it has no rows."""
    if listing.groups is None:
        created_in = next((row.info.created_in for row in listing.rows if row.info.created_in), None)
        gradient = Gradient(None) if listing.inspection.has_gradients else None
        entry = variable_entry(
            Measured(VariableInfo("", "", "", None, "weight", (), "", None, created_in=created_in), gradient=gradient)
        )
    else:
        entry = group_entry(GroupSum("", None, 0, 0, None, 0, 0.0), listing.by)
    names = [name for name in entry if name != "statistics"]
    return ["location", *names, *((*STATISTICS, *BESIDE_STATISTICS) if listing.has_statistics else ())]


def layers_document(entries: Iterable[LayerEntry]) -> dict[str, Any]:
    """Returns the document of `weightscope layers`."""
    return {"schema": LAYERS_SCHEMA, "layers": [layer_entry(entry) for entry in entries]}


def layer_entry(entry: LayerEntry) -> dict[str, Any]:
    """Returns one entry of the layers that can be built by name; defaults that are no JSON as Python writes them."""
    from weightscope.view.fields.layer_entry import LAYER_ENTRY_FIELDS  # a model has no such entries

    return entry_of(LAYER_ENTRY_FIELDS, entry)


def source_entry(source: SourceInfo) -> dict[str, Any]:
    """Returns `source`: where a model comes from."""
    return entry_of(SOURCE_FIELDS, source)
