"""The commands: the one list that a new command is added to."""

from __future__ import annotations

import importlib

import click

#: A command's name, which is that of its module in `cli/commands/`, and what it does.
COMMANDS = {
    "inspect": "List the variables of saved models.",
    "show": "Show one variable in detail.",
    "check": "Look for what is wrong with weights; for scripts and CI.",
    "layer": "Build one layer, call it on dummies, list its variables.",
    "layers": "List the layers that can be built by name.",
    "diff": "Show what differs between the weights of two models.",
    "export": "Write weights to another file: formats, dtypes, without the optimizer.",
    "id": "Print ids of models that survive saving them again.",
    "lock": "Write the ids and hashes of models to a lock file.",
    "verify": "Compare models with a lock file; for CI and pre-commit.",
    "report": "Write one HTML page that shows a model, or what differs between two.",
    "scan": "Write one table over many saved models.",
    "trend": "Show how variables change over the checkpoints of a training.",
    "completion": "Print the completion script of bash, zsh or fish.",
    "schema": "Print the JSON Schema of the JSON output.",
}


def command_of(name: str) -> click.Command:
    """Imports a command."""
    command: click.Command = importlib.import_module(f"weightscope.cli.commands.{name}").command
    return command
