"""The output formats: a name for each, and the module that writes it.

A format is a module with a function for each thing there is to print: `inspections(listings, surface)` yields a text
for each listing, `findings(reports, surface)` for each report, or one for all; `layers(entries, surface)`,
`closeup(closeup, surface)` and `comparison(comparison, surface)` return one. A new format is a module and a line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from weightscope.inspection.closeup import Closeup
    from weightscope.inspection.difference import Comparison
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.inspection.measured import Listing
    from weightscope.inspection.report import Report
    from weightscope.view.surface import Surface


class Format(Protocol):
    """The functions of a format's module."""

    def inspections(self, listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
        """Yields the text of each listing as it comes."""

    def layers(self, entries: Sequence[LayerEntry], surface: Surface) -> str:
        """Returns the text that lists the layers which can be built by name."""

    def closeup(self, closeup: Closeup, surface: Surface, *, heat: bool = False, log: bool = False) -> str:
        """Returns the text of one variable seen closely; formats without pictures ignore the options of drawing."""

    def findings(self, reports: Iterable[Report], surface: Surface) -> Iterator[str]:
        """Yields the text of the findings about each model."""

    def comparison(self, comparison: Comparison, surface: Surface) -> str:
        """Returns the text of the differences between two models."""


FORMATS = {
    "table": "weightscope.view.table",
    "json": "weightscope.view.json",
    "jsonl": "weightscope.view.jsonl",
    "csv": "weightscope.view.csv",
    "markdown": "weightscope.view.markdown",
}

#: The format of an output file by the end of its name.
ENDS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".txt": "table",
    ".sarif": "sarif",
}

#: The formats of findings: some services have formats of their own.
FINDING_FORMATS = {
    **FORMATS,
    "sarif": "weightscope.view.sarif",
    "github": "weightscope.view.github",
}


def find_format(name: str) -> Format:
    """Returns the format of this name, a key of one of the tables; its module is imported now, not before."""
    return cast(Format, importlib.import_module({**FORMATS, **FINDING_FORMATS}[name]))
