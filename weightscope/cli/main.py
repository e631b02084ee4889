"""The program: its commands, each imported only when it is called."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

import click

from weightscope.cli.failure import exit_code_of
from weightscope.cli.streams import take_over_streams

#: A command's name, the module that has it as `command`, and what it does.
COMMANDS = {
    "inspect": ("weightscope.cli.inspect", "List the variables of saved models."),
    "show": ("weightscope.cli.show", "Show one variable closely."),
    "check": ("weightscope.cli.check", "Look for what is wrong with weights; for scripts and CI."),
    "layer": ("weightscope.cli.layer", "Build one layer, call it on dummies, list its variables."),
    "layers": ("weightscope.cli.layers", "List the layers that can be built by name."),
    "diff": ("weightscope.cli.diff", "Tell what differs between the weights of two models."),
    "schema": ("weightscope.cli.schema", "Print the JSON Schema of the JSON output."),
}


class Program(click.Group):
    """A group whose commands are imported late, and whose every failure becomes two lines and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Returns the commands in the order that `--help` shows."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def main(self, args: Any = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Runs the program and exits; see `weightscope.cli.failure` for the exit codes."""
        arguments = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        run = functools.partial(super().main, arguments, prog_name or "weightscope", **extra)
        sys.exit(exit_code_of(run, debug="--debug" in arguments))


EPILOG = """\b
Examples:
  weightscope inspect model.keras
  weightscope inspect model.keras --json | jq '.totals'
  weightscope layer CustomConv2D --input-shape 1,28,28,3
"""


#: As wide as the terminal is: click's own limit is 80.
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 10_000}


@click.group(cls=Program, epilog=EPILOG, no_args_is_help=False, context_settings=_SETTINGS)
@click.version_option(None, "-V", "--version", package_name="keras-weightscope", message="weightscope %(version)s")
def program() -> None:
    """See what is inside a Keras model: its trainable and all variables, with a preview of their values."""


def main() -> None:
    """Runs the program on this process's arguments."""
    take_over_streams()
    program()
