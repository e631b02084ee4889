"""`weightscope completion SHELL`."""

from __future__ import annotations

from typing import Any

import click

from weightscope.cli.command import Command
from weightscope.cli.completion.scripts import SCRIPTS
from weightscope.cli.options import file_options, pager_options
from weightscope.cli.output import Output

EXAMPLES = (
    'eval "$(weightscope completion bash)"                # in ~/.bashrc',
    'eval "$(weightscope completion zsh)"                 # in ~/.zshrc, after compinit',
    "weightscope completion fish -o ~/.config/fish/completions/weightscope.fish",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("shell", type=click.Choice(list(SCRIPTS)), metavar="bash|zsh|fish")
@file_options
@pager_options
def command(shell: str, **options: Any) -> None:
    """Print the script that makes a shell complete commands, options, files, variables, layers and rules.

    It needs bash 4.4, zsh 5 or fish 3, or later.
    """
    may_page = not options["no_pager"]
    Output("table", options["output_file"], options["force"], "never", may_page).write([SCRIPTS[shell]])
