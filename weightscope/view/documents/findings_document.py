"""The JSON document of a check: what `weightscope check --json` prints."""

from __future__ import annotations

from typing import Any

from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.view.documents.document import source_entry
from weightscope.view.fields.field import entry_of
from weightscope.view.fields.findings import FINDING_FIELDS
from weightscope.view.fields.load import LOAD_FIELDS

CHECK_SCHEMA = "weightscope.check/1"


def findings_document(report: CheckResult) -> dict[str, Any]:
    """Returns the document of the check of one model."""
    return {
        "schema": CHECK_SCHEMA,
        "source": source_entry(report.source),
        "findings": [finding_entry(one) for one in report.findings],
        **({} if report.load is None else {"load": entry_of(LOAD_FIELDS, report.load)}),
        "not_run": [{"rule": rule, "lacks": lacks} for rule, lacks in report.not_run.items()],
    }


def finding_entry(finding: Finding) -> dict[str, Any]:
    """Returns one entry of `findings`."""
    return entry_of(FINDING_FIELDS, finding)
