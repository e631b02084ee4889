"""`weightscope verify [weights.lock] [MODEL...]`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from weightscope import api
from weightscope.cli.command import Command
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import each_model
from weightscope.cli.failure import DONE, FAILED, FOUND
from weightscope.cli.far import download_option
from weightscope.cli.options import output_options
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.inspection.lock import Verification
from weightscope.source.bytes.location import shown_location

EXAMPLES = (
    "weightscope verify",
    "weightscope verify weights.lock models/classifier.keras",
    "weightscope verify --json | jq -r 'select(.changes != []) | .location'",
)


@click.command(cls=Command, examples=EXAMPLES, found="A model changed: each changed variable is named.")
@click.argument("files", nargs=-1, metavar="[weights.lock] [MODEL...]", shell_complete=candidates.files)
@output_options
@download_option
def command(files: tuple[str, ...], **options: Any) -> int:
    """Compare models with a lock file, by default all models that weights.lock names.

    A model that was saved again is the same as long as its weights, their names and trainability are.
    """
    has_lock = bool(files) and api.is_lock(files[0])
    lock = api.read_lock(files[0] if has_lock else "weights.lock")
    models = api.locked_models(lock, files[1:] if has_lock else files)
    output = Output.asked_for(options, lock.location, *models)
    has_changes: set[bool] = set()
    failed: list[str] = []

    def verification_of(model: str) -> Verification:
        show = partial(progress_while, f"Reading {model}")
        changes = api.verify_model(model, lock.models[models[model]], show_progress=show)
        has_changes.add(bool(changes))
        return Verification(shown_location(model), changes)

    found = each_model(models, verification_of, failed)
    output.write(output.format.verifications(found, output.surface))
    if failed:
        return FAILED
    return FOUND if True in has_changes else DONE
