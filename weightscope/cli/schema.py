"""`weightscope schema`."""

from __future__ import annotations

import click

from weightscope.view.json import indented
from weightscope.view.schema import json_schema

EPILOG = """\b
Examples:
  weightscope schema > weightscope.schema.json
"""


@click.command(epilog=EPILOG)
@click.option("--debug", is_flag=True, hidden=True)
def command(debug: bool) -> None:  # noqa: ARG001 - every command takes it
    """Print the JSON Schema (draft 2020-12) of the JSON output."""
    click.echo(indented(json_schema()), nl=False)
