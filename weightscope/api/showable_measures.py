"""Closeups, comparisons, reports and findings that can show themselves: as a dict, in a terminal, in a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from weightscope.api.showable import shown_name
from weightscope.inspection import check_result, closeup, difference
from weightscope.inspection.finding import Finding

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType


class Closeup(closeup.Closeup):
    """One variable in detail, able to show itself: as a dict, in a terminal, in a notebook."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope show --json` prints."""
        from weightscope.view.documents.closeup_document import closeup_document

        return closeup_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.tables.closeup_table import CloseupTable

        yield CloseupTable(self)

    def __repr__(self) -> str:
        info = self.measured.info
        return f"<Closeup {shown_name(info.path)}: {info.shape} {shown_name(info.dtype)}>"

    def _repr_html_(self) -> str:
        from weightscope.view.html.closeup_html import closeup_html

        return closeup_html(self)


class Comparison(difference.Comparison):
    """What differs between two models, able to show itself: as a dict, in a terminal, in a notebook."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope diff --json` prints."""
        from weightscope.view.documents.comparison_document import comparison_document

        return comparison_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.tables.comparison_table import ComparisonTable

        yield ComparisonTable(self)

    def __repr__(self) -> str:
        from weightscope.view.tables.comparison_cells import totals_in_words

        a, b = (shown_name(source.location) for source in (self.a, self.b))
        return f"<Comparison {a}, {b}: {totals_in_words(self.totals)}>"

    def _repr_html_(self) -> str:
        from weightscope.view.html.comparison_html import comparison_html

        return comparison_html(self)


class CheckResult(check_result.CheckResult):
    """The result of a check of one model, able to show itself: as a dict, in a terminal, in a notebook."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope check --json` prints."""
        from weightscope.view.documents.findings_document import findings_document

        return findings_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.tables.findings_table import FindingsTable

        yield FindingsTable(self)

    def __repr__(self) -> str:
        return f"<CheckResult {shown_name(self.source.location)}: {_counted(self.findings)}>"

    def _repr_html_(self) -> str:
        from weightscope.view.html.findings_html import report_html

        return report_html(self)


class Findings(tuple[Finding, ...]):
    """Findings, the most severe first: a tuple that can show itself in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Findings: {_counted(self)}>"

    def _repr_html_(self) -> str:
        from weightscope.view.html.findings_html import findings_html

        return findings_html(self)


def _counted(findings: Iterable[Finding]) -> str:
    """Returns how often each rule found something: `nan-values 1, infinite-values 2`."""
    rules = Counter(one.code for one in findings)
    return ", ".join(f"{rule} {count:,}" for rule, count in rules.items()) or "nothing found"
