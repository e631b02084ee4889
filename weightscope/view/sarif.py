"""SARIF 2.1.0, the format of code scanning services.

Source: OASIS, *Static Analysis Results Interchange Format (SARIF) Version 2.1.0*.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.measure.check.rules import CHECK_RULES
from weightscope.view.text.json_text import indented
from weightscope.view.text.surface import Surface

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:
    """Yields one document for all reports."""
    results = [_result(report, finding) for report in reports for finding in report.findings]
    driver = {
        "name": "weightscope",
        "semanticVersion": version("keras-weightscope"),
        "rules": [
            {
                "id": rule.id,
                "name": "".join(part.capitalize() for part in rule.id.split("-")),
                "shortDescription": {"text": rule.name},
                "fullDescription": {"text": rule.explanation},
                "help": {"text": rule.fix or rule.explanation},
                "defaultConfiguration": {"level": rule.level},
            }
            for rule in CHECK_RULES.values()
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    yield indented(document, ascii_only=surface.is_ascii)


def _uri(location: str) -> str:
    """Returns a path as a URI: relative where it is, as services match it with the repository's files."""
    path = Path(location)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def _result(report: CheckResult, finding: Finding) -> dict[str, Any]:
    # weights have no lines, and services want one
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(report.source.location)}, "region": region}
    }
    if finding.variable:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.variable, "kind": "variable"}]
    where = f"{finding.variable}: " if finding.variable else ""
    return {
        "ruleId": finding.code,
        "ruleIndex": list(CHECK_RULES).index(finding.code),
        "level": finding.level,
        "message": {"text": f"{where}{finding.message}"},
        "locations": [location],
    }
