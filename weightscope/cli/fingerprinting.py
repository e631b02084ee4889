"""Takes the fingerprint of a model that a command names."""

from __future__ import annotations

from functools import partial

from weightscope import api
from weightscope.cli.progress import progress_while
from weightscope.inspection.fingerprint import Fingerprint


def taken_fingerprint(model: str) -> Fingerprint:
    """Returns the fingerprint of the saved model at `model`, with a progress bar while it is read.

    Raises:
        WeightscopeError: The file cannot be read, or a weight has no values.
    """
    return api.fingerprint(model, show_progress=partial(progress_while, f"Reading {model}"))
