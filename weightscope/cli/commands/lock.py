"""`weightscope lock MODEL... -o weights.lock`."""

from __future__ import annotations

from typing import Any

import click

from weightscope import api
from weightscope.api.fingerprinting import lock_lines
from weightscope.cli.command import Command
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import fingerprints_of
from weightscope.cli.failure import DONE, FAILED
from weightscope.cli.far import download_option
from weightscope.cli.options import file_options, pager_options
from weightscope.cli.output import Output

EXAMPLES = (
    "weightscope lock models/*.keras -o weights.lock",
    "weightscope lock models/*.keras -o weights.lock --force",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...", shell_complete=candidates.files)
@file_options
@pager_options
@download_option
def command(models: tuple[str, ...], output_file: str | None, force: bool, no_pager: bool, **_: Any) -> int:
    """Write a lock file: the ids of models, and the hash of each variable. `weightscope verify` compares with it.

    Models in the folder of the lock file or below are named from there. Where one model fails, nothing is written.
    """
    output = Output("json", output_file, force, color="never", may_page=not no_pager)
    output.check_is_none_of(models)
    failed: list[str] = []
    fingerprints = list(fingerprints_of(models, failed))
    if failed:
        return FAILED
    output.write(lock_lines(api.lock_models(fingerprints, output_file or "weights.lock")))
    return DONE
