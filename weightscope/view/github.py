"""Workflow commands that GitHub shows as annotations of a run.

Source: docs.github.com, *Workflow commands for GitHub Actions*, and `command.ts` of actions/toolkit for the escapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weightscope.inspection.check_result import CheckResult
from weightscope.view.text.surface import Surface
from weightscope.view.text.words import escape

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a line for each finding of each report."""
    for report in reports:
        for finding in report.findings:
            where = f"{finding.variable}: " if finding.variable else ""
            properties = f"file={_property(report.source.location)},title={_property(finding.code)}"
            yield f"::{_COMMANDS[finding.level]} {properties}::{_message(where + finding.message)}\n"


def _message(text: str) -> str:
    return escape(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
