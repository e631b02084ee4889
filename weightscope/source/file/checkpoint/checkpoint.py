"""A checkpoint of TensorFlow: the tensors of its index, named by the graph of objects or by their keys."""

from __future__ import annotations

from collections.abc import Mapping

from weightscope.inspection import Finding, Inspection, ModelInfo, SourceInfo
from weightscope.inspection.file_format import FileFormat
from weightscope.source.bytes.far.path import whole_file
from weightscope.source.file.checkpoint.bundle import Bundle, open_bundle
from weightscope.source.file.checkpoint.listing import (
    Rows,
    graph_of_bundle,
    graph_rows,
    list_tensors,
    named_rows,
    optimizer_names,
    shard_notes,
)
from weightscope.source.file.checkpoint.location import STATE, checkpoints_in, find_prefix
from weightscope.source.file.checkpoint.meta_graph import read_meta_graph
from weightscope.source.file_path import FilePath
from weightscope.source.identified import Identified
from weightscope.source.wanted import Wanted

#: The ending of what TF 1 writes beside a checkpoint: the graph that it was saved from.
_GRAPH = ".meta"


def read_checkpoint(found: Identified[None], wanted: Wanted) -> Inspection:
    """Returns what a checkpoint holds, named by its prefix, its index, a data shard, or its folder.

    Raises:
        FileError: It is damaged or hostile.
    """
    path, location = found.path, found.location
    prefix = find_prefix(path, location)
    bundle = open_bundle(prefix, location)
    variables, slots = list_tensors(_rows(bundle, prefix, location))
    return Inspection(
        source=SourceInfo(location, FileFormat.CHECKPOINT.value, bundle.bytes),
        read_with="file",
        model=ModelInfo(optimizer=optimizer_names(slots)),
        variables=variables,
        optimizer=slots if wanted.optimizer else None,
        notes=(*_latest_note(path, prefix), *shard_notes(bundle)),
        optimizer_bytes=sum(one.info.bytes for one in slots) if slots else None,
    )


def _latest_note(path: FilePath, prefix: FilePath) -> tuple[Finding, ...]:
    others = len(checkpoints_in(prefix.parent)) - 1 if path.is_dir() or path.name == STATE else 0
    if others <= 0:  # a place that lists no files has none
        return ()
    message = f"{prefix.name} is read, the latest of the {others + 1} checkpoints in the folder"
    return (Finding("latest-checkpoint", "note", message),)


def _trainable(prefix: FilePath, location: str) -> Mapping[str, bool]:
    """Returns which variables are trainable, from the graph that TF 1 writes beside a checkpoint."""
    path = prefix.with_name(f"{prefix.name}{_GRAPH}")
    return read_meta_graph(whole_file(path, location)).trainable if path.is_file() else {}


def _rows(bundle: Bundle, prefix: FilePath, location: str) -> Rows:
    graph = graph_of_bundle(bundle)
    if graph is None:
        return named_rows(bundle.entries, _trainable(prefix, location))
    return graph_rows(graph, bundle.entries)
