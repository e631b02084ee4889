"""The output formats: a name for each, and the module that writes it.

A format is a module with the functions of a protocol below. A new format is a module, and a function and a line here;
mypy compares the module with the protocol. A module is imported when its format is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from weightscope.inspection.check_result import CheckResult
    from weightscope.inspection.closeup import Closeup, Pool
    from weightscope.inspection.difference import Comparison
    from weightscope.inspection.fingerprint import Fingerprint
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.inspection.lock import Verification
    from weightscope.inspection.measured import Listing
    from weightscope.view.text.surface import Surface


class FindingsFormat(Protocol):
    """A format of findings."""

    def findings(self, reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:
        """Yields the text of the findings about each model, or one text for all models."""


class ListingFormat(Protocol):
    """A format of what is in models: listings, one variable in detail, differences, layers."""

    def inspections(self, listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
        """Yields the text of each listing as it comes."""

    def known_layers(self, entries: Sequence[LayerEntry], surface: Surface) -> str:
        """Returns the text that lists the layers which can be built by name."""

    def closeup(
        self, closeup: Closeup, surface: Surface, *, heat: bool = False, log: bool = False, pool: Pool = "rms"
    ) -> str:
        """Returns the text of one variable in detail; formats without pictures ignore the options of drawing."""

    def comparison(self, comparison: Comparison, surface: Surface) -> Iterator[str]:
        """Yields the text of the differences between two models."""

    def fingerprints(self, fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:
        """Yields the text of the ids of each model."""

    def verifications(self, verifications: Iterable[Verification], surface: Surface) -> Iterator[str]:
        """Yields the text of what changed of each model since it was locked."""


class OutputFormat(ListingFormat, FindingsFormat, Protocol):
    """A format of everything."""


def _table() -> OutputFormat:
    from weightscope.view import table

    return table


def _json() -> OutputFormat:
    from weightscope.view import json

    return json


def _jsonl() -> OutputFormat:
    from weightscope.view import jsonl

    return jsonl


def _csv() -> OutputFormat:
    from weightscope.view import csv

    return csv


def _markdown() -> OutputFormat:
    from weightscope.view import markdown

    return markdown


def _sarif() -> FindingsFormat:
    from weightscope.view import sarif

    return sarif


def _github() -> FindingsFormat:
    from weightscope.view import github

    return github


#: The formats of every command that prints data.
FORMATS: dict[str, Callable[[], OutputFormat]] = {
    "table": _table,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "markdown": _markdown,
}

#: The formats of findings: some services have formats of their own.
FINDING_FORMATS: dict[str, Callable[[], FindingsFormat]] = {**FORMATS, "sarif": _sarif, "github": _github}

#: The format of an output file by the end of its name.
ENDS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".txt": "table",
    ".sarif": "sarif",
}


def find_format(name: str) -> OutputFormat:
    """Returns the format of this name, a key of `FORMATS`."""
    return FORMATS[name]()


def find_findings_format(name: str) -> FindingsFormat:
    """Returns the format of this name, a key of `FINDING_FORMATS`."""
    return FINDING_FORMATS[name]()
