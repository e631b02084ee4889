"""The options of a check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from weightscope.errors import UsageError
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.check.rule import Rule
from weightscope.measure.check.rules import LIMITS, RULES, find_rule


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Which rules to run on a model.

    Attributes:
        select: Ids of rules; none selects all.
        ignore: Ids of rules that are left out.
        limits: The limits of some rules, by id; a rule without an entry keeps its own limit.
        optimizer: Whether to look for values that are not finite in the optimizer's variables too.
        wanted: The variables whose findings are reported. All are read: some rules compare variables.

    Raises:
        UsageError: No rule has one of the ids, a rule has no limit, or a limit is negative or not finite.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    limits: Mapping[str, float] = field(default_factory=dict)
    optimizer: bool = False
    wanted: VariableFilter = field(default_factory=VariableFilter)

    def __post_init__(self) -> None:
        """Checks the ids and the limits."""
        for rule_id in sorted({*self.select, *self.ignore, *self.limits}):
            find_rule(rule_id)
        for rule_id, limit in self.limits.items():
            if rule_id not in LIMITS:
                raise UsageError(f"--set {rule_id}", "the rule has no limit", f"one of {', '.join(LIMITS)}")
            if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not 0 <= limit < math.inf:
                raise UsageError(f"{rule_id} = {limit}", "no limit", "a number, 0 or above")

    @property
    def reads_values(self) -> bool:
        """Whether a selected rule reads values."""
        return any(rule.reads_values for rule in self.rules)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The selected rules."""
        return tuple(
            rule
            for rule in RULES.values()
            if rule.id not in self.ignore and (not self.select or rule.id in self.select)
        )
