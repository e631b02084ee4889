"""Filters findings by the variables that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.variable_filter import ONLY, VariableFilter


def choose_findings(findings: Sequence[Finding], inspection: Inspection, wanted: VariableFilter) -> tuple[Finding, ...]:
    """Returns the findings about the chosen variables.

    A pattern is matched with the path in a finding, of a variable or of a layer. A finding about a layer is
    wanted if one of its variables is of the wanted kind; one about the whole model, if neither patterns nor a kind
    are given.
    """
    keeps = ONLY[wanted.only or "all"]
    kept = {
        name for variable in inspection.all_variables if keeps(variable.info) for name in _names(variable.info.path)
    }
    takes_model = not wanted.patterns and wanted.only in (None, "all")

    def takes(finding: Finding) -> bool:
        if finding.variable is None:
            return takes_model
        return wanted.takes_path(finding.variable) and (wanted.only in (None, "all") or finding.variable in kept)

    return tuple(filter(takes, findings))


def _names(path: str) -> list[str]:
    """Returns a variable's path and the paths of the layers around it."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
