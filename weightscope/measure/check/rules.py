"""The rules of `weightscope check`, by id, and the limits that some of them have."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from weightscope.errors import UsageError
from weightscope.measure.check.file_rules import FILE_RULES
from weightscope.measure.check.load_rules import LOAD_RULES
from weightscope.measure.check.rule import Rule
from weightscope.measure.check.value_rules import VALUE_RULES

RULES: dict[str, Rule] = {rule.id: rule for rule in (*VALUE_RULES, *FILE_RULES)}

#: Those of one model, and those of a file and what it would be loaded into.
ALL_RULES: dict[str, Rule] = {**RULES, **{rule.id: rule for rule in LOAD_RULES}}


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


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What some rules compare with; each is set under the id of its rule.

    Attributes:
        exploding_values: The magnitude beyond which a weight is too large.
        exploding_statistics: The moving variance beyond which it is too large.
        denormal_values: The share of denormal values, from 0 to 1, beyond which a variable is reported.
    """

    exploding_values: float = 1e4
    exploding_statistics: float = 1e8
    denormal_values: float = 0.01
