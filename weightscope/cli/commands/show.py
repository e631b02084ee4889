"""`weightscope show MODEL VARIABLE`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click

from weightscope import api
from weightscope.cli.command import SHOWN, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE
from weightscope.cli.hints import command_line
from weightscope.cli.loading import inspection_asked_for, loading_options
from weightscope.cli.notes import print_notes
from weightscope.cli.options import (
    filter_options,
    optimizer_option,
    order_options,
    output_options,
    report_unmatched,
    wanted_variables,
)
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.errors import UsageError
from weightscope.inspection import Inspection
from weightscope.inspection.closeup import BINS, Pool
from weightscope.inspection.measured import Listing
from weightscope.inspection.statistics import STATISTICS
from weightscope.measure.listing.choice import SORT_ALIASES, SORT_KEYS
from weightscope.measure.listing.sort_key import find_sort_key
from weightscope.view.pictures.picture_file import PICTURES, check_picture
from weightscope.view.variable_file import WRITERS, exported

EXAMPLES = (
    "weightscope show model.keras conv2d/kernel",
    "weightscope show model.keras conv2d/kernel --slice ':,:,0,3'",
    "weightscope show model.keras '*embeddings' --bins 30 --log",
    "weightscope show model.keras dense/kernel --heat --pool mean",
    "weightscope show model.keras conv2d/kernel -o kernel.npy",
    "weightscope show model.keras conv2d/kernel -o filters.png",
    "weightscope show model.keras dense/kernel --json | jq '.quantiles'",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("model", metavar="MODEL", shell_complete=candidates.files)
@click.argument("name", metavar="VARIABLE", required=False, shell_complete=candidates.variables)
@filter_options
@order_options
@optimizer_option
@option(SHOWN, "--slice", "selection", metavar="SLICE", help="Show these values, as in numpy: ':,:,0,3'.")
@option(SHOWN, "--heat", is_flag=True, help="Draw the values as a heat map: a matrix, or the filters of a convolution.")
@option(
    SHOWN,
    "--pool",
    type=click.Choice(get_args(Pool)),
    default="rms",
    show_default=True,
    help="What a cell of a large matrix is drawn by: the root mean square of its values, their mean, or the one of "
    "largest magnitude. A cell with NaN is NaN.",
)
@option(
    SHOWN,
    "--bins",
    type=click.IntRange(1, 10_000),
    metavar="N",
    help=f"Draw the histogram with N bins.  [default: as many as fit a terminal, else {BINS}]",
)
@option(SHOWN, "--log", is_flag=True, help="Draw the logarithm of the histogram's counts.")
@output_options
@loading_options
def command(model: str, name: str | None, **options: Any) -> int:
    """Show one variable in detail: its statistics, quantiles, histogram and values.

    VARIABLE is its path, a part of it, or a glob that one path matches; without it, all paths are listed. With -o, a
    name that ends in .npy or .csv gets the values, one that ends in .png or .svg a picture.
    """
    output = Output.asked_for(options, model, other_ends=(*WRITERS, *PICTURES))
    file = output.output_file or ""
    end = Path(file).suffix.lower() if options["format_name"] is None else ""
    if end in PICTURES:
        check_picture(file)
    _check_order(model, name)
    sort = find_sort_key(options["sort"], SORT_KEYS, SORT_ALIASES)
    inspection = inspection_asked_for(model, options, optimizer=True)
    report_unmatched(options, [variable.info.path for variable in inspection.all_variables])
    if name is None:
        output.write(output.format.inspections([_paths(inspection, options, sort)], output.surface))
        return DONE
    chosen = api.select_variables(inspection, wanted_variables(options))
    variable = api.find_variable(chosen, name)
    selection = options["selection"]
    if end in WRITERS:
        output.write_bytes(exported(variable, selection, file))
        return DONE
    path = variable.info.path
    bins = options["bins"] or _bins(output, variable.info.parameters)
    show_progress = partial(progress_while, f"Reading {path}")
    closeup = api.close_up(inspection, path, bins=bins, selection=selection, show_progress=show_progress)
    if end in PICTURES:
        from weightscope.view.pictures.plots import draw_picture  # it knows numpy

        output.write_bytes([draw_picture(closeup, file, options["pool"])])
    else:
        drawing = {name: options[name] for name in ("heat", "log", "pool")}
        output.write([output.format.closeup(closeup, output.surface, **drawing)])
    print_notes(inspection)
    return DONE


def _paths(inspection: Inspection, options: dict[str, Any], sort: str) -> Listing:
    """Returns the variables that may be shown."""
    listed = inspection if options["optimizer"] else replace(inspection, optimizer=None)
    chosen = {name: options[name] for name in ("filters", "exclude", "top")}
    choice = api.Choice(**chosen, only=options["only"] or "all", preview=0, sort=sort, statistics=sort in STATISTICS)
    location = inspection.source.location
    return api.list_variables(listed, choice, show_progress=partial(progress_while, f"Reading {location}"))


def _bins(output: Output, parameters: int) -> int:
    """Returns the number of bins of the histogram: as many as fit a terminal."""
    if output.format_name != "table":
        return BINS
    from weightscope.view.pictures.histogram_chart import bins_that_fit  # it knows rich

    return bins_that_fit(output.surface.width, parameters)


def _check_order(model: str, name: str | None) -> None:
    """Checks that the model stands before the variable, and apart from it.

    Raises:
        UsageError: It does not; the hint is the command line that was meant.
    """
    if Path(model).exists() or "://" in model:
        return
    if name is not None and Path(name).exists():
        raise UsageError(model, "no such file or folder", command_line(["show", name, model]))
    file, colon, variable = model.partition(":")
    if colon and name is None and Path(file).exists():
        raise UsageError(model, "no such file or folder", command_line(["show", file, variable]))
