"""What is wrong with a model's weights: rules, and one pass over the values for all of them."""

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
    """Which rules to hold a model against.

    Attributes:
        select: Ids of rules; none selects all.
        ignore: Ids of rules that are left out.
        limits: What some rules compare with, by id; where one has none here, its own.
        optimizer: Whether the optimizer's variables are looked through for values that are not finite, too.

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
        """Whether a rule that counts asks for values."""
        return any(rule.reads_values for rule in self.rules)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that count."""
        return tuple(
            rule
            for rule in RULES.values()
            if rule.id not in self.ignore and (not self.select or rule.id in self.select)
        )


def check(
    inspection: Inspection, settings: CheckSettings | None = None, progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Returns what is wrong with a model: errors first, in the order of its variables.

    All values are read once for all rules, and not at all for rules that ask for none; what looks like a copy of
    another variable is read once more.

    Args:
        inspection: The model, read from its file.
        settings: Which rules; all of them where none are given.
        progress: Told how many bytes were read.
    """
    chosen = settings or CheckSettings()
    rules = {rule.id for rule in chosen.rules}
    found = [one for one in _findings(inspection, chosen, progress) if one.code in rules]
    return tuple(sorted(found, key=lambda one: _LEVELS.index(one.level)))


def checked(inspection: Inspection, settings: CheckSettings | None = None, progress: Progress | None = None) -> Report:
    """Returns what `check` finds, with what was looked at."""
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
    """Returns the bytes of the variables whose values the rules ask for."""
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
