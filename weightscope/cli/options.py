"""The options that commands share, each defined once."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

import click

from weightscope.cli.command import LISTED, OUTPUT, SHOWN, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import print_line
from weightscope.errors import UsageError
from weightscope.inspection.measured import GroupBy
from weightscope.inspection.statistics import STATISTICS
from weightscope.inspection.variable_filter import ONLY, VariableFilter
from weightscope.measure.listing.choice import SORT, SORT_ALIASES, SORT_KEYS, Choice
from weightscope.measure.listing.sort_key import find_sort_key
from weightscope.view.formats import FORMATS

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


def together(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Returns one decorator that does what several do, the first of them first in `--help`."""

    def decorate(command: Command) -> Command:
        for one in reversed(options):
            command = one(command)
        return command

    return decorate


#: For every command that prints something to keep.
file_options: Decorator[Any] = together(
    option(
        OUTPUT,
        "-o",
        "--output",
        "output_file",
        metavar="FILE",
        shell_complete=candidates.files,
        help="Write to FILE instead of stdout. The end of its name chooses the format: .json, .csv, .md, ...",
    ),
    option(OUTPUT, "--force", is_flag=True, help="Replace FILE if it exists. A part of the model is never replaced."),
)


#: For every command that prints something on a terminal.
pager_options: Decorator[Any] = together(
    option(
        OUTPUT,
        "--no-pager",
        is_flag=True,
        help="Do not show in a pager (PAGER, default less -FRSX) what is taller than the terminal.",
    ),
    option(OUTPUT, "--debug", is_flag=True, help="Show tracebacks, and everything that TensorFlow writes."),
)

#: For every command that prints in colours.
terminal_options: Decorator[Any] = together(
    option(
        OUTPUT,
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Print in colours; auto obeys NO_COLOR and FORCE_COLOR.",
    ),
    pager_options,
)


def output_options_for(formats: Iterable[str]) -> Decorator[Any]:
    """Returns the options of a command that prints data in these formats."""
    return together(
        option(
            OUTPUT,
            "--format",
            "format_name",
            type=click.Choice(list(formats)),
            help="Print in this format. In CSV, a name that begins with =, +, - or @ gets a ' before it, so that no "
            "spreadsheet runs it.  [default: by the end of FILE, else table]",
        ),
        option(OUTPUT, "--json", "format_name", flag_value="json", help="Short for --format json."),
        file_options,
        terminal_options,
    )


#: For every command that prints data in several formats.
output_options: Decorator[Any] = output_options_for(FORMATS)

_PATTERNS = (
    "A glob over the whole path (* crosses /), or a word that is a whole part of it: kernel, encoder. Repeatable."
)

#: For every command that lists by name.
name_options: Decorator[Any] = together(
    option(
        LISTED,
        "--filter",
        "filters",
        metavar="PATTERN",
        shell_complete=candidates.patterns,
        multiple=True,
        help=f"List only paths that match PATTERN. {_PATTERNS}",
    ),
    option(
        LISTED,
        "--exclude",
        metavar="PATTERN",
        shell_complete=candidates.patterns,
        multiple=True,
        help="Leave out paths that match PATTERN. Repeatable, and applied after --filter.",
    ),
)

#: For every command that lists variables, or findings about them.
filter_options: Decorator[Any] = together(
    option(
        LISTED,
        "--only",
        type=click.Choice(list(ONLY)),
        help="List only these variables, in one table.",
    ),
    name_options,
)

top_option: Decorator[Any] = option(
    LISTED, "--top", type=click.IntRange(min=1), metavar="N", help="List only the first N."
)

#: For every command that lists variables in an order.
order_options: Decorator[Any] = together(
    option(
        LISTED,
        "--sort",
        metavar="KEY",
        shell_complete=candidates.sort_keys,
        default="model",
        show_default=True,
        help=f"Sort by {', '.join(SORT)}, or by a statistic: {', '.join(STATISTICS)}. The largest number comes first.",
    ),
    top_option,
)

optimizer_option: Decorator[Any] = option(
    LISTED, "--optimizer", is_flag=True, help="List the optimizer's variables too, each named after its weight."
)

#: For every command that lists a model's variables.
choice_options: Decorator[Any] = together(
    filter_options,
    order_options,
    option(
        LISTED,
        "--by",
        type=click.Choice(get_args(GroupBy)),
        help="List sums by layer, class or dtype, with their share of the model's bytes; or a row for each model.",
    ),
    option(
        LISTED,
        "--depth",
        type=click.IntRange(min=1),
        metavar="N",
        help="List sums by layer, with layers below level N counted to the layer that they are in; 1 is the top level.",
    ),
    option(
        SHOWN,
        "--stats",
        "statistics",
        is_flag=True,
        help="Read all values, and show their statistics and their distribution.",
    ),
    option(
        SHOWN,
        "--preview",
        type=click.IntRange(min=0),
        default=5,
        show_default=True,
        metavar="N",
        help="Show the first N values of each variable; 0 reads none.",
    ),
)


def choice_asked_for(options: dict[str, Any]) -> Choice:
    """Returns what `choice_options` say; a sort key that is a statistic asks for statistics.

    Raises:
        UsageError: There is no such sort key, or a depth of what is not layers.
    """
    if options["depth"] and options["by"] not in (None, "layer"):
        raise UsageError(f"--by {options['by']} --depth", "only layers are inside one another", "--by layer --depth 1")
    sort = find_sort_key(options["sort"], SORT_KEYS, SORT_ALIASES)
    return Choice(
        filters=options["filters"],
        exclude=options["exclude"],
        only=options["only"],
        sort=sort,
        top=options["top"],
        preview=options["preview"],
        by=options["by"] or ("layer" if options["depth"] else None),
        depth=options["depth"],
        statistics=options["statistics"] or sort in STATISTICS,
        verbose=options.get("verbose", False),
        fingerprint=options.get("fingerprint", False),
    )


def wanted_variables(options: Mapping[str, Any]) -> VariableFilter:
    """Returns the variables that `filter_options` or `name_options` choose."""
    return VariableFilter(options["filters"], options["exclude"], options.get("only"))


def report_unmatched(options: dict[str, Any], paths: Iterable[str]) -> None:
    """Prints a note on stderr for each pattern of `--filter` and `--exclude` that matches none of the paths."""
    for pattern, near in wanted_variables(options).unmatched(paths):
        name = "--filter" if pattern in options["filters"] else "--exclude"
        nearest = f"; the nearest that would: {' or '.join(map(shlex.quote, near))}" if near else ""
        print_line("note", f"{name} {shlex.quote(pattern)} matches nothing{nearest}")
