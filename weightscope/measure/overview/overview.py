"""Measures all that a page shows of a model: one pass over the values, and then details of some variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.measured import Measured
from weightscope.inspection.overview import Detail, Overview, Pictures
from weightscope.inspection.variable_filter import select_variables
from weightscope.measure.check.check_weights import check_observed, observe
from weightscope.measure.check.settings import CheckSettings
from weightscope.measure.reading.gather import Progress
from weightscope.measure.statistics.statistics import has_order


def overview(
    inspection: Inspection,
    settings: CheckSettings,
    pictures: Pictures = "some",
    progress: Progress | None = None,
) -> Overview:
    """Returns the overview of one model; the values that statistics and rules need are read once.

    Args:
        inspection: The model, with its optimizer: some rules compare the two.
        settings: The rules, and the variables to list; with `optimizer` those of the optimizer too.
        pictures: Which variables have details, for which their values are read again.
        progress: Called with the number of bytes read since the last call.
    """
    variables = _chosen(inspection, settings)
    observed = list(observe(list(filter(_is_measurable, variables)), progress))
    statistics = {variable.info.path: its for variable, _, its in observed}
    rows = tuple(
        Measured(
            variable.info,
            statistics=statistics.get(variable.info.path),
            gradient=variable.gradient,
            has_values=variable.has_values,
        )
        for variable in select_variables(variables, settings.wanted)
    )
    return Overview(
        inspection,
        rows,
        check_observed(inspection, observed, settings),
        _details(inspection, rows, pictures),
        pictures,
    )


def bytes_to_read(inspection: Inspection, settings: CheckSettings) -> int:
    """Returns the number of bytes of the values that are read for all statistics and rules."""
    return sum(one.info.bytes for one in _chosen(inspection, settings) if _is_measurable(one))


def _chosen(inspection: Inspection, settings: CheckSettings) -> tuple[Variable, ...]:
    return inspection.all_variables if settings.optimizer else inspection.variables


def _is_measurable(variable: Variable) -> bool:
    return variable.has_values and has_order(variable.info)


def _details(inspection: Inspection, rows: Sequence[Measured], pictures: Pictures) -> Mapping[str, Detail]:
    if pictures == "none":
        return {}
    from weightscope.measure.overview.detail import details  # what draws pictures is not needed without them

    return dict(details(inspection, rows, is_all=pictures == "all"))
