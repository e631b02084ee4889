"""A SavedModel: what `saved_model.pb` says of its variables, and the checkpoint in `variables/` that holds them."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.errors import FileError
from weightscope.inspection import Finding, Inspection, ModelInfo, SourceInfo
from weightscope.inspection.file_format import FileFormat
from weightscope.keras_facts.serialized import text
from weightscope.source.bytes.far.path import bytes_below, look_up, whole_file
from weightscope.source.file.checkpoint.bundle import Bundle, BundleEntry, open_bundle
from weightscope.source.file.checkpoint.graph_variables import GraphVariable, layer_configs
from weightscope.source.file.checkpoint.listing import (
    Rows,
    graph_of_bundle,
    graph_rows,
    list_tensors,
    named_rows,
    optimizer_names,
    shard_notes,
)
from weightscope.source.file.checkpoint.location import index_of
from weightscope.source.file.checkpoint.meta_graph import MetaGraph, read_meta_graphs
from weightscope.source.file.checkpoint.object_graph import VALUE
from weightscope.source.file.checkpoint.saved_objects import SavedObjects, SavedVariable
from weightscope.source.file.keras3.placement_notes import bytecode_note
from weightscope.source.file.saved_model.export_archive import untracked_notes
from weightscope.source.file.saved_model.keras_objects import FILE as KERAS_FILE
from weightscope.source.file.saved_model.keras_objects import KerasObjects, keras_objects
from weightscope.source.file_path import FilePath
from weightscope.source.identified import Identified
from weightscope.source.missing_values import MissingValues
from weightscope.source.wanted import Wanted

FILE = "saved_model.pb"
#: Checksums, which are not read: the file counts to the size of the model.
FINGERPRINT = "fingerprint.pb"
_VARIABLES = "variables/variables"


def read_saved_model(found: Identified[None], wanted: Wanted) -> Inspection:
    """Returns what a SavedModel holds, named by its folder or by the `saved_model.pb` in it.

    Raises:
        FileError: It is damaged or hostile.
    """
    location = found.location
    folder = found.path if found.path.is_dir() else found.path.parent
    prefix = folder / _VARIABLES
    look_up((folder / FILE, folder / KERAS_FILE, folder / FINGERPRINT, index_of(prefix)))
    if not (folder / FILE).is_file():
        hint = "load it with TensorFlow, and save it again with tf.saved_model.save"
        raise FileError(location, "a SavedModel that was written as text (saved_model.pbtxt)", hint)
    metas = read_meta_graphs(whole_file(folder / FILE, location))
    bundle = open_bundle(prefix, location) if index_of(prefix).is_file() else None
    saved = next((meta.objects for meta in metas if meta.objects is not None), None)
    keras = keras_objects(folder, saved, location) if saved is not None else KerasObjects({}, {})
    rows = tuple(_from_objects(saved, keras, bundle, location) if saved is not None else _from_names(metas, bundle))
    variables, slots = list_tensors(rows)
    return Inspection(
        source=_source(folder, location, metas, keras),
        read_with="file",
        model=ModelInfo(
            keras.model.name if keras.model else None,
            keras.model.class_name if keras.model else None,
            optimizer=optimizer_names(slots) or keras.optimizer,
            loss=keras.loss,
        ),
        variables=variables,
        optimizer=slots if wanted.optimizer else None,
        notes=(
            *bytecode_note(keras.bytecode),
            *_missing_notes(bundle, bool(variables) or any(meta.trainable for meta in metas)),
            *(untracked_notes(saved.graph, (named for named, _ in rows)) if saved is not None else ()),
        ),
        optimizer_bytes=sum(one.info.bytes for one in slots) if slots else None,
        layers=layer_configs(saved.graph, keras.layers) if saved is not None else (),
        signatures=tuple(signature for meta in metas for signature in meta.signatures),
    )


def tags_to_load(folder: FilePath, location: str) -> list[str] | None:
    """Returns the tags of the first MetaGraph, which TensorFlow needs if there are several; None for a single one.

    Raises:
        FileError: It is damaged or hostile.
    """
    metas = read_meta_graphs(whole_file(folder / FILE, location))
    return list(metas[0].tags) if len(metas) > 1 else None


def _from_objects(saved: SavedObjects, keras: KerasObjects, bundle: Bundle | None, location: str) -> Rows:
    """Returns the variables of a graph of objects, as TensorFlow 2 writes one."""

    def absent(one: GraphVariable) -> BundleEntry | None:
        is_variable = one.node in saved.variables and one.stored.attribute == VALUE
        return _without_values(one.path, saved.variables[one.node], location) if is_variable else None

    stored = graph_of_bundle(bundle) if bundle is not None else None
    graph = saved.graph if stored is None else saved.stored_in(stored)
    return graph_rows(graph, bundle.entries if bundle is not None else {}, keras.layers, absent)


def _from_names(metas: Sequence[MetaGraph], bundle: Bundle | None) -> Rows:
    """Returns the variables of graphs without objects, as TF 1 writes them: named by their keys."""
    declared: dict[str, set[bool]] = {}
    for meta in metas:
        for name, is_trainable in meta.trainable.items():
            declared.setdefault(name, set()).add(is_trainable)
    trainable = {name: True in flags for name, flags in declared.items() if len(flags) == 1}  # where graphs agree
    return named_rows(bundle.entries, trainable) if bundle is not None else ()


def _without_values(path: str, variable: SavedVariable, location: str) -> BundleEntry:
    why = MissingValues(location, path, "has values that are not in its checkpoint", "copy the whole folder")
    return BundleEntry("", variable.dtype, tuple(size or 0 for size in variable.shape), why)


def _source(folder: FilePath, location: str, metas: Sequence[MetaGraph], keras: KerasObjects) -> SourceInfo:
    return SourceInfo(
        location,
        FileFormat.SAVED_MODEL.value,
        bytes_below(folder, has_more=any(meta.has_assets for meta in metas)),
        keras_version=text(keras.root, "keras_version"),
        tensorflow_version=next((meta.tensorflow_version for meta in metas if meta.tensorflow_version), None),
    )


def _missing_notes(bundle: Bundle | None, has_variables: bool) -> tuple[Finding, ...]:
    if bundle is not None:
        return shard_notes(bundle)
    if not has_variables:
        return ()  # a graph of constants has none
    return (Finding("missing-variables", "warning", "variables/variables.index is not there: no values can be read"),)
