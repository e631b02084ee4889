"""What is wrong with a model's weights: rules, and one pass over the values for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding, Report
from weightscope.measure.check.duplicates import duplicates
from weightscope.measure.check.observed import Observed
from weightscope.measure.check.rules import RULES, Rule, Thresholds
from weightscope.measure.check.structure import findings_of_structure
from weightscope.measure.check.training import untrained_weights
from weightscope.measure.check.values import findings_of_values, untrained_normalization
from weightscope.measure.scan import Progress, scan
from weightscope.measure.statistics import has_order

__all__ = ["RULES", "CheckSettings", "Rule", "Thresholds", "check", "checked"]

_LEVELS = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Which rules to hold a model against.

    Attributes:
        select: Ids of rules; none selects all.
        ignore: Ids of rules that are left out.
        thresholds: What some rules compare with.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    thresholds: Thresholds = field(default_factory=Thresholds)

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

    All values are read once, whatever the rules; what looks like a copy of another variable is read once more.

    Args:
        inspection: The model, read from its file.
        settings: Which rules; all of them where none are given.
        progress: Told how many bytes were read.
    """
    chosen = settings or CheckSettings()
    rules = {rule.id for rule in chosen.rules}
    found = [one for one in _findings(inspection, chosen.thresholds, progress) if one.rule in rules]
    return tuple(sorted(found, key=lambda one: _LEVELS.index(one.level)))


def checked(inspection: Inspection, settings: CheckSettings | None = None, progress: Progress | None = None) -> Report:
    """Returns what `check` finds, with what was looked at."""
    chosen = settings or CheckSettings()
    return Report(
        source=inspection.source,
        findings=check(inspection, chosen, progress),
        variables=len(inspection.variables),
        bytes=inspection.totals.bytes,
        rules=tuple(rule.id for rule in chosen.rules),
    )


def _findings(inspection: Inspection, thresholds: Thresholds, progress: Progress | None) -> Iterator[Finding]:
    yield from findings_of_structure(inspection)
    variables = [variable for variable in inspection.variables if has_order(variable.info)]
    observed = scan(variables, Observed, progress)
    statistics = [one.statistics() for one in observed]
    for one, its in zip(observed, statistics, strict=True):
        yield from findings_of_values(one, its, thresholds)
    measured = [(variable.info, its) for variable, its in zip(variables, statistics, strict=True)]
    yield from untrained_normalization(measured)
    yield from untrained_weights(measured, inspection.layers)
    yield from duplicates(list(zip(variables, statistics, strict=True)))
