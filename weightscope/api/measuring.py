"""What the values say: one variable closely, what is wrong with a model, what differs between two.

What these functions need is imported when they are called: most users inspect.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath

from weightscope import inspection as records
from weightscope.api.inspecting import InputShapes, inspect_model
from weightscope.api.listing import ShowProgress, silent
from weightscope.api.showable import shown_as
from weightscope.api.showable_measures import Closeup, Comparison
from weightscope.errors import NotLoadedError
from weightscope.inspection import difference
from weightscope.inspection.finding import Finding
from weightscope.inspection.report import Report
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted


def close_up(
    inspection: records.Inspection,
    variable: str,
    *,
    selection: str | None = None,
    bins: int = 60,
    show_progress: ShowProgress = silent,
) -> Closeup:
    """Returns one variable seen closely: statistics over all its values, exact quantiles, a histogram.

    Args:
        inspection: What `inspect_model` or `inspect_layer` returned.
        variable: Its path, the end of its path, or a glob that one path matches.
        selection: Values to look at, written as in numpy: `":,:,0,3"`.
        bins: Of the histogram.
        show_progress: Is called with the number of bytes to read, and shows how many are.

    Raises:
        WeightscopeError: The name means no variable or several, or the slice leads outside of it.
    """
    from weightscope.measure.closeup import PASSES
    from weightscope.measure.closeup import close_up as measure
    from weightscope.measure.find import find_variable

    found = find_variable(inspection, variable)
    with show_progress(PASSES * found.info.bytes) as progress:
        return shown_as(Closeup, measure(inspection, found, selection=selection, bins=bins, progress=progress))


def check_model(
    path: str | PathLike[str], *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Returns what is wrong with the weights of the saved model at `path`, the worst first.

    Args:
        path: As `inspect_model` takes it; the file is read, and nothing of the model is run.
        select: Ids of rules (see `weightscope check --rules`); none selects all.
        ignore: Ids of rules to leave out.

    Raises:
        WeightscopeError: The file cannot be read, or no rule has one of the ids.
    """
    from weightscope.measure.check.check_weights import check_weights
    from weightscope.measure.check.settings import CheckSettings

    settings = CheckSettings(frozenset(select), frozenset(ignore))
    return check_weights(inspect_file(fspath(path), Wanted(optimizer=True)), settings).findings


def check_load(
    weights: str | PathLike[str],
    target: str | PathLike[str] | records.Inspection,
    *,
    by_name: bool = False,
    skip_mismatch: bool = False,
) -> Report:
    """Returns whether `load_weights` would work, and what would land where, without doing it.

    Args:
        weights: The file. As Keras does, its name decides how it is read: `.keras`, `.weights.h5`, `.h5`.
        target: A saved model, or what `build_target` returned.
        by_name: As for Keras' `load_weights`.
        skip_mismatch: As for Keras' `load_weights`.

    Raises:
        WeightscopeError: One of the two cannot be read.
    """
    from weightscope.measure.load.check_load import check_load as check
    from weightscope.measure.load.plan import LoadOptions

    read = inspect_file(fspath(weights), Wanted(layout=True))
    into = target if isinstance(target, records.Inspection) else inspect_file(fspath(target), Wanted(layout=True))
    return check(read, into, LoadOptions(by_name, skip_mismatch))


def check_loading(
    path: str | PathLike[str],
    *,
    modules: Sequence[str] = (),
    input_shape: InputShapes | None = None,
    safe_mode: bool = True,
) -> Report:
    """Loads the saved model at `path` with Keras, and returns what came of it; a load that raises is a finding.

    Args:
        path: As `inspect_model` takes it.
        modules: Python files or modules to import first.
        input_shape: Of the dummy input, for a model that was saved before it was built.
        safe_mode: Refuse Python bytecode stored in the file.

    Raises:
        WeightscopeError: The file cannot be read, or a module cannot be imported.
    """
    from weightscope.measure.load.loaded import Loading, report_of

    file = inspect_file(fspath(path))
    try:
        live = inspect_model(path, live=True, modules=modules, input_shape=input_shape, safe_mode=safe_mode)
    except NotLoadedError as error:
        return report_of(Loading(file, None, error.message, error.hint))
    return report_of(Loading(file, live))


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
    from weightscope.measure.compare.compare import compare
    from weightscope.measure.compare.settings import Settings, Tolerance

    of_a, of_b = (one if isinstance(one, records.Inspection) else inspect_model(one, optimizer=True) for one in (a, b))
    settings = Settings(
        match, Tolerance(rtol, atol), frozen=frozen, include_equal=include_equal, with_optimizer=optimizer
    )
    return shown_as(Comparison, compare(of_a, of_b, settings))
