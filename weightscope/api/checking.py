"""What is wrong with a model: in its weights, and in loading them.

What these functions need is imported when they are called: most users inspect.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from weightscope import inspection as records
from weightscope.api.inspecting import InputShapes, inspect_model
from weightscope.api.progress import ShowProgress, silent
from weightscope.api.showable import shown_as
from weightscope.api.showable_measures import CheckResult, Findings
from weightscope.errors import NotLoadedError
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

if TYPE_CHECKING:
    from weightscope.measure.check.settings import CheckSettings


def check_model(path: str | PathLike[str], *, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Findings:
    """Returns what is wrong with the weights of the saved model at `path`, the worst first.

    Args:
        path: As `inspect_model` takes it; the file is read, and nothing of the model is run.
        select: Ids of rules (see `weightscope check --rules`); none selects all.
        ignore: Ids of rules to leave out.

    Raises:
        WeightscopeError: The file cannot be read, or no rule has one of the ids.
    """
    from weightscope.measure.check.settings import CheckSettings

    return Findings(check_weights(path, CheckSettings(frozenset(select), frozenset(ignore))).findings)


def check_weights(
    model: str | PathLike[str] | records.Inspection,
    settings: CheckSettings | None = None,
    *,
    show_progress: ShowProgress = silent,
) -> CheckResult:
    """Returns the findings about the weights of a model, the rules that ran, and those that could not run.

    Args:
        model: A saved model, or what `inspect_model(path, optimizer=True)` returned.
        settings: The rules and their limits, and the variables to report on; by default all.
        show_progress: Is called with the number of bytes to read, and shows how many are read.

    Raises:
        WeightscopeError: The file cannot be read.
    """
    from weightscope.measure.check.check_weights import bytes_to_read
    from weightscope.measure.check.check_weights import check_weights as check
    from weightscope.measure.check.settings import CheckSettings

    inspection = model if isinstance(model, records.Inspection) else inspect_model(model, optimizer=True)
    chosen = settings or CheckSettings()
    with show_progress(bytes_to_read(inspection, chosen)) as progress:
        return shown_as(CheckResult, check(inspection, chosen, progress))


def check_load(
    weights: str | PathLike[str],
    target: str | PathLike[str] | records.Inspection,
    *,
    by_name: bool = False,
    skip_mismatch: bool = False,
) -> CheckResult:
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
    return shown_as(CheckResult, check(read, into, LoadOptions(by_name, skip_mismatch)))


def check_loading(
    path: str | PathLike[str],
    *,
    modules: Sequence[str] = (),
    input_shape: InputShapes | None = None,
    safe_mode: bool = True,
) -> CheckResult:
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
        return shown_as(CheckResult, report_of(Loading(file, None, error.message, error.hint)))
    return shown_as(CheckResult, report_of(Loading(file, live)))
