"""Measurements: one variable in detail, and what differs between two models.

What these functions need is imported when they are called: most users inspect.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from weightscope import inspection as records
from weightscope.api.inspecting import inspect_model
from weightscope.api.progress import ShowProgress, silent
from weightscope.api.showable import shown_as
from weightscope.api.showable_measures import Closeup, Comparison
from weightscope.inspection import difference
from weightscope.inspection.closeup import BINS

if TYPE_CHECKING:
    from weightscope.measure.compare.settings import CompareSettings


def close_up(
    inspection: records.Inspection,
    variable: str,
    *,
    selection: str | None = None,
    bins: int = BINS,
    show_progress: ShowProgress = silent,
) -> Closeup:
    """Returns one variable in detail: statistics over all its values, exact quantiles, a histogram.

    Args:
        inspection: What `inspect_model` or `inspect_layer` returned.
        variable: Its path, the end of its path, or a glob that one path matches.
        selection: Values to look at, written as in numpy: `":,:,0,3"`.
        bins: Of the histogram.
        show_progress: Is called with the number of bytes to read, and shows how many are.

    Raises:
        WeightscopeError: The name means no variable or several, or the slice leads outside of it.
    """
    from weightscope.measure.closeup.closeup import PASSES
    from weightscope.measure.closeup.closeup import close_up as measure
    from weightscope.measure.find import find_variable

    found = find_variable(inspection, variable)
    with show_progress(PASSES * found.info.bytes) as progress:
        return shown_as(Closeup, measure(inspection, found, selection=selection, bins=bins, progress=progress))


def compare_weights(
    a: str | PathLike[str] | records.Inspection,
    b: str | PathLike[str] | records.Inspection,
    settings: CompareSettings | None = None,
    *,
    show_progress: ShowProgress = silent,
) -> Comparison:
    """Returns what differs between the weights of two models; their files are read, and nothing of them is run.

    Args:
        a: A saved model, or what `inspect_model(path, optimizer=True)` returned.
        b: Another one.
        settings: How variables are paired and compared, and which differences are listed in which order.
        show_progress: Is called with the number of bytes of a model, and shows how many are read of each.

    Raises:
        WeightscopeError: A file cannot be read, or trainability is unknown and `settings.frozen` is set.
    """
    from weightscope.measure.compare.compare import compare
    from weightscope.measure.compare.settings import CompareSettings

    of_a, of_b = (one if isinstance(one, records.Inspection) else inspect_model(one, optimizer=True) for one in (a, b))
    with show_progress(of_a.totals.bytes) as progress:
        return shown_as(Comparison, compare(of_a, of_b, settings or CompareSettings(), progress))


def diff_models(
    a: str | PathLike[str] | records.Inspection,
    b: str | PathLike[str] | records.Inspection,
    *,
    match: difference.Match = "path",
    rtol: float = 0.0,
    atol: float = 0.0,
    frozen: bool = False,
    optimizer: bool = False,
    include_equal: bool = False,
) -> Comparison:
    """Returns what differs between the weights of two models; their files are read, and nothing of them is run.

    Args:
        a: A saved model, or what `inspect_model` returned.
        b: Another one.
        match: How variables are paired: by `path` and place in the file, what is left also in `order` or by `values`.
        rtol: Values are equal when `|a - b| <= atol + rtol * |b|`.
        atol: See `rtol`.
        frozen: A is from before and B from after a training: look for weights that should not have moved.
        optimizer: Compare the optimizers' variables too.
        include_equal: List the pairs that are equal too.

    Raises:
        WeightscopeError: A file cannot be read, or `frozen` is asked of a file that does not say what is trainable.
    """
    from weightscope.measure.compare.settings import CompareSettings, Tolerance

    settings = CompareSettings(
        match, Tolerance(rtol, atol), frozen=frozen, include_equal=include_equal, optimizer=optimizer
    )
    return compare_weights(a, b, settings)
