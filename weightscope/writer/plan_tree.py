"""Plans what a weights file of Keras 3 holds: each array at the place where Keras looks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weightscope.errors import UsageError
from weightscope.inspection import Finding, Inspection, VariableInfo
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.stored_tree import StoredTree
from weightscope.inspection.variable_filter import select
from weightscope.source.escape import escape
from weightscope.writer.cast import cast_dtype
from weightscope.writer.entry import Entry
from weightscope.writer.legacy_tree import BY_NAME, legacy_tree
from weightscope.writer.options import ExportOptions, ExportPlan
from weightscope.writer.plan_arrays import check_entry, left_out
from weightscope.writer.weights_h5 import H5_DTYPES


def plan_tree(inspection: Inspection, kind: FileFormat, options: ExportOptions) -> ExportPlan:
    """Returns what a `.weights.h5` or `.keras` file of a model holds.

    Raises:
        UsageError: The places of the weights are not certain, an option makes no sense for the format, or it cannot
            hold a dtype.
    """
    if options.renames:
        what = f"a .{kind.value.replace('-', '.')} file stores weights by the places of their layers, not by name"
        raise UsageError("--rename", what, "-o OUT.safetensors")
    if kind is FileFormat.KERAS and inspection.config is None:
        hint = "-o OUT.weights.h5" if inspection.tree is not None else BY_NAME
        raise UsageError(inspection.source.location, "this file has no config, which a .keras file needs", hint)
    tree = inspection.tree or legacy_tree(inspection, kind)
    found = _infos(inspection, tree)
    infos = {path: found.get(path, one.info) for path, one in tree.arrays.items()}
    chosen = _chosen(tree, found if inspection.tree is not None else infos, options)
    if kind is FileFormat.KERAS:
        _check_is_whole(tree, chosen)
    entries = [
        Entry(path, one, cast_dtype(one.info.dtype, options.dtype))
        for path, one in tree.arrays.items()
        if path in chosen
    ]
    for entry in entries:
        check_entry(entry, kind, H5_DTYPES)
    return ExportPlan(
        entries,
        [infos[entry.key] for entry in entries],
        tuple(_notes(inspection, kind, options, chosen, tree)),
        groups={path: name for path, name in tree.groups.items() if _is_kept(path, tree, chosen)},
        files=tree.files if kind is FileFormat.KERAS else {},
    )


def optimizer_of(path: str, tree: StoredTree) -> str | None:
    """Returns the group of the optimizer that a path of a weights file leads into; None for a weight."""
    return next((one for one in tree.optimizers if path == one or path.startswith(f"{one}/")), None)


def _infos(inspection: Inspection, tree: StoredTree) -> dict[str, VariableInfo]:
    """Returns the variable of the model that each array is, by its path in the file; copies of one have it too."""
    by_path = {one.info.path: one.info for one in inspection.all_variables}
    found = {(one.stored_at or "").replace("\\", "/"): one for one in by_path.values()}
    for group in inspection.layout.stored if inspection.layout is not None and inspection.tree is not None else ():
        for key, path in zip(group.keys, group.paths, strict=False):
            place = "/".join(filter(None, (group.place, "vars", key)))
            if path in by_path and place in tree.arrays:
                found.setdefault(place, by_path[path])
    return found


def _chosen(tree: StoredTree, infos: Mapping[str, VariableInfo], options: ExportOptions) -> set[str]:
    """Returns the paths of the arrays to write; one that is no listed variable is written if no filter is set."""
    paths = [path for path in tree.arrays if options.optimizer or optimizer_of(path, tree) is None]
    if not options.leaves_out:
        return set(paths)
    return set(select([path for path in paths if path in infos], options.wanted, lambda path: (infos[path],)))


def _check_is_whole(tree: StoredTree, chosen: set[str]) -> None:
    """Checks that all weights, and all or none of an optimizer's variables, are written.

    Raises:
        UsageError: Keras would not load the file.
    """
    has_slots = any(optimizer_of(path, tree) is not None for path in chosen)
    for path in tree.arrays:
        is_slot = optimizer_of(path, tree) is not None
        if path not in chosen and (has_slots or not is_slot):
            what = f"Keras does not load a .keras file without {escape(path)}"
            raise UsageError("--filter, --exclude or --only", what, "--no-optimizer" if is_slot else BY_NAME)


def _is_kept(group: str, tree: StoredTree, chosen: set[str]) -> bool:
    """Whether a group is written: that of an optimizer only with a variable of it."""
    optimizer = optimizer_of(group, tree)
    return optimizer is None or any(path.startswith(f"{optimizer}/") for path in chosen)


def _notes(
    inspection: Inspection, kind: FileFormat, options: ExportOptions, chosen: set[str], tree: StoredTree
) -> Iterator[Finding]:
    has_config = inspection.config is not None
    if kind is FileFormat.WEIGHTS_H5 and has_config:
        what = "a .weights.h5 file does not keep the architecture, the names of variables and trainability"
        yield Finding("not-kept", "note", what)
    if kind is FileFormat.WEIGHTS_H5 and any(
        path not in chosen and optimizer_of(path, tree) is None for path in tree.arrays
    ):
        what = "not all weights are written: load_weights takes only whole layers, with skip_mismatch=True"
        yield Finding("left-out", "note", what)
    if kind is FileFormat.KERAS and options.dtype is not None:
        what = "the dtypes in the model's config stay as they are: Keras casts the values back when it loads them"
        yield Finding("not-kept", "note", what)
    has_slots = any(optimizer_of(path, tree) is not None for path in chosen)
    compiled = inspection.model.optimizer
    if inspection.tree is None and (compiled is not None or inspection.optimizer):
        what = (
            "the optimizer, whose variables have no certain places, and the loss"
            if kind is FileFormat.KERAS
            else ("the optimizer's variables, whose places are not certain,")
        )
        yield Finding("left-out", "note", f"{what} are left out")
    elif kind is FileFormat.KERAS and not has_slots and compiled is not None:
        what = f"without the variables of {escape(compiled)}: Keras starts it anew and warns of that"
        yield Finding("left-out", "note", what)
    if inspection.tree is None:
        yield from left_out(inspection)
