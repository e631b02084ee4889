"""Runs a command on several models: an error is reported, and the next model has its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from weightscope import api
from weightscope.cli.failure import report_error
from weightscope.cli.progress import progress_while
from weightscope.errors import WeightscopeError

if TYPE_CHECKING:
    from weightscope.inspection.fingerprint import Fingerprint

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


def fingerprints_of(models: Iterable[str], failed: list[str]) -> Iterator[Fingerprint]:
    """Yields the fingerprint of each model, with a progress bar while it is read; models that fail are added."""

    def read(model: str) -> Fingerprint:
        return api.fingerprint(model, show_progress=partial(progress_while, f"Reading {model}"))

    return each_model(models, read, failed)
