"""A checkpoint of TensorFlow: the tensors of its index, named by the graph of objects or by their keys."""

from __future__ import annotations

from pathlib import Path

from weightscope.inspection import Inspection, ModelInfo, SourceInfo
from weightscope.source.file.checkpoint.bundle import Bundle, open_bundle
from weightscope.source.file.checkpoint.graph_variables import graph_variables
from weightscope.source.file.checkpoint.listing import Rows, listed, missing_notes
from weightscope.source.file.checkpoint.location import find_prefix
from weightscope.source.file.checkpoint.named_keys import named_variables
from weightscope.source.file.checkpoint.object_graph import KEY, checkpoint_graph
from weightscope.source.identify import Format


def read_checkpoint(path: Path, location: str, *, with_optimizer: bool) -> Inspection:
    """Returns what the checkpoint at `path` holds: its prefix, its index, a data shard, or its folder.

    Raises:
        FileError: It is damaged or hostile.
    """
    bundle = open_bundle(find_prefix(path, location), location)
    variables, slots = listed(_rows(bundle))
    return Inspection(
        source=SourceInfo(location, Format.CHECKPOINT.value, bundle.bytes),
        read_with="file",
        model=ModelInfo(optimizer=slots[0].info.layer if slots else None),
        variables=variables,
        optimizer=slots if with_optimizer else None,
        notes=missing_notes(bundle),
        optimizer_bytes=sum(one.info.bytes for one in slots) if slots else None,
    )


def _rows(bundle: Bundle) -> Rows:
    entries = {key: entry for key, entry in bundle.entries.items() if key != KEY}
    data = bundle.read_text(KEY)
    graph = None if data is None else checkpoint_graph(data, bundle.location)
    if graph is not None:
        for one in graph_variables(graph):
            if one.stored.key in entries:
                yield one, entries.pop(one.stored.key)
        for key in graph.stored_keys():
            entries.pop(key, None)
    yield from ((one, entries[one.stored.key]) for one in named_variables(entries, {}))
