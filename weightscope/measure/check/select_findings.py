"""Selects findings by the variables that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.variable import VariableInfo
from weightscope.inspection.variable_filter import VariableFilter, select


def select_findings(findings: Sequence[Finding], inspection: Inspection, wanted: VariableFilter) -> tuple[Finding, ...]:
    """Returns the findings about the wanted variables.

    A pattern is matched with the path in a finding, of a variable or of a layer. A finding about a layer is
    wanted if one of its variables is of the wanted kind; one about the whole model, if neither patterns nor a kind
    are given.
    """
    named = {finding.variable for finding in findings}
    owned: dict[str | None, list[VariableInfo]] = {}
    for info in (variable.info for variable in inspection.all_variables):
        for name in named.intersection(_names(info.path)):
            owned.setdefault(name, []).append(info)
    return tuple(
        select(
            findings,
            wanted,
            infos=lambda finding: owned.get(finding.variable, ()),
            paths=lambda finding: filter(None, (finding.variable,)),
        )
    )


def _names(path: str) -> list[str]:
    """Returns a variable's path and the paths of the layers around it."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
