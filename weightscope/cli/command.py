"""A command whose help has its examples first, its options in groups, and its exit codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

#: The groups of options that commands share, in the order of every help; a command's own stand before them.
LISTED = "What is listed"
SHOWN = "What is shown"
OUTPUT = "Output"
FAR = "Far files"
KERAS = "With Keras"

_GROUPS = (LISTED, SHOWN, OUTPUT, FAR, KERAS)


class GroupedOption(click.Option):
    """An option that belongs to a group."""

    def __init__(self, *arguments: Any, group: str, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.group = group

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Returns what stands in brackets behind the help: the default, and no range, which an error names."""
        return {name: extra for name, extra in super().get_help_extra(ctx).items() if name != "range"}


class Command(click.Command):
    """A command with examples.

    Attributes:
        examples: Command lines.
        found: What exit code 1 means; empty where the command never ends with it.
    """

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), found: str = "", **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.examples = examples
        self.found = found

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes usage, description, examples, options and exit codes."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        write_lines(formatter, "Examples", self.examples)
        self.format_options(ctx, formatter)
        write_exit_codes(formatter, self.found)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options group by group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                groups.setdefault(getattr(parameter, "group", OUTPUT), []).append(record)
        own = [group for group in groups if group not in _GROUPS]
        for group in (*own, *_GROUPS):
            if group in groups:
                with formatter.section(group):
                    formatter.write_dl(groups[group])


def option(group: str, *declarations: str, **attributes: Any) -> Callable[[Any], Any]:
    """Returns the decorator of an option that stands in this group of the help."""
    return click.option(*declarations, cls=GroupedOption, group=group, **attributes)


def write_lines(formatter: click.HelpFormatter, title: str, lines: Sequence[str]) -> None:
    """Writes lines that are not wrapped, so that they can be copied."""
    with formatter.section(title):
        for line in lines:
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def write_exit_codes(formatter: click.HelpFormatter, found: str = "") -> None:
    """Writes what the exit codes mean; `found` is what 1 means."""
    codes = [
        ("0", "Done." if not found else "Done, and nothing was found."),
        *([("1", found)] if found else []),
        ("2", "It could not be done: usage, a missing or broken file, a full disk."),
        ("130", "Interrupted."),
    ]
    with formatter.section("Exit codes"):
        formatter.write_dl(codes)
