"""Writes the weights of a model to another file."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from weightscope.api.progress import ShowProgress, silent
from weightscope.inspection.export_report import ExportReport
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted
from weightscope.writer.export import check_target, plan_export, report_of, try_export, write_export
from weightscope.writer.options import ARRAYS, ExportOptions, format_of


def export(
    model: str | PathLike[str],
    out: str | PathLike[str],
    options: ExportOptions | None = None,
    *,
    dry_run: bool = False,
    force: bool = False,
    show_progress: ShowProgress = silent,
) -> ExportReport:
    """Writes the weights of a saved model to another file, and returns what was written.

    The file is written beside its name, read back and compared; then it takes the name.

    Args:
        model: A saved model; its file is read, and nothing of the model is run.
        out: The new file. Its end chooses the format: `.npz`, `.safetensors`, `.weights.h5`, `.keras`.
        options: What to write, in which dtype, under which names; all as it is by default.
        dry_run: Read and cast the values, and write nothing.
        force: Replace `out` if it exists. A part of the model is never replaced.
        show_progress: Is called with the number of bytes to read, and shows how many are.

    Raises:
        WeightscopeError: The model cannot be read, or the format cannot hold it, or the file cannot be written.
    """
    location, target = fspath(model), fspath(out)
    is_tree = format_of(target) not in ARRAYS
    check_target(target, location, force=force or dry_run)
    # the plan has what it needs of the inspection, which takes much memory for many variables
    plan = plan_export(
        inspect_file(location, Wanted(optimizer=True, layout=is_tree, tree=is_tree)), target, options or ExportOptions()
    )
    passes = 1 if dry_run else 2
    with show_progress(passes * sum(entry.variable.info.bytes for entry in plan.entries)) as progress:
        if dry_run:
            return report_of(plan, target, try_export(plan, progress))
        stream = write_export(plan, target, force=force, progress=progress)
    return report_of(plan, target, stream, Path(target).stat().st_size)
