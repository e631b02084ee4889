"""The options that commands share, each defined once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from weightscope.errors import UsageError
from weightscope.inspection.statistics import STATISTICS
from weightscope.measure.choice import ONLY, SORT, Choice
from weightscope.source.shapes import parse_input_shape
from weightscope.view.formats import FORMATS

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


def together(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Returns one decorator that does what several do, the first of them first in `--help`."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _shapes(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> Any:
    return tuple(parse_input_shape(text) for text in given)


#: For every command that prints something to keep.
file_options: Decorator[Any] = together(
    click.option(
        "-o",
        "--output",
        "output_file",
        metavar="FILE",
        help="Write to FILE instead of stdout; its end chooses the format (.json, .csv, .md, ...).",
    ),
    click.option("--force", is_flag=True, help="Overwrite FILE when it exists."),
)


def output_options_for(formats: Iterable[str]) -> Decorator[Any]:
    """Returns the options of a command that prints data in these formats."""
    return together(
        click.option(
            "--format",
            "format_name",
            type=click.Choice(list(formats)),
            help="How to print it. In CSV, a name that begins with =, +, - or @ gets a ' before it, so that no "
            "spreadsheet runs it.  [default: what the end of FILE says, else table]",
        ),
        click.option("--json", "format_name", flag_value="json", help="Short for --format json."),
        file_options,
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colours; auto obeys NO_COLOR and FORCE_COLOR.",
        ),
        click.option("--debug", is_flag=True, help="Show tracebacks and all that TensorFlow writes."),
    )


#: For every command that prints data in several formats.
output_options: Decorator[Any] = output_options_for(FORMATS)

#: For every command that lists variables.
choice_options: Decorator[Any] = together(
    click.option(
        "--filter",
        "filters",
        metavar="GLOB",
        multiple=True,
        help="Only paths that match; repeatable, any may match.",
    ),
    click.option("--only", type=click.Choice(list(ONLY)), help="One table instead of two."),
    click.option("--stats", "statistics", is_flag=True, help="Read all values, and say what they are like."),
    click.option(
        "--sort",
        metavar="KEY",
        default="model",
        show_default=True,
        help=f"In which order: {', '.join(SORT)}; with --stats also {', '.join(STATISTICS)}. The largest number first.",
    ),
    click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the first N."),
    click.option("--by", type=click.Choice(["layer"]), help="One row a layer, with its share of the bytes."),
    click.option(
        "--preview",
        type=click.IntRange(min=0),
        default=5,
        show_default=True,
        metavar="N",
        help="How many values to show of each variable.",
    ),
)


def choice_asked_for(options: dict[str, Any]) -> Choice:
    """Returns what `choice_options` say.

    Raises:
        UsageError: It is to be sorted by what is not there.
    """
    sort = options["sort"].replace("-", "_")
    if sort in STATISTICS and not options["statistics"]:
        raise UsageError(f"--sort {options['sort']}", "the statistics were not asked for", "add --stats")
    if sort not in (*SORT, *STATISTICS):
        raise UsageError(f"--sort {options['sort']}", "nothing to sort by", f"one of {', '.join((*SORT, *STATISTICS))}")
    return Choice(
        filters=options["filters"],
        only=options["only"],
        sort=sort,
        top=options["top"],
        preview=options["preview"],
        by_layer=options["by"] == "layer",
        statistics=options["statistics"],
        verbose=options.get("verbose", False),
    )


input_shape_option: Decorator[Any] = click.option(
    "--input-shape",
    "inputs",
    metavar="[NAME=]SHAPE",
    multiple=True,
    callback=_shapes,
    help="Shape of the dummy input, the batch included: 1,28,28,3. Repeatable, for several inputs.",
)

module_option: Decorator[Any] = click.option(
    "--module",
    "modules",
    metavar="FILE.py|PACKAGE",
    multiple=True,
    help="Import your own layers first; repeatable.",
)
