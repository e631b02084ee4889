"""The rows of a table over many models, as Python dicts: JSON lines have them, and other tables are made from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection.scanned import Scanned
from weightscope.inspection.statistics import STATISTICS, Statistics
from weightscope.measure.listing.row_options import RowOptions
from weightscope.view.fields.field import entry_of
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS
from weightscope.view.fields.scanned import VARIABLE_COLUMNS, columns_of, counted, model_columns
from weightscope.view.fields.statistics import BESIDE_STATISTICS, measures_entry


def scanned_rows(scanned: Scanned, options: RowOptions) -> Iterator[dict[str, Any]]:
    """Yields the rows of one model: one, or one for each of its variables."""
    if options.models:
        yield _model_row(scanned, options)
        return
    ids = _ids(scanned)
    about: dict[str | None, list[Any]] = {}
    for finding in scanned.findings or ():
        about.setdefault(finding.variable, []).append(finding)
    location = scanned.listing.inspection.source.location
    for measured in scanned.listing.rows:
        row = {"location": location, **entry_of(VARIABLE_COLUMNS, measured)}
        if options.statistics:
            row |= _measures(measured.statistics)
        if options.check:
            row |= counted(about.get(row["path"], ()))
        row |= ids
        row["error"] = None
        yield row


def error_row(location: str, message: str, options: RowOptions) -> dict[str, Any]:
    """Returns the row of a model that cannot be read."""
    return {**dict.fromkeys(columns_of(options)), "location": location, "error": message}


def _model_row(scanned: Scanned, options: RowOptions) -> dict[str, Any]:
    row = model_columns(scanned.listing.inspection)
    if options.statistics:
        row |= _measures(scanned.statistics)
    if options.check:
        row |= counted(scanned.findings or ())
    row |= _ids(scanned)
    row["error"] = None
    return row


def _ids(scanned: Scanned) -> dict[str, Any]:
    """Returns a column for each id, if they were taken."""
    return {} if scanned.fingerprint is None else entry_of(FINGERPRINT_FIELDS, scanned.fingerprint)


def _measures(statistics: Statistics | None) -> dict[str, Any]:
    """Returns a column for each statistic, for the histogram and for the grid."""
    measures = measures_entry(statistics)
    flat = measures.pop("statistics") or dict.fromkeys(STATISTICS)
    return {**flat, **(measures or dict.fromkeys(BESIDE_STATISTICS))}
