"""`weightscope schema`."""

from __future__ import annotations

import click

from weightscope.cli.options import file_options
from weightscope.cli.output import Output
from weightscope.view.documents.schema import json_schema
from weightscope.view.json import indented

EPILOG = """\b
Examples:
  weightscope schema > weightscope.schema.json
"""


@click.command(epilog=EPILOG)
@file_options
@click.option("--debug", is_flag=True, hidden=True)
def command(output_file: str | None, force: bool, debug: bool) -> None:  # noqa: ARG001 - every command takes --debug
    """Print the JSON Schema (draft 2020-12) of the JSON output."""
    Output("json", output_file, force, color="never").write([indented(json_schema())])
