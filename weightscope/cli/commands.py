"""The commands: the one list that a new command is added to."""

from __future__ import annotations

#: A command's name, the module that has it as `command`, and what it does.
COMMANDS = {
    "inspect": ("weightscope.cli.inspect", "List the variables of saved models."),
    "show": ("weightscope.cli.show", "Show one variable closely."),
    "check": ("weightscope.cli.check", "Look for what is wrong with weights; for scripts and CI."),
    "layer": ("weightscope.cli.layer", "Build one layer, call it on dummies, list its variables."),
    "layers": ("weightscope.cli.layers", "List the layers that can be built by name."),
    "diff": ("weightscope.cli.diff", "Show what differs between the weights of two models."),
    "export": ("weightscope.cli.export", "Write weights to another file: formats, dtypes, without the optimizer."),
    "id": ("weightscope.cli.id", "Print ids of models that survive saving them again."),
    "lock": ("weightscope.cli.lock", "Write the ids and hashes of models to a lock file."),
    "verify": ("weightscope.cli.verify", "Compare models with a lock file; for CI and pre-commit."),
    "report": ("weightscope.cli.report", "Write one HTML page that shows a model, or what differs between two."),
    "scan": ("weightscope.cli.scan", "Write one table over many saved models."),
    "trend": ("weightscope.cli.trend", "Show what became of variables over the checkpoints of a training."),
    "completion": ("weightscope.cli.completion.command", "Print the completion script of bash, zsh or fish."),
    "schema": ("weightscope.cli.schema", "Print the JSON Schema of the JSON output."),
}
