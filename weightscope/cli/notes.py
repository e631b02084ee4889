"""Notes on stderr, and the findings of `--top`: of what repeats, the first ones, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from weightscope.cli.failure import print_line
from weightscope.inspection import Inspection

if TYPE_CHECKING:
    from weightscope.inspection.check_result import CheckResult

#: Lines that the notes on one model take at most, and notes of one kind that are printed before the rest is counted.
MOST_LINES, MOST_OF_A_KIND = 40, 5


@dataclass(frozen=True, slots=True)
class Line:
    """A note as it is printed.

    Attributes:
        kind: What it is counted by: its code or rule.
        level: `note`, `warning` or `error`.
        text: Where it is, and what there is to say.
    """

    kind: str
    level: str
    text: str


def print_notes(inspection: Inspection) -> None:
    """Prints the notes on a model or layer."""
    location = inspection.source.location
    lines = [
        Line(one.code, one.level, ": ".join(filter(None, (location, one.variable, one.message))))
        for one in inspection.notes
    ]
    print_lines(lines, f"{location}: ", " (--format json lists each)")


def print_lines(lines: Iterable[Line], before: str = "", after: str = "") -> None:
    """Prints notes, a line each, those of a kind together; what repeats is counted.

    Args:
        lines: In the order in which their kinds are printed.
        before: What a line that counts begins with: where the notes belong.
        after: What it ends with: where the others can be found.
    """
    kinds: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        kinds.setdefault((line.kind, line.level), []).append(line)
    most = min(MOST_OF_A_KIND, max(1, MOST_LINES // max(1, len(kinds)) - 1))
    printed: list[Line] = []
    for (kind, level), alike in kinds.items():
        rest = len(alike) - most
        if rest > 1:  # one more is printed rather than counted
            alike = [*alike[:most], Line(kind, level, f"{before}and {rest:,} more {kind}{after}")]
        printed += alike
    for line in printed[:MOST_LINES]:
        print_line(line.level, line.text)


def first_findings(reports: Iterable[CheckResult], options: dict[str, Any]) -> Iterator[CheckResult]:
    """Yields the reports with the first findings; below each is printed how many more there are."""
    for found in reports:
        top = options["top"] or len(found.findings)
        yield replace(found, findings=found.findings[:top], is_verbose=options["verbose"])
        if len(found.findings) > top:
            more = len(found.findings) - top
            print_line("note", f"{found.source.location}: {more:,} more findings (--top {top})")
