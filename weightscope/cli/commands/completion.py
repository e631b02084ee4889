"""`weightscope completion SHELL`."""

from __future__ import annotations

import click

from weightscope.cli.command import OUTPUT, Command, option
from weightscope.cli.completion.scripts import SCRIPTS
from weightscope.cli.options import file_options
from weightscope.cli.output import Output

EXAMPLES = (
    'eval "$(weightscope completion bash)"                # in ~/.bashrc',
    'eval "$(weightscope completion zsh)"                 # in ~/.zshrc, after compinit',
    "weightscope completion fish -o ~/.config/fish/completions/weightscope.fish",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("shell", type=click.Choice(list(SCRIPTS)), metavar="bash|zsh|fish")
@file_options
@option(OUTPUT, "--debug", is_flag=True, hidden=True)
def command(shell: str, output_file: str | None, force: bool, debug: bool) -> None:  # noqa: ARG001 - as every command
    """Print the script that makes a shell complete commands, options, files, variables, layers and rules.

    It needs bash 4.4, zsh 5 or fish 3, or later.
    """
    Output("table", output_file, force, color="never", may_page=False).write([SCRIPTS[shell]])
