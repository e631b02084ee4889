"""The rules of `weightscope check`, in words."""

from __future__ import annotations

import textwrap

from weightscope.measure.check.rule import Rule
from weightscope.measure.check.rules import ALL_RULES

_WIDTH = 88


def list_rules() -> str:
    """Returns a line for each rule: id, level, name, and its limit if any."""
    wide = max(map(len, ALL_RULES))
    return "".join(
        f"{rule.id:<{wide}}  {rule.level:<7}  {rule.name}"
        + (f" (limit {rule.limit:g})" if rule.limit is not None else "")
        + "\n"
        for rule in ALL_RULES.values()
    )


def explain_rule(rule: Rule) -> str:
    """Returns the explanation of a rule and its fix."""
    paragraphs = [f"{rule.id} ({rule.level}): {rule.name}", rule.explanation]
    if rule.fix is not None:
        paragraphs.append(f"What to do: {rule.fix}.")
    return "\n\n".join(textwrap.fill(one, _WIDTH, break_on_hyphens=False) for one in paragraphs) + "\n"
