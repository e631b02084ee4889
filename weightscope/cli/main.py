"""The program: its commands, each imported only when it is called."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from weightscope.cli.command import write_exit_codes, write_lines
from weightscope.cli.command_list import COMMANDS, command_of
from weightscope.cli.completion import COMPLETION_VARIABLE
from weightscope.cli.failure import exit_code_of
from weightscope.cli.streams import take_over_streams

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Program(click.Group):
    """A group whose commands are imported late, and whose every failure becomes two lines and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Returns the commands in the order that `--help` shows."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports one command."""
        return command_of(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the commands, without importing them, and the options."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=summary) for name, summary in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def main(self, args: Any = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Runs the program and exits; see `weightscope.cli.failure` for the exit codes."""
        words = list(sys.argv[1:] if args is None else args)
        if COMPLETION_VARIABLE in os.environ:
            from weightscope.cli.completion.answer import print_answer

            sys.exit(exit_code_of(functools.partial(print_answer, self, words), words))
        extra |= {"standalone_mode": False, "obj": words}
        run = functools.partial(super().main, words or ["--help"], prog_name or "weightscope", **extra)
        sys.exit(exit_code_of(run, words))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the command that is named.

        Raises:
            UsageError: There is none; the hint is the command line that was meant.
        """
        if args[0] not in COMMANDS and not ctx.resilient_parsing and not args[0].startswith("-"):
            from weightscope.cli.suggestions import no_such_command

            raise no_such_command(args)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes usage, description, examples, commands, options and exit codes."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        write_lines(formatter, "Examples", EXAMPLES)
        self.format_options(ctx, formatter)
        write_exit_codes(formatter, "Something was found: see the help of check, diff and layer.")


EXAMPLES = (
    "weightscope inspect model.keras",
    "weightscope show model.keras dense/kernel",
    "weightscope check model.keras",
    "weightscope diff before.keras after.keras",
    "weightscope layer CustomConv2D --input-shape 1,28,28,3",
)

#: As wide as the terminal is: click's own limit is 80.
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 10_000}


@click.group(cls=Program, no_args_is_help=False, context_settings=_SETTINGS)
@click.version_option(None, "-V", "--version", package_name="keras-weightscope", message="weightscope %(version)s")
def program() -> None:
    """See what is inside a Keras model: its trainable and all variables, with a preview of their values."""


def main() -> None:
    """Runs the program on this process's arguments."""
    take_over_streams()
    program()
