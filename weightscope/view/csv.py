"""Comma-separated values, a line a variable: lists and objects as JSON, unknown values as empty cells."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from weightscope.inspection.finding import Finding
from weightscope.view.documents.document import flat_fields, flat_rows, layer_entry
from weightscope.view.text.json_text import compact
from weightscope.view.text.pieces import in_pieces
from weightscope.view.text.words import spreadsheet_text

if TYPE_CHECKING:
    from weightscope.inspection.check_result import CheckResult
    from weightscope.inspection.closeup import Closeup
    from weightscope.inspection.difference import Comparison
    from weightscope.inspection.fingerprint import Fingerprint
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.inspection.lock import Verification
    from weightscope.inspection.measured import Listing
    from weightscope.view.text.surface import Surface


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields the lines of each listing, the first with a heading."""
    for place, listing in enumerate(listings):
        fields = flat_fields(listing)
        if not place:
            yield _lines([fields])
        for rows in in_pieces([row[field] for field in fields] for row in flat_rows(listing)):
            yield _lines(rows)


def known_layers(entries: Sequence[LayerEntry], surface: Surface) -> str:  # noqa: ARG001 - a format's signature
    """Returns a heading and a line for each layer that can be built by name."""
    rows: list[Mapping[str, Any]] = [layer_entry(entry) for entry in entries]
    return _lines([list(rows[0]) if rows else [], *(list(row.values()) for row in rows)])


def closeup(closeup: Closeup, surface: Surface, **_: bool | str) -> str:  # noqa: ARG001 - a format's signature
    """Returns a heading and the line of one variable."""
    from weightscope.view.documents.closeup_document import flat_closeup  # a listing needs none of these

    row = flat_closeup(closeup)
    return _lines([list(row), list(row.values())])


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a line for each finding, with the location of the model first; the first report has a heading."""
    from weightscope.view.documents.findings_document import finding_entry

    for place, report in enumerate(reports):
        heading = [] if place else [["location", *finding_entry(Finding("", "note", ""))]]
        rows = ([report.source.location, *finding_entry(finding).values()] for finding in report.findings)
        yield _lines([*heading, *rows])


def comparison(comparison: Comparison, surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a heading and a line for each difference."""
    from weightscope.view.documents.comparison_document import flat_difference_fields, flat_differences

    yield _lines([flat_difference_fields(comparison)])
    for rows in in_pieces(flat_differences(comparison)):
        yield _lines(row.values() for row in rows)


def fingerprints(fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a line with the ids of each model, the first with a heading."""
    from weightscope.view.documents.fingerprint_document import flat_fingerprint

    for place, fingerprint in enumerate(fingerprints):
        row = flat_fingerprint(fingerprint)
        yield _lines([*([] if place else [list(row)]), row.values()])


def verifications(verifications: Iterable[Verification], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a line for each change, with the location of the model first; the first text has a heading."""
    from weightscope.view.documents.verify_document import FLAT_CHANGE_FIELDS, flat_changes

    for place, verification in enumerate(verifications):
        heading = [] if place else [FLAT_CHANGE_FIELDS]
        yield _lines([*heading, *(row.values() for row in flat_changes(verification))])


def table(lines: Iterable[bytes], columns: Sequence[str]) -> Iterator[bytes]:
    """Yields a heading and the rows that are given as whole lines of JSON."""
    pieces = iter(lines)
    first = next(pieces, b"")  # what fails before there is a row prints nothing
    yield _lines([columns]).encode()
    for piece in chain([first], pieces):
        rows = map(json.loads, piece.splitlines())
        yield _lines([row.get(name) for name in columns] for row in rows).encode()


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_cell(entry) for entry in row] for row in rows)
    return out.getvalue()


def _cell(entry: Any) -> str:
    if entry is None:
        return ""
    return spreadsheet_text(entry) if isinstance(entry, str) else compact(entry)
