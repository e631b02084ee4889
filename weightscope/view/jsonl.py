"""A JSON object a variable, each in a line of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from weightscope.view.documents.document import flat_rows, layer_entry
from weightscope.view.text.json_text import compact
from weightscope.view.text.pieces import in_pieces

if TYPE_CHECKING:
    from weightscope.inspection.check_result import CheckResult
    from weightscope.inspection.closeup import Closeup
    from weightscope.inspection.difference import Comparison
    from weightscope.inspection.fingerprint import Fingerprint
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.inspection.lock import Verification
    from weightscope.inspection.measured import Listing
    from weightscope.view.text.surface import Surface


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
    """Yields the lines of each listing; an empty text first, so that a file is made for one without variables."""
    for listing in listings:
        yield ""
        for rows in in_pieces(flat_rows(listing)):
            yield "".join(compact(row, ascii_only=surface.is_ascii) + "\n" for row in rows)


def known_layers(entries: Sequence[LayerEntry], surface: Surface) -> str:
    """Returns a line for each layer that can be built by name."""
    return "".join(compact(layer_entry(entry), ascii_only=surface.is_ascii) + "\n" for entry in entries)


def closeup(closeup: Closeup, surface: Surface, **_: bool | str) -> str:
    """Returns the line of one variable."""
    from weightscope.view.documents.closeup_document import flat_closeup  # a listing needs none of these

    return compact(flat_closeup(closeup), ascii_only=surface.is_ascii) + "\n"


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:
    """Yields a line for each finding, with the location of the model first; an empty text for each report."""
    from weightscope.view.documents.findings_document import finding_entry

    for report in reports:
        yield ""
        for finding in report.findings:
            row = {"location": report.source.location, **finding_entry(finding)}
            yield compact(row, ascii_only=surface.is_ascii) + "\n"


def comparison(comparison: Comparison, surface: Surface) -> Iterator[str]:
    """Yields a line for each difference; an empty text first, so that a file is made for equal models."""
    from weightscope.view.documents.comparison_document import flat_differences

    yield ""
    for rows in in_pieces(flat_differences(comparison)):
        yield "".join(compact(row, ascii_only=surface.is_ascii) + "\n" for row in rows)


def fingerprints(fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:
    """Yields a line with the ids of each model."""
    from weightscope.view.documents.fingerprint_document import flat_fingerprint

    for fingerprint in fingerprints:
        yield compact(flat_fingerprint(fingerprint), ascii_only=surface.is_ascii) + "\n"


def verifications(verifications: Iterable[Verification], surface: Surface) -> Iterator[str]:
    """Yields a line for each change, with the location of the model first; an empty text for each model."""
    from weightscope.view.documents.verify_document import flat_changes

    for verification in verifications:
        yield "".join(compact(row, ascii_only=surface.is_ascii) + "\n" for row in flat_changes(verification))
