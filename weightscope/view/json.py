"""Standard JSON, safe to print on a terminal: one document for each model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from weightscope.view.documents.document import inspection_fields, layers_document
from weightscope.view.text.json_text import indented, indented_in_pieces

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
    """Yields the document of each listing."""
    for listing in listings:
        yield from indented_in_pieces(inspection_fields(listing), ascii_only=surface.is_ascii)


def known_layers(entries: Sequence[LayerEntry], surface: Surface) -> str:
    """Returns the document of the layers that can be built by name."""
    return indented(layers_document(entries), ascii_only=surface.is_ascii)


def closeup(closeup: Closeup, surface: Surface, **_: bool | str) -> str:
    """Returns the document of one variable."""
    from weightscope.view.documents.closeup_document import closeup_document  # a listing needs none of these

    return indented(closeup_document(closeup), ascii_only=surface.is_ascii)


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:
    """Yields a document for each model."""
    from weightscope.view.documents.findings_document import findings_document

    for report in reports:
        yield indented(findings_document(report), ascii_only=surface.is_ascii)


def comparison(comparison: Comparison, surface: Surface) -> Iterator[str]:
    """Yields the document of a comparison of two models."""
    from weightscope.view.documents.comparison_document import comparison_fields

    return indented_in_pieces(comparison_fields(comparison), ascii_only=surface.is_ascii)


def fingerprints(fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:
    """Yields the document of the ids of each model."""
    from weightscope.view.documents.fingerprint_document import fingerprint_document

    for fingerprint in fingerprints:
        yield indented(fingerprint_document(fingerprint), ascii_only=surface.is_ascii)


def verifications(verifications: Iterable[Verification], surface: Surface) -> Iterator[str]:
    """Yields the document of what changed of each model."""
    from weightscope.view.documents.verify_document import verify_document

    for verification in verifications:
        yield indented(verify_document(verification), ascii_only=surface.is_ascii)
