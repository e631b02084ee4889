"""`weightscope export MODEL -o OUT`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from weightscope import api
from weightscope.cli.command import OUTPUT, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE, FOUND, print_line
from weightscope.cli.far import download_option
from weightscope.cli.options import filter_options, report_unmatched, terminal_options, wanted_variables
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.errors import UsageError
from weightscope.inspection.export_report import ExportReport
from weightscope.view.documents.export_document import export_fields
from weightscope.view.text.json_text import indented_in_pieces

EXAMPLES = (
    "weightscope export model.keras -o weights.safetensors",
    "weightscope export trained.keras -o small.keras --no-optimizer",
    "weightscope export model.keras -o half.npz --dtype float16 --dry-run",
    "weightscope export old_model.h5 -o model.keras",
    "weightscope export model.keras -o backbone.npz --filter 'encoder/*' --rename encoder=backbone",
)

WRITTEN = "What is written"
_DTYPES = ("float16", "bfloat16", "float32", "float64")


def _renames(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    renames: dict[str, str] = {}
    for text in given:
        old, sign, new = text.partition("=")
        if not sign or not old:
            raise UsageError(f"--rename {text}", "not a new name for a path", "--rename OLD=NEW")
        if renames.setdefault(old, new) != new:
            raise UsageError(f"--rename {text}", f"{old} has another new name already", "give one new name")
    return renames


@click.command(cls=Command, examples=EXAMPLES, found="A cast made a finite value infinite; the file was written.")
@click.argument("model", metavar="MODEL", shell_complete=candidates.files)
@option(
    WRITTEN,
    "-o",
    "--output",
    "out",
    metavar="OUT",
    required=True,
    shell_complete=candidates.files,
    help="Write this file. Its end chooses the format: .npz, .safetensors, .weights.h5 or .keras.",
)
@option(WRITTEN, "--force", is_flag=True, help="Replace OUT if it exists. A part of the model is never replaced.")
@option(WRITTEN, "--no-optimizer", is_flag=True, help="Leave out the optimizer's variables.")
@option(WRITTEN, "--dtype", type=click.Choice(_DTYPES), help="Cast floating point values, and report what is lost.")
@option(
    WRITTEN,
    "--rename",
    "renames",
    metavar="OLD=NEW",
    multiple=True,
    callback=_renames,
    help="Write the path OLD, or paths that begin with OLD/, as NEW. Repeatable; for .npz and .safetensors.",
)
@option(WRITTEN, "--dry-run", is_flag=True, help="Read and cast all values, and print what would be written.")
@filter_options
@option(
    OUTPUT,
    "--format",
    "format_name",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Print the outcome in this format.",
)
@option(OUTPUT, "--json", "format_name", flag_value="json", help="Short for --format json.")
@terminal_options
@download_option
def command(model: str, **options: Any) -> int:
    """Write the weights of a model to another file: in another format, without the optimizer, in another dtype.

    OUT takes its name when it is complete, was read back and is equal to what was read; until then the old file stays.
    """
    report = api.export(
        model,
        options["out"],
        api.ExportOptions(not options["no_optimizer"], options["dtype"], wanted_variables(options), options["renames"]),
        dry_run=options["dry_run"],
        force=options["force"],
        show_progress=partial(progress_while, f"Writing {options['out']}"),
    )
    _print(report, options)
    report_unmatched(options, report.paths)
    for note in report.notes:
        print_line(note.level, f"{report.location}: {note.message}")
    return FOUND if report.has_overflow else DONE


def _print(report: ExportReport, options: dict[str, Any]) -> None:
    output = Output(options["format_name"], None, False, options["color"], not options["no_pager"])
    if output.format_name == "json":
        output.write(indented_in_pieces(export_fields(report), ascii_only=output.surface.is_ascii))
        return
    from weightscope.view.tables.export_table import ExportTable

    output.write(output.surface.draw_in_pieces(ExportTable(report)))
