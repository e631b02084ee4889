"""Checks a weights file against the model that it is to be loaded into."""

from __future__ import annotations

from weightscope.inspection import Inspection
from weightscope.inspection.check_result import CheckResult
from weightscope.measure.check.load_rules import LOAD_RULES
from weightscope.measure.load.findings import load_findings
from weightscope.measure.load.plan import LoadOptions, plan_load


def check_load(weights: Inspection, target: Inspection, options: LoadOptions | None = None) -> CheckResult:
    """Returns the outcome of `target.load_weights(weights)`: errors, and where each variable goes.

    Args:
        weights: The file, read with its layout.
        target: The model, read or built with its layout.
        options: The options of `load_weights`.

    Raises:
        UsageError: The target's file does not store which layer owns which variable.
    """
    chosen = options or LoadOptions()
    plan = plan_load(weights, target, chosen)
    return CheckResult(
        source=weights.source,
        findings=load_findings(weights, target, plan, chosen),
        variables=len(weights.variables),
        bytes=0,
        rules=tuple(rule.id for rule in LOAD_RULES),
        load=plan,
    )
