"""The options of a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weightscope.measure.check.rule import Rule
from weightscope.measure.check.rules import RULES, find_rule


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Which rules to run on a model.

    Attributes:
        select: Ids of rules; none selects all.
        ignore: Ids of rules that are left out.
        limits: The limits of some rules, by id; a rule without an entry keeps its own limit.
        optimizer: Whether to look for values that are not finite in the optimizer's variables too.

    Raises:
        UsageError: No rule has one of the ids.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    limits: Mapping[str, float] = field(default_factory=dict)
    optimizer: bool = False

    def __post_init__(self) -> None:
        """Checks the ids."""
        for rule_id in sorted(self.select | self.ignore):
            find_rule(rule_id)

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
