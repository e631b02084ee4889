"""`weightscope report MODEL [MODEL_B] -o report.html`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, get_args

import click

from weightscope import api
from weightscope.api.reporting import PAGE_END
from weightscope.cli.command import OUTPUT, SHOWN, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE
from weightscope.cli.hints import command_line, models_here
from weightscope.cli.loading import inspection_asked_for, loading_options
from weightscope.cli.notes import print_notes
from weightscope.cli.options import filter_options, optimizer_option, report_unmatched, wanted_variables
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.cli.settings import check_settings, check_table
from weightscope.errors import UsageError
from weightscope.inspection import Inspection
from weightscope.inspection.overview import Pictures

EXAMPLES = (
    "weightscope report model.keras -o report.html",
    "weightscope report before.keras after.keras -o changes.html --open",
    "weightscope report model.keras -o kernels.html --filter kernel --pictures all",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("model", metavar="MODEL", shell_complete=candidates.files)
@click.argument("model_b", metavar="[MODEL_B]", required=False, shell_complete=candidates.files)
@filter_options
@optimizer_option
@option(
    SHOWN,
    "--pictures",
    type=click.Choice(get_args(Pictures)),
    help="Show exact quantiles and a picture of no variables, of the largest ones (up to 1 MiB), or of all.  "
    "[default: some]",
)
@option(
    OUTPUT, "-o", "--output", "output_file", metavar="FILE.html", shell_complete=candidates.files, help="Write to FILE."
)
@option(OUTPUT, "--force", is_flag=True, help="Replace FILE if it exists. A part of the model is never replaced.")
@option(OUTPUT, "--open", "opens", is_flag=True, help="Open the page in the browser.")
@option(OUTPUT, "--debug", is_flag=True, help="Show tracebacks, and everything that TensorFlow writes.")
@loading_options
def command(model: str, model_b: str | None, **options: Any) -> int:
    """Write one HTML page that shows a model, or what differs between two.

    The page is one file and works without a network. It shows what inspect, check, show and diff print.
    """
    models = [model] if model_b is None else [model, model_b]
    output = _output(models, options)
    inspections = [inspection_asked_for(one, options, optimizer=True) for one in models]
    page = _page(inspections, options)
    output.write([page])
    listed = (one.all_variables if options["optimizer"] else one.variables for one in inspections)
    report_unmatched(options, [variable.info.path for variables in listed for variable in variables])
    for one in inspections:
        print_notes(one)
    if options["opens"]:
        import webbrowser  # takes as long to import as a small model to read

        webbrowser.open(Path(str(output.output_file)).absolute().as_uri())
    return DONE


def _output(models: list[str], options: dict[str, Any]) -> Output:
    """Returns where the page goes, checked before anything is read.

    Raises:
        UsageError: There is no name, it does not end in .html, the file exists, or it is a part of a model.
    """
    file = options["output_file"]
    if file is None:
        named = [one for one in models if one] or models_here()[:1]
        name = f"{Path(named[0]).stem}{PAGE_END}" if len(named) == 1 else f"changes{PAGE_END}"
        raise UsageError("weightscope report", "no file is named", command_line(["report", *named, "-o", name]))
    if Path(file).suffix.lower() != PAGE_END:
        raise UsageError(
            file, f"a report is a page that ends in {PAGE_END}", f"-o {Path(file).stem or 'report'}{PAGE_END}"
        )
    if len(models) > 1 and options["pictures"]:
        raise UsageError("--pictures", "a report of two models has none", "leave --pictures out")
    output = Output("table", file, options["force"], "never")
    output.check_is_none_of((*models, *options["modules"]))
    return output


def _page(inspections: list[Inspection], options: dict[str, Any]) -> str:
    """Returns the page of one model, or of two."""
    names = " and ".join(one.source.location for one in inspections)
    show_progress = partial(progress_while, f"Reading {names}")
    if len(inspections) == 1:
        rules = check_settings({**options, "select": (), "ignore": (), "limits": ()}, *check_table())
        pictures: Pictures = options["pictures"] or "some"
        return api.report_model(inspections[0], settings=rules, pictures=pictures, show_progress=show_progress)
    from weightscope.measure.compare.settings import CompareSettings  # not needed for one model

    settings = CompareSettings(wanted=wanted_variables(options), optimizer=options["optimizer"])
    return api.report_difference(*inspections, settings=settings, show_progress=show_progress)
