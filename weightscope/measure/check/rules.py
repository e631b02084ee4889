"""All rules by id, and the limits of some of them."""

from __future__ import annotations

from weightscope.errors import UsageError
from weightscope.inspection import Finding
from weightscope.measure.check.comparison_rules import COMPARISON_RULES
from weightscope.measure.check.file_rules import FILE_RULES
from weightscope.measure.check.load_rules import LOAD_RULES
from weightscope.measure.check.rule import Rule
from weightscope.measure.check.value_rules import VALUE_RULES

RULES: dict[str, Rule] = {rule.id: rule for rule in (*VALUE_RULES, *FILE_RULES)}

#: The rules of `weightscope check`: on one model, and on loading a file into a model.
CHECK_RULES: dict[str, Rule] = {**RULES, **{rule.id: rule for rule in LOAD_RULES}}

#: All rules, with those on two models.
ALL_RULES: dict[str, Rule] = {**CHECK_RULES, **{rule.id: rule for rule in COMPARISON_RULES}}

#: The default limits of some rules, by id.
LIMITS: dict[str, float] = {rule.id: rule.limit for rule in RULES.values() if rule.limit is not None}


def find_rule(rule_id: str) -> Rule:
    """Returns the rule with this id.

    Raises:
        UsageError: No rule has this id; the hint names the most similar ids.
    """
    if rule_id in ALL_RULES:
        return ALL_RULES[rule_id]
    from difflib import get_close_matches  # only a mistyped rule needs it

    near = get_close_matches(rule_id, ALL_RULES, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "weightscope check --rules"
    raise UsageError(rule_id, "no such rule", hint)


def finding(
    rule_id: str, message: str, variable: str | None = None, count: int | None = None, fix: str | None = None
) -> Finding:
    """Returns a finding of a rule, with the rule's level and, if no fix is given, the rule's fix."""
    return ALL_RULES[rule_id].found(message, variable, count, fix)
