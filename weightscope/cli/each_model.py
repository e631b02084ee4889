"""Runs a command on several models: an error is reported, and the next model has its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from weightscope.cli.failure import report_error
from weightscope.errors import WeightscopeError

Result = TypeVar("Result")


def each_model(models: Iterable[str], make: Callable[[str], Result], failed: list[str]) -> Iterator[Result]:
    """Yields what `make` returns for each model.

    Args:
        models: The names of the models, as typed.
        make: Is called with a model when its result is asked for.
        failed: The models that `make` raised a WeightscopeError for are added to it.
    """
    for model in models:
        try:
            result = make(model)
        except WeightscopeError as error:
            report_error(error)
            failed.append(model)
        else:
            yield result
