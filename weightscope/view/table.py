"""The tables for people: one function for each result that a command prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from weightscope.view.tables.inspection_table import InspectionTable
from weightscope.view.tables.models_table import ModelsTable
from weightscope.view.text.words import escape

if TYPE_CHECKING:
    from weightscope.inspection.check_result import CheckResult
    from weightscope.inspection.closeup import Closeup
    from weightscope.inspection.difference import Comparison
    from weightscope.inspection.fingerprint import Fingerprint
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.inspection.lock import Verification
    from weightscope.inspection.measured import Listing
    from weightscope.view.text.surface import Surface

if TYPE_CHECKING:
    from weightscope.inspection.closeup import Pool


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
    """Yields header, tables and totals of each listing; one table of all where each model is a row."""
    models = []
    for place, listing in enumerate(listings):
        if listing.by == "model":
            models.append(listing)
        else:
            yield "\n" * (place > 0)
            yield from surface.draw_in_pieces(InspectionTable(listing))
    if models:
        yield surface.draw(ModelsTable(models))


def known_layers(entries: Sequence[LayerEntry], surface: Surface) -> str:
    """Returns a table of the layers that can be built by name for each origin."""
    from weightscope.view.tables.layers_table import LayerEntriesTable

    return surface.draw(LayerEntriesTable(entries))


def closeup(closeup: Closeup, surface: Surface, *, heat: bool = False, log: bool = False, pool: Pool = "rms") -> str:
    """Returns statistics, histogram and values of one variable, with a heat map where it is asked for."""
    from weightscope.view.tables.closeup_table import CloseupTable

    return surface.draw(CloseupTable(closeup, heat, log, pool))


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:
    """Yields the findings about each model."""
    from weightscope.view.tables.findings_table import FindingsTable

    for place, report in enumerate(reports):
        yield "\n" * (place > 0)
        yield from surface.draw_in_pieces(FindingsTable(report))


def comparison(comparison: Comparison, surface: Surface) -> Iterator[str]:
    """Yields a table of the differences between two models, with findings and totals."""
    from weightscope.view.tables.comparison_table import ComparisonTable

    yield from surface.draw_in_pieces(ComparisonTable(comparison))


def fingerprints(fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:
    """Yields the ids of each model below its name."""
    from weightscope.view.tables.fingerprint_lines import FingerprintLines

    for place, fingerprint in enumerate(fingerprints):
        yield ("\n" if place else "") + surface.draw(FingerprintLines(fingerprint))


def verifications(verifications: Iterable[Verification], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a line for each change; one for a model that is unchanged."""
    for one in verifications:
        lines = [f"{change.path}: {change.message}" for change in one.changes] or ["unchanged"]
        yield "".join(f"{escape(f'{one.location}: {line}')}\n" for line in lines)
