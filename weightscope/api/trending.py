"""How variables change over the checkpoints of one training."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike, fspath
from typing import TYPE_CHECKING

from weightscope.errors import FileError
from weightscope.inspection.trend import Trend
from weightscope.source.file import inspect_file
from weightscope.source.file.find_models import find_models, is_there
from weightscope.source.natural_order import in_natural_order
from weightscope.source.wanted import Wanted

if TYPE_CHECKING:
    from weightscope.measure.trend.trend import TrendSettings


def trend(
    checkpoints: str | PathLike[str] | Iterable[str | PathLike[str]], settings: TrendSettings | None = None
) -> Trend:
    """Returns how each variable changes over the checkpoints of one training.

    One checkpoint is read after the other, with the one before where `change` is asked for.

    Args:
        checkpoints: Saved models, folders of them, or globs; they are put into the natural order of their names.
        settings: What to measure; all statistics by default.

    Raises:
        WeightscopeError: One cannot be read, or there is none.
    """
    from weightscope.measure.trend.trend import TrendSettings, measure_trend

    chosen = settings or TrendSettings()
    wanted = Wanted(optimizer=chosen.optimizer)
    return measure_trend((inspect_file(one, wanted) for one in list_checkpoints(checkpoints)), chosen)


def list_checkpoints(checkpoints: str | PathLike[str] | Iterable[str | PathLike[str]]) -> list[str]:
    """Returns the locations of saved models, and of those in folders, in the natural order of their names.

    Raises:
        FileError: There is none.
    """
    paths = [checkpoints] if isinstance(checkpoints, (str, PathLike)) else checkpoints
    named = [fspath(one) for one in paths]
    found = [one.location for one in find_models(named) if one.is_model]
    if not found and any(is_there(one) for one in named):
        what = "no saved model in it" if len(named) == 1 else "no saved model among them"
        raise FileError(", ".join(named), what, "name the checkpoints of a training: 'run/*.weights.h5'")
    return in_natural_order(found)
