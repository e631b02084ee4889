"""`weightscope id MODEL...`."""

from __future__ import annotations

from typing import Any

import click

from weightscope.cli.command import Command
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import each_model
from weightscope.cli.failure import DONE, FAILED
from weightscope.cli.far import download_option
from weightscope.cli.fingerprinting import taken_fingerprint
from weightscope.cli.options import output_options
from weightscope.cli.output import Output

EXAMPLES = (
    "weightscope id model.keras",
    "weightscope id before.keras after.weights.h5 --format jsonl | jq -r .values",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...", shell_complete=candidates.files)
@output_options
@download_option
def command(models: tuple[str, ...], **options: Any) -> int:
    """Print three ids of models, which saving them again, in any format, leaves as they are.

    `values` is the id of the values of all weights, `names` of the values with their names, `structure` of names,
    dtypes, shapes and trainability. The optimizer is no part of them. A `?` is an id that a file without Keras' names
    cannot have.
    """
    output = Output.asked_for(options, *models)
    failed: list[str] = []
    fingerprints = each_model(models, taken_fingerprint, failed)
    output.write(output.format.fingerprints(fingerprints, output.surface))
    return FAILED if failed else DONE
