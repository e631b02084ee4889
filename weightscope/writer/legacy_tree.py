"""The places that the weights of a legacy `.h5` file have in a file of Keras 3, where they are certain."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.errors import UsageError
from weightscope.inspection import Inspection, Variable
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.stored_tree import StoredTree
from weightscope.inspection.weight_layout import WeightGroup
from weightscope.keras_facts.layers import LAYERS, owned_weights
from weightscope.source.escape import escape
from weightscope.writer.legacy_config import legacy_files

#: The hint where the places of weights are not certain.
BY_NAME = "-o OUT.npz, which keeps the arrays by name"

#: The versions of Keras whose weights are those that Keras 3 expects; Keras 1 had twelve for an LSTM.
_VERSIONS = ("2.", "3.")

#: Notes of the reader that say that weights have no certain place.
_UNCERTAIN = ("unknown-layer-weights", "unknown-class", "unplaced-variables")


def legacy_tree(inspection: Inspection, kind: FileFormat) -> StoredTree:
    """Returns the weights of a legacy file by the places at which Keras 3 looks for them.

    Args:
        inspection: The file, read with its layout.
        kind: The format to write.

    Raises:
        UsageError: A name, the order or a class is not certain; the error says which.
    """
    reason = next(_reasons(inspection), None)
    if reason is not None:
        what = f"where Keras looks for its weights in a .{kind.value.replace('-', '.')} file is not certain: {reason}"
        raise UsageError(inspection.source.location, what, BY_NAME)
    by_path = {one.info.path: one for one in inspection.variables}
    groups: dict[str, str | None] = {}
    arrays: dict[str, Variable] = {}
    for group in _groups(inspection):
        place = f"{group.place}/vars" if group.place else "vars"
        groups[place] = group.name
        for key, path in zip(group.keys, group.paths, strict=True):
            arrays[f"{place}/{key}"] = by_path[path]
    files = legacy_files(inspection) if kind is FileFormat.KERAS else {}
    return StoredTree(groups, arrays, (), files)


def _groups(inspection: Inspection) -> tuple[WeightGroup, ...]:
    return (inspection.layout.by_place or ()) if inspection.layout is not None else ()


def _reasons(inspection: Inspection) -> Iterator[str]:
    """Yields what makes the places of weights uncertain."""
    kind, version = inspection.source.format, inspection.source.keras_version
    if kind != FileFormat.LEGACY_H5.value:
        yield "the file does not store the classes of its layers"
        return
    if not (version or "").startswith(_VERSIONS):
        yield f"Keras {escape(version or '?')} wrote it, with other weights than Keras 3 expects"
    yield from (escape(one.message) for one in inspection.notes if one.code in _UNCERTAIN)
    if inspection.model.custom_objects:
        yield f"it has classes that are not Keras': {escape(', '.join(inspection.model.custom_objects[:5]))}"
    for one in inspection.layers:
        weights = owned_weights(one.class_name, dict(one.config))
        if any(weight.alias for weight in weights or ()):
            yield f"{escape(one.class_name)} stores a weight of the layer inside it once more"
        if one.expected is not None and one.stored is not None and one.expected != one.stored:
            yield f"{escape(one.path)} has {one.stored} weights, and Keras expects {one.expected}"
    placed = [path for group in _groups(inspection) for path in group.paths]
    if sorted(placed) != sorted(one.info.path for one in inspection.variables):
        yield "not every weight has one place"
    for group in _groups(inspection):
        if group.keys and group.class_name not in LAYERS:
            yield f"the weights of {escape(group.class_name or '?')} are unknown"
