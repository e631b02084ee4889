"""Finds faults in a model's weights: rules, and one pass over the values for all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.finding import Finding
from weightscope.inspection.report import Report
from weightscope.measure.check.duplicates import duplicates
from weightscope.measure.check.observed import Observed
from weightscope.measure.check.optimizer import findings_of_optimizer
from weightscope.measure.check.rule import LACKING, Rule
from weightscope.measure.check.rules import ALL_RULES, CHECK_RULES, LIMITS, RULES, find_rule
from weightscope.measure.check.runnable import lacking
from weightscope.measure.check.structure import findings_of_structure
from weightscope.measure.check.training import untrained_weights
from weightscope.measure.check.values import findings_of_values, untrained_normalization
from weightscope.measure.scan import Progress, scan
from weightscope.measure.statistics import has_order

__all__ = [
    "ALL_RULES",
    "CHECK_RULES",
    "LIMITS",
    "RULES",
    "CheckSettings",
    "Rule",
    "bytes_to_read",
    "check",
    "checked",
    "find_rule",
]

_LEVELS = ("error", "warning", "note")


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


def check(
    inspection: Inspection, settings: CheckSettings | None = None, progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Returns the findings about a model: errors first, then in the order of its variables.

    All values are read once for all rules, and not at all if no selected rule reads values. A variable that looks
    like a copy of another one is read a second time.

    Args:
        inspection: The model, read from its file.
        settings: The rules to run; all by default.
        progress: Called with the number of bytes read since the last call.
    """
    chosen = settings or CheckSettings()
    rules = {rule.id for rule in chosen.rules}
    found = [one for one in _findings(inspection, chosen, progress) if one.code in rules]
    return tuple(sorted(found, key=lambda one: _LEVELS.index(one.level)))


def checked(inspection: Inspection, settings: CheckSettings | None = None, progress: Progress | None = None) -> Report:
    """Returns the findings of `check` and the file that they are about."""
    chosen = settings or CheckSettings()
    lacks = lacking(inspection)
    return Report(
        source=inspection.source,
        findings=check(inspection, chosen, progress),
        variables=len(inspection.all_variables if chosen.optimizer else inspection.variables),
        bytes=bytes_to_read(inspection, chosen),
        rules=tuple(rule.id for rule in chosen.rules),
        not_run={
            rule.id: LACKING[lack]
            for rule in chosen.rules
            if (lack := next((need for need in rule.needs if need in lacks), None)) is not None
        },
    )


def bytes_to_read(inspection: Inspection, settings: CheckSettings) -> int:
    """Returns the number of bytes of the variables that the rules read."""
    return sum(variable.info.bytes for variable in _read(inspection, settings)) if settings.reads_values else 0


def _read(inspection: Inspection, settings: CheckSettings) -> list[Variable]:
    variables = inspection.all_variables if settings.optimizer else inspection.variables
    return [variable for variable in variables if has_order(variable.info)]


def _findings(inspection: Inspection, settings: CheckSettings, progress: Progress | None) -> Iterator[Finding]:
    yield from findings_of_structure(inspection)
    if not settings.reads_values:
        return
    variables = _read(inspection, settings)
    observed = scan(variables, Observed, progress, may_fork=True)
    statistics = [one.statistics() for one in observed]
    limits = {**LIMITS, **settings.limits}
    for one, its in zip(observed, statistics, strict=True):
        yield from findings_of_values(one, its, limits)
    of_model = [
        (variable, its)
        for variable, its in zip(variables, statistics, strict=True)
        if variable.info.role != "optimizer"
    ]
    measured = [(variable.info, its) for variable, its in of_model]
    yield from untrained_normalization(measured)
    yield from untrained_weights(measured, inspection.layers)
    yield from duplicates(of_model)
    yield from findings_of_optimizer(inspection)
