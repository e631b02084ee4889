"""`weightscope layers`."""

from __future__ import annotations

from typing import Any

import click

from weightscope import api
from weightscope.cli.command import Command
from weightscope.cli.failure import DONE, print_line
from weightscope.cli.live import live_options, live_while, module_option
from weightscope.cli.options import (
    name_options,
    output_options,
    report_unmatched,
    top_option,
    wanted_variables,
)
from weightscope.cli.output import Output
from weightscope.inspection.variable_filter import select

EXAMPLES = (
    "weightscope layers",
    "weightscope layers --filter '*Conv*'",
    "weightscope layers --module my_layers.py",
    "weightscope layers --json | jq -r '.layers[].name'",
)


@click.command(cls=Command, examples=EXAMPLES)
@name_options
@top_option
@output_options
@module_option
@live_options
def command(**options: Any) -> int:
    """List the layers that can be built by name: their arguments, defaults, and where each comes from."""
    output = Output.asked_for(options)
    with live_while("weightscope layers", "Importing Keras", options):
        entries = api.known_layers(modules=options["modules"])
    chosen = select(entries, wanted_variables(options), infos=lambda _: (), paths=lambda entry: (entry.name,))
    output.write([output.format.known_layers(chosen[: options["top"]], output.surface)])
    report_unmatched(options, [entry.name for entry in entries])
    for failure in api.broken_plugins():
        print_line("warning", failure)
    return DONE
