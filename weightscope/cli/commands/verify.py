"""`weightscope verify [weights.lock] [MODEL...]`."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click

from weightscope import api
from weightscope.cli.command import OUTPUT, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE, FAILED, FOUND, report_error
from weightscope.cli.far import download_option
from weightscope.cli.progress import progress_while
from weightscope.errors import WeightscopeError
from weightscope.source.bytes.location import shown_location
from weightscope.view.text.words import escape

EXAMPLES = (
    "weightscope verify",
    "weightscope verify weights.lock models/classifier.keras",
)


@click.command(cls=Command, examples=EXAMPLES, found="A model changed: each changed variable is named.")
@click.argument("files", nargs=-1, metavar="[weights.lock] [MODEL...]", shell_complete=candidates.files)
@option(OUTPUT, "--debug", is_flag=True, help="Show tracebacks.")
@download_option
def command(files: tuple[str, ...], **_: Any) -> int:
    """Compare models with a lock file, by default all models that weights.lock names.

    A model that was saved again is the same as long as its weights, their names and trainability are.
    """
    has_lock = bool(files) and api.is_lock(files[0])
    lock = api.read_lock(files[0] if has_lock else "weights.lock")
    code = DONE
    for model, name in api.locked_models(lock, files[1:] if has_lock else files).items():
        try:
            show = partial(progress_while, f"Reading {model}")
            changes = api.verify_model(model, lock.models[name], show_progress=show)
        except WeightscopeError as error:
            report_error(error)
            code = FAILED
            continue
        for change in changes:
            sys.stdout.write(escape(f"{shown_location(model)}: {change.path}: {change.message}") + "\n")
        if not changes:
            sys.stdout.write(escape(f"{shown_location(model)}: unchanged") + "\n")
        elif code == DONE:
            code = FOUND
    return code
