"""`weightscope id MODEL...`."""

from __future__ import annotations

from typing import Any

import click

from weightscope.cli.command import Command
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import fingerprints_of
from weightscope.cli.failure import DONE, FAILED
from weightscope.cli.far import download_option
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
    """Print three ids of models. They stay the same if a model is saved again, in any format.

    `values` is the id of the values of all weights, `names` of the values with their names, `structure` of names,
    dtypes, shapes and trainability. They do not depend on the optimizer. A `?` is an id that a file without Keras'
    names cannot have.
    """
    output = Output.asked_for(options, *models)
    failed: list[str] = []
    output.write(output.format.fingerprints(fingerprints_of(models, failed), output.surface))
    return FAILED if failed else DONE
