"""All rules by id, and the limits that some of them have."""

from __future__ import annotations

from difflib import get_close_matches

from weightscope.errors import UsageError
from weightscope.inspection import Finding
from weightscope.measure.check.comparison_rules import COMPARISON_RULES
from weightscope.measure.check.file_rules import FILE_RULES
from weightscope.measure.check.load_rules import LOAD_RULES
from weightscope.measure.check.rule import Rule
from weightscope.measure.check.value_rules import VALUE_RULES

RULES: dict[str, Rule] = {rule.id: rule for rule in (*VALUE_RULES, *FILE_RULES)}

#: Those whose findings a report of `weightscope check` may have: of one model, and of what it would be loaded into.
CHECK_RULES: dict[str, Rule] = {**RULES, **{rule.id: rule for rule in LOAD_RULES}}

#: Those of two models too.
ALL_RULES: dict[str, Rule] = {**CHECK_RULES, **{rule.id: rule for rule in COMPARISON_RULES}}

#: What some rules compare with, by id, where no other limit is set.
LIMITS: dict[str, float] = {rule.id: rule.limit for rule in RULES.values() if rule.limit is not None}


def find_rule(rule_id: str) -> Rule:
    """Returns the rule of this id.

    Raises:
        UsageError: No rule has it; the hint names the nearest.
    """
    if rule_id in ALL_RULES:
        return ALL_RULES[rule_id]
    near = get_close_matches(rule_id, ALL_RULES, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "weightscope check --rules"
    raise UsageError(rule_id, "no such rule", hint)


def finding(
    rule_id: str, message: str, variable: str | None = None, count: int | None = None, fix: str | None = None
) -> Finding:
    """Returns a finding of a rule, with the rule's level and, where no other is given, its fix."""
    return ALL_RULES[rule_id].found(message, variable, count, fix)
