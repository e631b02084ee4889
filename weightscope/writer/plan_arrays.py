"""Plans what a file of arrays holds: each variable by its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weightscope.errors import UsageError, nearest
from weightscope.inspection import Finding, Inspection, Variable
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.variable_filter import select_variables
from weightscope.source.escape import escape
from weightscope.source.file.arrays.export_mark import ExportMark
from weightscope.writer.arrays import NPZ_DTYPES, SAFETENSORS_DTYPES
from weightscope.writer.cast import cast_dtype
from weightscope.writer.entry import Entry
from weightscope.writer.names import check_names, renamed, unmatched
from weightscope.writer.options import ExportOptions, ExportPlan

_DTYPES = {FileFormat.NPZ: NPZ_DTYPES, FileFormat.SAFETENSORS: frozenset(SAFETENSORS_DTYPES)}


def plan_arrays(inspection: Inspection, kind: FileFormat, options: ExportOptions) -> ExportPlan:
    """Returns what a `.npz` or `.safetensors` file of a model holds.

    Raises:
        UsageError: The format cannot hold a name or a dtype, or two variables would have one name.
    """
    known = [*exportable(inspection), *((inspection.optimizer or ()) if options.optimizer else ())]
    chosen = select_variables(known, options.wanted)
    names = {one.info.path: renamed(one.info.path, options.renames) for one in chosen}
    entries = [Entry(names[one.info.path], one, cast_dtype(one.info.dtype, options.dtype)) for one in chosen]
    for entry in entries:
        check_entry(entry, kind, _DTYPES[kind])
    check_names(names)
    optimizers = {renamed(one.info.layer, options.renames) for one in chosen if one.info.role == "optimizer"}
    mark = ExportMark(inspection.has_keras_names, tuple(sorted(optimizers)))
    for entry in entries:
        if entry.variable.info.role != "optimizer" and mark.optimizer_of(entry.key) is not None:
            what = "a weight whose path begins as those of the optimizer's variables do"
            raise UsageError(escape(entry.key), what, "--no-optimizer")
    notes = (*_notes(inspection), *_unmatched(unmatched(names, options.renames), names))
    return ExportPlan(entries, [one.info for one in chosen], notes, mark)


def exportable(inspection: Inspection) -> list[Variable]:
    """Returns the variables of a model that an export writes: its weights."""
    return [one for one in inspection.variables if one.info.role == "weight"]


def check_entry(entry: Entry, kind: FileFormat, dtypes: frozenset[str]) -> None:
    """Checks that a format can hold a variable.

    Raises:
        UsageError: It has no values, or a dtype that the format does not have.
    """
    info = entry.variable.info
    if not entry.variable.has_values:
        raise UsageError(escape(info.path), f"it has no values to write ({info.dtype})", f"--exclude {info.path}")
    if entry.dtype in dtypes:
        return
    is_float = entry.dtype in ("bfloat16", "float16", "float32", "float64")
    hint = "--dtype float32" if is_float else "-o OUT.npz" if entry.dtype in NPZ_DTYPES else f"--exclude {info.path}"
    raise UsageError(escape(info.path), f"a .{kind.value} file cannot hold {escape(entry.dtype)}", hint)


def _notes(inspection: Inspection) -> Iterator[Finding]:
    has_config = " the architecture, and" if inspection.config is not None else ""
    knows = any(one.info.trainable is not None for one in inspection.variables)
    if has_config or knows:
        yield Finding("not-kept", "note", f"arrays by name do not keep{has_config} which variables are trainable")
    yield from left_out(inspection)


def left_out(inspection: Inspection) -> Iterator[Finding]:
    """Yields a note on the variables that are no weights, by role."""
    for role in ("metric", "seed", "untracked", "unloaded"):
        found = sum(one.info.role == role for one in inspection.variables)
        if found:
            what = "1 variable" if found == 1 else f"{found:,} variables"
            yield Finding("left-out", "note", f"left out: {what} with the role {role}", count=found)


def _unmatched(olds: list[str], paths: Iterable[str]) -> Iterator[Finding]:
    if not olds:
        return
    beginnings = {path[:end] for path in paths for end in (*(at for at, one in enumerate(path) if one == "/"), None)}
    for old in olds:
        near = nearest(old, beginnings)
        hint = f"; the nearest that would: {escape(near[0])}" if near else ""
        yield Finding("unmatched", "note", f"--rename {escape(old)}: no path is or begins with it{hint}")
