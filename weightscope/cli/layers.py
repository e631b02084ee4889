"""`weightscope layers`."""

from __future__ import annotations

from typing import Any

import click

from weightscope import api
from weightscope.cli.failure import DONE, tell
from weightscope.cli.options import module_option, output_options
from weightscope.cli.output import Output
from weightscope.cli.quiet import quiet_while

EPILOG = """\b
Examples:
  weightscope layers
  weightscope layers --module my_layers.py
  weightscope layers --json | jq -r '.layers[].name'
"""


@click.command(epilog=EPILOG)
@module_option
@output_options
def command(**options: Any) -> int:
    """List the layers that can be built by name: their arguments, defaults, and where each comes from."""
    output = Output.asked_for(options)
    with quiet_while("Importing Keras", debug=options["debug"]):
        entries = api.known_layers(modules=options["modules"])
    output.write([output.format.layers(entries, output.surface)])
    for failure in api.broken_plugins():
        tell("warning", failure)
    return DONE
