"""`weightscope inspect MODEL...`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from weightscope import api
from weightscope.cli.command import SHOWN, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import each_model
from weightscope.cli.failure import DONE, FAILED
from weightscope.cli.hints import command_line
from weightscope.cli.loading import inspection_asked_for, loading_options
from weightscope.cli.notes import print_notes
from weightscope.cli.options import choice_asked_for, choice_options, optimizer_option, output_options, report_unmatched
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.errors import UsageError, WeightscopeError
from weightscope.inspection import Inspection
from weightscope.inspection.measured import Listing
from weightscope.inspection.variable_filter import matches
from weightscope.view.pictures.picture_file import PICTURES, check_model_picture

EXAMPLES = (
    "weightscope inspect model.keras",
    "weightscope inspect model.keras --only trainable --sort bytes --top 10",
    "weightscope inspect model.keras --json | jq '.variables[] | select(.trainable)'",
    "weightscope inspect model.keras --stats --sort nan",
    "weightscope inspect models/*.keras --by model --sort parameters",
    "weightscope inspect model.keras -o model.svg",
    "weightscope inspect saved_model_folder/ checkpoints/ckpt-1",
    "weightscope inspect model.keras --module my_layers.py",
    "weightscope inspect unbuilt.keras --input-shape 1,28,28,3",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...", shell_complete=candidates.files)
@choice_options
@optimizer_option
@option(
    SHOWN,
    "--id",
    "fingerprint",
    is_flag=True,
    help="Read all values, and show the three ids of weightscope id.",
)
@output_options
@loading_options
def command(models: tuple[str, ...], **options: Any) -> int:
    """List the trainable and all variables of saved models, with a preview of their values.

    With -o, a name that ends in .svg or .png gets a picture of the whole model: the parameters of each layer, and the
    spread of its values.
    """
    output = Output.asked_for(options, *models, other_ends=PICTURES)
    picture = _picture_asked_for(output, options, models)
    choice = choice_asked_for(options)
    if picture is not None:
        choice = replace(choice, statistics=True, preview=0)
    failed: list[str] = []
    paths: list[str] = []
    noted: list[Inspection] = []

    def listing(model: str) -> Listing:
        try:
            inspection = inspection_asked_for(model, options, optimizer=options["optimizer"])
        except WeightscopeError as error:
            if not Path(model).exists() and any(matches(path, model) for path in paths):
                raise _show_instead(models[0], model) from error
            raise
        listed = api.list_variables(inspection, choice, show_progress=partial(progress_while, f"Reading {model}"))
        noted.append(replace(inspection, variables=(), optimizer=None, layers=()))
        paths.extend(variable.info.path for variable in inspection.all_variables)
        return listed

    listings = each_model(models, listing, failed)
    listed = api.sort_models(list(listings), choice) if choice.by == "model" else listings
    if picture is None:
        output.write(output.format.inspections(listed, output.surface))
    else:
        _draw(output, picture, listed)
    for inspection in noted:  # below the tables, also where those are held back for a pager
        print_notes(inspection)
    if len(failed) < len(models):
        report_unmatched(options, paths)
    return FAILED if failed else DONE


def _show_instead(model: str, variable: str) -> UsageError:
    return UsageError(
        variable, f"no such file or folder, but a variable of {model}", command_line(["show", model, variable])
    )


def _picture_asked_for(output: Output, options: dict[str, Any], models: Sequence[str]) -> str | None:
    """Returns the file of the picture that was asked for, if it can be drawn.

    Raises:
        UsageError: There are several models.
        WeightscopeError: What draws it is not installed.
    """
    file = output.output_file
    if file is None or options["format_name"] is not None or Path(file).suffix.lower() not in PICTURES:
        return None
    if len(models) > 1:
        line = command_line(["inspect", models[0], "-o", file])
        raise UsageError(f"-o {file}", f"a picture shows one model, and these are {len(models)}", line)
    check_model_picture(file)
    return file


def _draw(output: Output, file: str, listings: Iterable[Listing]) -> None:
    """Writes the picture; no file where the model could not be read."""
    from weightscope.view.pictures.model.draw import draw_model

    drawn = [draw_model(listing, file) for listing in listings]
    if drawn:
        output.write_bytes(drawn)
