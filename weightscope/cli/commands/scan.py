"""`weightscope scan PATH...`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weightscope.cli.command import OUTPUT, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE, FOUND, print_line
from weightscope.cli.memory import free_memory
from weightscope.cli.options import file_options, filter_options, optimizer_option, order_options, pager_options
from weightscope.cli.output import Output
from weightscope.cli.scan_progress import scan_progress
from weightscope.errors import UsageError
from weightscope.inspection.statistics import STATISTICS
from weightscope.source.temporary_folder import temporary_folder

if TYPE_CHECKING:
    from weightscope.many.counts import Counts
    from weightscope.many.pool import Engine
    from weightscope.many.work_folder import WorkFolder
    from weightscope.measure.listing.row_options import RowOptions

EXAMPLES = (
    "weightscope scan models/ -o models.parquet",
    "weightscope scan 'runs/**/*.keras' --stats -o weights.parquet",
    "weightscope scan models/ --models --check -o models.csv",
    "weightscope scan models/ --sort bytes --top 3 -o largest.csv    # the three largest variables of each model",
    "weightscope scan models/ -o models.parquet --resume",
    "weightscope scan /shared/models -o models.parquet --dask tcp://scheduler:8786",
    "weightscope scan models/ --models | jq -r 'select(.error) | .location'",
)

ROWS = "The rows"
RUN = "The run"

#: What of the free memory all processes together may take, and what each may take at least.
_SHARE_OF_MEMORY, _LEAST_MEMORY = 0.9, 256 << 20


@click.command(cls=Command, examples=EXAMPLES, found="Some model could not be read: its row has an error.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=candidates.files)
@option(ROWS, "--models", is_flag=True, help="Write a row for each model instead of one for each variable.")
@option(ROWS, "--stats", "statistics", is_flag=True, help="Read all values, and write their statistics.")
@option(ROWS, "--check", is_flag=True, help="Run the rules of weightscope check, and count errors and warnings.")
@option(
    ROWS, "--id", "fingerprint", is_flag=True, help="Write the ids of weightscope id; equal weights have equal ids."
)
@option(
    ROWS,
    "--preview",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="Write the first N values of each variable; 0 reads none.",
)
@option(RUN, "--jobs", type=click.IntRange(min=1), metavar="N", help="Use N processes.  [default: all processors]")
@option(
    RUN,
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up on a model that takes longer than this; its row has an error.",
)
@option(
    RUN,
    "--dask",
    metavar="ADDRESS",
    help="Use the Dask cluster at this address; its workers see the same paths.",
)
@option(RUN, "--resume", is_flag=True, help="Continue a scan that did not end; it needs the same options.")
@filter_options
@order_options
@optimizer_option
@option(
    OUTPUT,
    "--format",
    "format_name",
    type=click.Choice(["jsonl", "csv"]),
    help="Print in this format.  [default: by the end of FILE, else jsonl]",
)
@file_options
@pager_options
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Write one table over many saved models: files, all models in folders, globs.

    FILE ends in .parquet, .jsonl or .csv. A model that cannot be read is a row with an error, and other files are
    skipped. What is finished is kept beside FILE until the table is whole, so that --resume can continue.
    """
    from weightscope.many.scan import Reading
    from weightscope.view.many import table

    output, rows = _output(paths, options), _row_options(options)
    is_printed = output.output_file is None
    with _folder(output, paths, rows, options) as folder, scan_progress(folder, has_rows=is_printed) as show:
        reading = Reading(folder, rows, _engine(options), show)
        pieces = table(output.format_name, reading, rows)
        if is_printed:
            output.write(piece.decode() for piece in pieces)
        else:
            output.write_bytes(pieces)
    _note_if_nothing_matches(reading.counts, options)
    if not reading.counts.failed:
        return DONE
    counts = reading.counts
    print_line("warning", f"{counts.failed:,} of {counts.models:,} models could not be read: see the column error")
    return FOUND


def _note_if_nothing_matches(counts: Counts, options: dict[str, Any]) -> None:
    """Prints a note on stderr if models were read and --filter, --exclude and --only leave no row of them."""
    if counts.models > counts.failed == counts.rows and options["filters"]:
        patterns = " ".join(f"--filter {shlex.quote(one)}" for one in options["filters"])
        print_line("note", f"{patterns} matches nothing in {counts.models - counts.failed:,} models")


@contextmanager
def _folder(output: Output, paths: tuple[str, ...], rows: RowOptions, options: dict[str, Any]) -> Iterator[WorkFolder]:
    """Yields the folder to work in; it stands beside the output, until the table is whole, or is a temporary one."""
    from weightscope.many.scan import open_folder

    if output.output_file is None or not _may_be_file(output.output_file):
        if options["resume"]:
            raise UsageError("--resume", "what is printed cannot be resumed", "-o FILE")
        with temporary_folder() as temporary:
            try:
                yield open_folder(temporary / "scan", paths, rows)
            except UsageError as error:
                if not error.location.startswith(str(temporary)):
                    raise
                disk = "set TMPDIR to a folder on a disk with free space"
                raise UsageError(str(temporary.parent), error.message, disk) from error
        return
    kept = Path(f"{output.output_file}.parts")
    folder = open_folder(kept, paths, rows, resume=options["resume"], force=options["force"])
    yield folder
    folder.remove()


def _may_be_file(name: str) -> bool:
    """Whether it is a regular file or becomes one, and no device or pipe."""
    return Path(name).is_file() or not Path(name).exists()


def _output(paths: tuple[str, ...], options: dict[str, Any]) -> Output:
    """Returns where to write and how, before any work is done."""
    settings = {**options, "color": "never"}
    output = Output.asked_for(settings, *paths, formats=("jsonl", "csv"), other_ends=(".parquet",))
    if output.output_file is not None and output.output_file.lower().endswith(".parquet"):
        from weightscope.view.parquet import check_pyarrow

        check_pyarrow(output.output_file)
        return replace(output, format_name="parquet")
    return replace(output, format_name="jsonl") if output.format_name == "table" else output


def _row_options(options: dict[str, Any]) -> RowOptions:
    from weightscope.measure.listing.choice import SORT_ALIASES, SORT_KEYS
    from weightscope.measure.listing.row_options import RowOptions
    from weightscope.measure.listing.sort_key import find_sort_key

    sort = find_sort_key(options["sort"], SORT_KEYS, SORT_ALIASES)
    return RowOptions(
        models=options["models"],
        statistics=options["statistics"] or sort in STATISTICS,
        check=options["check"],
        fingerprint=options["fingerprint"],
        optimizer=options["optimizer"],
        filters=options["filters"],
        exclude=options["exclude"],
        only=options["only"],
        preview=options["preview"],
        sort=sort,
        top=options["top"],
    )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _engine(options: dict[str, Any]) -> Engine:
    """Returns what reads the models."""
    if options["dask"] is not None:
        from weightscope.many.cluster import Cluster

        if options["jobs"] is not None:
            raise UsageError("--jobs", "the cluster says how many processes there are", "leave --jobs out")
        return Cluster(options["dask"], options["timeout"])
    from weightscope.many.pool import Processes

    jobs = options["jobs"] or _processors()
    free = free_memory()
    memory = None if free is None else max(_LEAST_MEMORY, int(free * _SHARE_OF_MEMORY) // jobs)
    return Processes(jobs, options["timeout"], memory)
