"""Cuts the findings that a command prints to those that `--top` asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from weightscope.cli.failure import tell
from weightscope.inspection.check_result import CheckResult


def first_findings(reports: Iterable[CheckResult], options: dict[str, Any]) -> Iterator[CheckResult]:
    """Yields the reports with the first findings; below each is printed how many more there are."""
    for found in reports:
        top = options["top"] or len(found.findings)
        yield replace(found, findings=found.findings[:top], is_verbose=options["verbose"])
        if len(found.findings) > top:
            more = len(found.findings) - top
            tell("note", f"{found.source.location}: {more:,} more findings (--top {top})")
