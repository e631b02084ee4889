"""What a check found, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.text import Text

from weightscope.inspection.finding import Finding, Report
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs

#: What stands to the left of what was found: as much as a level takes.
_MARGIN = (0, 0, 0, 10)

LEVEL_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


@dataclass(frozen=True, slots=True)
class FindingsTable:
    """Everything that the table format prints of one model's check."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields a line for what was found where, one for what to do, and how many there are of each level."""
        glyphs = Glyphs.of(options)
        report = self.report
        yield Text(words.escape(report.source.location), style="bold")
        yield from finding_lines(report.findings)
        yield Text(f" {glyphs.dot} ".join(_totals(report)), style="dim")


def finding_lines(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """Yields what was found where, and what to do about it, which neighbours with one remedy tell once."""
    for place, finding in enumerate(findings):
        yield from _finding(finding, is_repeat=place > 0 and findings[place - 1].fix == finding.fix)


def _finding(finding: Finding, *, is_repeat: bool) -> Iterator[RenderableType]:
    where = f"{words.escape(finding.variable)}: " if finding.variable else ""
    yield Text.assemble((f"  {finding.level:<7} ", LEVEL_STYLES[finding.level]), (finding.rule, "dim"))
    yield Padding(Text.assemble((where, "bold"), words.escape(finding.message)), _MARGIN, expand=False)
    if finding.fix and not is_repeat:
        yield Padding(Text(words.escape(finding.fix), style="dim"), _MARGIN, expand=False)


def _totals(report: Report) -> Iterator[str]:
    counts = {level: sum(one.level == level for one in report.findings) for level in LEVEL_STYLES}
    told = [f"{count:,} {level}{'s' if count != 1 else ''}" for level, count in counts.items() if count]
    yield ", ".join(told) or "nothing found"
    yield f"{len(report.rules):,} rule{'s' if len(report.rules) != 1 else ''}"
    yield f"{report.variables:,} variables"
    yield f"{words.size(report.bytes)} read"
