"""Lists the variables of an inspection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from weightscope import inspection as records
from weightscope.api.progress import ShowProgress, silent
from weightscope.api.showable import Listing, shown_as
from weightscope.inspection.variable_filter import select_variables as select

if TYPE_CHECKING:
    from weightscope.inspection.variable_filter import VariableFilter
    from weightscope.measure import Choice


def list_variables(
    inspection: records.Inspection, choice: Choice | None = None, *, show_progress: ShowProgress = silent
) -> Listing:
    """Returns the chosen variables of an inspection with previews of their values, and statistics on request.

    Args:
        inspection: What `inspect_model` or `inspect_layer` returned.
        choice: Which variables, in which order, and what about them.
        show_progress: Is called with the number of bytes to read, and shows how many are.
    """
    from weightscope.measure import Choice, bytes_to_read, list_measured

    wanted = choice or Choice()
    with show_progress(bytes_to_read(inspection, wanted)) as progress:
        return shown_as(Listing, list_measured(inspection, wanted, progress))


def select_variables(inspection: records.Inspection, wanted: VariableFilter) -> records.Inspection:
    """Returns the inspection with the wanted variables alone, its optimizer's among them."""
    return replace(
        inspection,
        variables=tuple(select(inspection.variables, wanted)),
        optimizer=None if inspection.optimizer is None else tuple(select(inspection.optimizer, wanted)),
    )
