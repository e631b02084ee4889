"""Exports weights: written beside the new file's name, read back, compared, and only then given the name."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path

from weightscope.errors import (
    UsageError,
    cannot_be_written,
    exists_already,
    inspect_line,
    no_place,
    not_to_be_written,
)
from weightscope.inspection import Inspection
from weightscope.inspection.export_report import ExportedVariable, ExportReport
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.lazy import Lazy
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.reading.gather import Progress
from weightscope.source.file.parts import parts_of
from weightscope.writer.arrays import write_npz, write_safetensors
from weightscope.writer.entry import Stream
from weightscope.writer.keras_file import write_keras
from weightscope.writer.new_file import NewFile, new_file
from weightscope.writer.options import ARRAYS, ExportOptions, ExportPlan, format_of
from weightscope.writer.plan_arrays import plan_arrays
from weightscope.writer.plan_tree import plan_tree
from weightscope.writer.read_back import compare_with_file
from weightscope.writer.weights_h5 import weights_h5


def plan_export(inspection: Inspection, out: str, options: ExportOptions) -> ExportPlan:
    """Returns what an export to `out` writes.

    Args:
        inspection: The model, read with the optimizer; for another format than `ARRAYS` also with layout and tree.
        out: The new file; its end chooses the format.
        options: What to write.

    Raises:
        UsageError: The format cannot hold it, or nothing is left to write.
    """
    kind = format_of(out)
    plan = (plan_arrays if kind in ARRAYS else plan_tree)(inspection, kind, options)
    if not plan.entries:
        raise _nothing_to_write(inspection, options)
    return replace(plan, source=inspection.source, paths=tuple(one.info.path for one in inspection.all_variables))


def _nothing_to_write(inspection: Inspection, options: ExportOptions) -> UsageError:
    location = inspection.source.location
    if options.leaves_out and any(one.info.role == "weight" for one in inspection.variables):
        what = "there is nothing to write: no variable matches --filter, --exclude and --only"
        unmatched = VariableFilter(options.wanted.filters).unmatched(one.info.path for one in inspection.all_variables)
        near = next((near[0] for _, near in unmatched if near), None)
        return UsageError(location, what, f"--filter {shlex.quote(near)}" if near else inspect_line(location))
    return UsageError(location, "there is nothing to write", "name a model with weights")


def check_target(out: str, model: str, *, force: bool) -> None:
    """Checks that a file may be written.

    Raises:
        UsageError: It is a part of the model under any name, no place for a file, or exists and `force` is not set.
    """
    path = Path(out)
    try:
        if path.is_dir() or not Path(os.path.realpath(out)).parent.is_dir():
            raise no_place(out)
        if not path.exists():
            return
        if any(part.exists() and part.samefile(path) for part in parts_of(model)):
            raise not_to_be_written(out, f"this is the model itself, or a part of it: {model}")
    except OSError as error:
        raise cannot_be_written(out, error) from error
    if not path.is_file():
        raise not_to_be_written(out, "this is no regular file")
    if not force:
        raise exists_already(out)


def write_export(plan: ExportPlan, out: str, *, force: bool, progress: Progress | None = None) -> Stream:
    """Writes a file that takes the name `out` when it is complete and was read back; until then the old file stays.

    Args:
        plan: What to write.
        out: The new file.
        force: Whether a file of this name may be replaced.
        progress: Called with the number of bytes of the model that were read since the last call; each is read twice.

    Returns:
        The stream that the values went through: it knows what casts lost.

    Raises:
        FileError: What was read back is not what was written.
        UsageError: It cannot be written.
    """
    try:
        stream = Stream(progress)
        with new_file(Path(os.path.realpath(out)), force=force) as made:
            _write(made, format_of(out), plan, stream)
            compare_with_file(plan.entries, made.path, out, Stream(progress))
        return stream
    except OSError as error:
        raise cannot_be_written(out, error) from error


def try_export(plan: ExportPlan, progress: Progress | None = None) -> Stream:
    """Reads and casts all values, and writes nothing; returns the stream that they went through."""
    stream = Stream(progress)
    for entry in plan.entries:
        for _ in stream.blocks(entry):
            pass
    return stream


def report_of(plan: ExportPlan, out: str, stream: Stream, size: int | None = None) -> ExportReport:
    """Returns the outcome of an export; `size` is that of the new file, None if nothing was written."""

    def exported(place: int) -> ExportedVariable:
        one = plan.entries[place]
        return ExportedVariable(plan.infos[place], one.key, one.dtype, stream.losses.get(one.key))

    variables = Lazy(len(plan.entries), exported)
    return ExportReport(plan.source, out, format_of(out).value, variables, plan.notes, size, plan.paths)


def _write(made: NewFile, kind: FileFormat, plan: ExportPlan, stream: Stream) -> None:
    with made.buffered() as file:
        if kind is FileFormat.WEIGHTS_H5:
            file.writelines(weights_h5(made.folder, plan.groups, plan.entries, stream))
        elif kind is FileFormat.KERAS:
            write_keras(file, made.folder, plan, stream)
        elif kind is FileFormat.NPZ:
            write_npz(file, plan.entries, plan.mark, stream)
        else:
            write_safetensors(file, plan.entries, plan.mark, stream)
