"""`weightscope trend CHECKPOINT...`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weightscope import api
from weightscope.api.trending import list_checkpoints
from weightscope.cli.command import OUTPUT, SHOWN, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import each_model
from weightscope.cli.failure import DONE, FAILED, FOUND, report_error
from weightscope.cli.far import download_option
from weightscope.cli.new_file import new_file
from weightscope.cli.options import (
    filter_options,
    optimizer_option,
    order_options,
    output_options_for,
    report_unmatched,
    wanted_variables,
)
from weightscope.cli.output import Output
from weightscope.errors import FileError, UsageError, WeightscopeError, did_you_mean, exists_already
from weightscope.view.pictures.picture_file import check_picture

if TYPE_CHECKING:
    from weightscope.inspection.trend import Trend

EXAMPLES = (
    "weightscope trend checkpoints/",
    "weightscope trend run/epoch-*.weights.h5 --of l2_norm,change",
    "weightscope trend checkpoints/ --filter kernel --of standard_deviation -o trend.png",
    "weightscope trend checkpoints/ --of change --sort change --top 10    # what moved most in the last step",
    "weightscope trend checkpoints/ --tensorboard logs/",
    "weightscope trend checkpoints/ --json | jq '.findings[]'",
)

_FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_PICTURES = (".png", ".svg", ".html")


@click.command(cls=Command, examples=EXAMPLES, found="NaN appears somewhere, or a variable diverges.")
@click.argument("checkpoints", nargs=-1, required=True, metavar="CHECKPOINT...", shell_complete=candidates.files)
@option(
    SHOWN,
    "--of",
    "measures",
    metavar="NAME,...",
    multiple=True,
    help="Measure these statistics, and change: the L2 norm of the difference to the checkpoint before over its "
    "L2 norm.  [default: all statistics]",
)
@filter_options
@order_options
@optimizer_option
@option(
    OUTPUT,
    "--tensorboard",
    metavar="FOLDER",
    help="Write the measures as scalars into FOLDER, for TensorBoard.",
)
@output_options_for(_FORMATS)
@download_option
def command(checkpoints: tuple[str, ...], **options: Any) -> int:
    """Show how each variable changes over the checkpoints of one training.

    The checkpoints are put into the natural order of their names; a folder stands for all saved models in it. A picture
    is written to FILE if it ends in .png, .svg or .html. --sort takes change too; it
    and statistics sort by their last known value.
    """
    output = Output.asked_for(options, *checkpoints, formats=_FORMATS, other_ends=_PICTURES)
    locations = list_checkpoints(checkpoints)
    if output.output_file is not None and _is_picture(output.output_file, options):
        check_picture(str(Path(output.output_file).with_suffix(".svg")))
    events = _event_file(options)
    failed: list[str] = []
    found = _measured(locations, options, failed)
    if events is not None:
        _write_events(found, events, force=options["force"])
    _write(found, output, options)
    if failed:
        return FAILED
    from weightscope.measure.trend.findings import SERIOUS

    return FOUND if any(one.code in SERIOUS for one in found.findings) else DONE


def _measured(locations: Sequence[str], options: dict[str, Any], failed: list[str]) -> Trend:
    """Returns how the variables change; a checkpoint that cannot be read is reported.

    Raises:
        FileError: None can be read.
    """
    settings = api.TrendSettings(
        _measures(options), wanted_variables(options), options["optimizer"], _sort(options), options["top"]
    )
    paths: dict[str, None] = {}

    def inspections() -> Iterator[Any]:
        for one in each_model(locations, lambda one: api.inspect_model(one, optimizer=settings.optimizer), failed):
            paths.update(dict.fromkeys(variable.info.path for variable in one.all_variables))
            yield one

    def fail(error: WeightscopeError) -> None:
        report_error(error)
        failed.append(error.location)

    found = api.measure_trend(inspections(), settings, fail)
    if not found.locations:
        raise FileError(locations[0], "no checkpoint can be read", "see the errors above")
    report_unmatched(options, paths)
    return found


def _measures(options: dict[str, Any]) -> tuple[str, ...]:
    """Returns the measures of `--of`.

    Raises:
        UsageError: There is no such measure.
    """
    from weightscope.inspection.statistics import STATISTICS
    from weightscope.measure.listing.choice import SORT_ALIASES
    from weightscope.measure.trend.trend import MEASURES

    words = [word.strip().lower() for text in options["measures"] for word in text.split(",") if word.strip()]
    names = dict.fromkeys(SORT_ALIASES.get(word, word) for word in words)
    for name in names:
        if name not in MEASURES:
            raise UsageError(f"--of {name}", "no such measure", did_you_mean(name, MEASURES, ", ".join(MEASURES)))
    return tuple(names) or tuple(STATISTICS)


def _sort(options: dict[str, Any]) -> str:
    from weightscope.measure.listing.choice import SORT_ALIASES
    from weightscope.measure.listing.sort_key import find_sort_key
    from weightscope.measure.trend.trend import TREND_SORT_KEYS

    return find_sort_key(options["sort"], TREND_SORT_KEYS, SORT_ALIASES)


def _write(found: Trend, output: Output, options: dict[str, Any]) -> None:
    file = output.output_file
    shown = found.measures if options["measures"] else ("l2_norm",)
    if file is not None and _is_picture(file, options):
        from weightscope.view.pictures.trend_plot import draw_trend

        output.write_bytes([draw_trend(found, shown, file)])
        return
    from weightscope.view.trend import trend_texts

    output.write(trend_texts(found, output.format_name, output.surface, shown))


def _is_picture(file: str, options: dict[str, Any]) -> bool:
    return options["format_name"] is None and Path(file).suffix.lower() in _PICTURES


def _event_file(options: dict[str, Any]) -> str | None:
    """Returns the event file to write, in a folder that is made now.

    Raises:
        UsageError: The folder cannot be made, or has such a file.
    """
    if options["tensorboard"] is None:
        return None
    from weightscope.errors import cannot_be_written
    from weightscope.view.event_file import EVENT_FILE

    folder = Path(options["tensorboard"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_be_written(str(folder), error, "--tensorboard ANOTHER_FOLDER") from error
    if (folder / EVENT_FILE).exists() and not options["force"]:
        raise exists_already(str(folder / EVENT_FILE))
    return str(folder / EVENT_FILE)


def _write_events(found: Trend, name: str, *, force: bool) -> None:
    from weightscope.view.event_file import event_file

    with new_file(name, force=force) as file:
        for record in event_file(found):
            file.write(record)
