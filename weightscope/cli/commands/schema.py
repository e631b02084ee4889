"""`weightscope schema`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from weightscope.cli.command import Command
from weightscope.cli.options import file_options, pager_options
from weightscope.cli.output import Output
from weightscope.errors import UsageError
from weightscope.view.documents.schema import json_schema
from weightscope.view.text.json_text import indented

EXAMPLES = ("weightscope schema > weightscope.schema.json",)


@click.command(cls=Command, examples=EXAMPLES)
@file_options
@pager_options
def command(output_file: str | None, force: bool, no_pager: bool, debug: bool) -> None:  # noqa: ARG001 - as every command
    """Print the JSON Schema (draft 2020-12) of the JSON output."""
    output = Output("json", output_file, force, color="never", may_page=not no_pager)
    if output_file is not None:
        _check_end(Path(output_file))
    output.write([indented(json_schema())])


def _check_end(file: Path) -> None:
    """Checks that the name of a file, which is no device, says what is written to it.

    Raises:
        UsageError: It does not end in `.json`.
    """
    if file.suffix.lower() != ".json" and (file.is_file() or not file.exists()):
        raise UsageError(str(file), "a schema is a file that ends in .json", f"-o {shlex.quote(f'{file.stem}.json')}")
