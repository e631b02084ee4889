"""Checks a model's weights: all rules in one pass over the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.inspection.lazy import Lazy
from weightscope.inspection.statistics import Statistics
from weightscope.inspection.variable import VariableInfo
from weightscope.inspection.variable_filter import VariableFilter, select
from weightscope.keras_facts.optimizers import STEPS
from weightscope.measure.check.duplicates import duplicates, likeness
from weightscope.measure.check.observed import Observed
from weightscope.measure.check.optimizer import findings_of_optimizer
from weightscope.measure.check.rule import LACKING, Need
from weightscope.measure.check.rules import LIMITS
from weightscope.measure.check.settings import CheckSettings
from weightscope.measure.check.structure import findings_of_structure
from weightscope.measure.check.training import InfoAndStatistics, is_untrained, untrained_weights
from weightscope.measure.check.values import findings_of_values, untrained_normalization
from weightscope.measure.reading.gather import Progress, gather_each
from weightscope.measure.statistics.kernels import kernels_for
from weightscope.measure.statistics.packed import packed_statistics
from weightscope.measure.statistics.statistics import has_order

_LEVELS = ("error", "warning", "note")


#: A variable, what all rules need of its values, and its statistics.
Observation = tuple[Variable, Observed, Statistics]


def check_weights(
    inspection: Inspection, settings: CheckSettings | None = None, progress: Progress | None = None
) -> CheckResult:
    """Returns the findings about a model, errors first, then in the order of its variables.

    All values are read once for all rules, and not at all if no selected rule reads values. A variable that looks
    like a copy of another one is read a second time.

    Args:
        inspection: The model, read from its file.
        settings: The rules to run; all by default.
        progress: Called with the number of bytes read since the last call.
    """
    chosen = settings or CheckSettings()
    observed = observe(_read(inspection, chosen), progress) if chosen.reads_values else iter(())
    return check_observed(inspection, observed, chosen)


def observe(variables: Sequence[Variable], progress: Progress | None = None) -> Iterator[Observation]:
    """Yields what all rules need of the values of each variable, in one pass over the values.

    Args:
        variables: Of dtypes that have an order.
        progress: Called with the number of bytes read since the last call.

    Raises:
        NoValuesError: A variable has no values.
    """
    kernels = kernels_for(variables)
    observed = gather_each(variables, lambda place: Observed(variables[place], kernels), progress, may_fork=True)
    return ((variable, one, one.statistics()) for variable, one in zip(variables, observed, strict=True))


def check_observed(inspection: Inspection, observed: Iterable[Observation], settings: CheckSettings) -> CheckResult:
    """Returns the findings about a model whose variables are observed; each observation is dropped after its turn."""
    rules = tuple(rule.id for rule in settings.rules)
    found = list(findings_of_structure(inspection))
    measured = _measured(observed, found, {**LIMITS, **settings.limits})
    if settings.reads_values:
        found += _findings_of_model(inspection, measured)
    found = [one for one in found if one.code in rules]
    lacks = _lacking(inspection)
    return CheckResult(
        source=inspection.source,
        findings=_select(sorted(found, key=lambda one: _LEVELS.index(one.level)), inspection, settings.wanted),
        variables=len(inspection.all_variables if settings.optimizer else inspection.variables),
        bytes=bytes_to_read(inspection, settings),
        rules=rules,
        not_run={
            rule.id: LACKING[lack]
            for rule in settings.rules
            if (lack := next((need for need in rule.needs if need in lacks), None)) is not None
        },
        is_untrained=is_untrained(
            measured.infos(range(len(measured.variables))),
            inspection.layers,
            {one.variable or "" for one in found if one.code == "untrained-weights"},
        ),
    )


def bytes_to_read(inspection: Inspection, settings: CheckSettings) -> int:
    """Returns the number of bytes of the variables that the rules read."""
    return sum(variable.info.bytes for variable in _read(inspection, settings)) if settings.reads_values else 0


def _read(inspection: Inspection, settings: CheckSettings) -> list[Variable]:
    variables = inspection.all_variables if settings.optimizer else inspection.variables
    return [variable for variable in variables if has_order(variable.info)]


@dataclass(frozen=True, slots=True)
class _Measured:
    """What rules that compare variables need: a model may have a hundred thousand, so statistics are kept as bytes.

    Attributes:
        variables: The variables.
        statistics: The statistics of each, without the histogram.
        likenesses: Of each, as `duplicates` needs it.
    """

    variables: Sequence[Variable]
    statistics: Sequence[Statistics | None]
    likenesses: Sequence[int | None]

    def infos(self, places: Sequence[int]) -> Sequence[InfoAndStatistics]:
        """Returns some of the variables with their statistics."""
        return Lazy(len(places), lambda place: self._info(places[place]))

    def _info(self, place: int) -> InfoAndStatistics:
        statistics = self.statistics[place]
        assert statistics is not None
        return self.variables[place].info, statistics


def _measured(observed: Iterable[Observation], found: list[Finding], limits: Mapping[str, float]) -> _Measured:
    """Adds the findings about single variables to `found`, and returns what else is needed of each variable."""
    variables: list[Variable] = []
    likenesses: list[int | None] = []

    def each() -> Iterator[Statistics]:
        for variable, one, statistics in observed:
            found.extend(findings_of_values(one, statistics, limits))
            variables.append(variable)
            likenesses.append(likeness(statistics))
            yield replace(statistics, histogram=None)

    return _Measured(variables, packed_statistics(each()), likenesses)


def _findings_of_model(inspection: Inspection, measured: _Measured) -> Iterator[Finding]:
    """Yields the findings for which the values of several variables are compared."""
    variables = measured.variables
    of_model = [place for place, variable in enumerate(variables) if variable.info.role != "optimizer"]
    statistics = measured.infos(of_model)
    yield from untrained_normalization(statistics)
    yield from untrained_weights(statistics, inspection.layers)
    yield from duplicates(Lazy(len(of_model), lambda place: _alike(measured, of_model[place])))
    yield from findings_of_optimizer(inspection)


def _alike(measured: _Measured, place: int) -> tuple[Variable, int | None]:
    return measured.variables[place], measured.likenesses[place]


def _lacking(inspection: Inspection) -> frozenset[Need]:
    """Returns the needs of rules that the file does not meet."""
    weights = [variable.info for variable in inspection.variables if variable.info.role == "weight"]
    slots = inspection.optimizer or ()
    has: dict[Need, bool] = {
        "config": inspection.config is not None,
        "layers": bool(inspection.layers),
        "counts": any(layer.stored is not None for layer in inspection.layers),
        "classes": not weights or any(info.layer_class is not None for info in weights),
        "names": not weights or any(not info.name.isdecimal() for info in weights),
        "optimizer-names": not slots or any(variable.info.name in STEPS for variable in slots),
    }
    return frozenset(need for need, is_there in has.items() if not is_there)


def _select(findings: Sequence[Finding], inspection: Inspection, wanted: VariableFilter) -> tuple[Finding, ...]:
    """Returns the findings about the wanted variables.

    A pattern is matched with the path in a finding, of a variable or of a layer. A finding about a layer is
    wanted if one of its variables is of the wanted kind; one about the whole model, if neither patterns nor a kind
    are given.
    """
    named = {finding.variable for finding in findings}
    owned: dict[str | None, list[VariableInfo]] = {}
    for info in (variable.info for variable in inspection.all_variables):
        for name in named.intersection(_path_and_layers(info.path)):
            owned.setdefault(name, []).append(info)
    return tuple(
        select(
            findings,
            wanted,
            infos=lambda finding: owned.get(finding.variable, ()),
            paths=lambda finding: filter(None, (finding.variable,)),
        )
    )


def _path_and_layers(path: str) -> list[str]:
    """Returns a variable's path and the paths of the layers around it."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
