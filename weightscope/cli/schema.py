"""`weightscope schema`."""

from __future__ import annotations

import click

from weightscope.cli.command import OUTPUT, Command, option
from weightscope.cli.options import file_options
from weightscope.cli.output import Output
from weightscope.view.documents.schema import json_schema
from weightscope.view.json import indented

EXAMPLES = ("weightscope schema > weightscope.schema.json",)


@click.command(cls=Command, examples=EXAMPLES)
@file_options
@option(OUTPUT, "--debug", is_flag=True, hidden=True)
def command(output_file: str | None, force: bool, debug: bool) -> None:  # noqa: ARG001 - every command takes --debug
    """Print the JSON Schema (draft 2020-12) of the JSON output."""
    Output("json", output_file, force, color="never").write([indented(json_schema())])
