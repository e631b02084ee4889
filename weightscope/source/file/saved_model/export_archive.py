"""What `keras.export.ExportArchive` writes: its variables in lists, and again those that its endpoints use.

Source: `keras/src/export/saved_model_export_archive.py`, Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from weightscope.inspection import Finding
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.graph_variables import GraphVariable, twins
from weightscope.source.file.checkpoint.object_graph import ObjectGraph

#: How many names a note gives.
_MOST_NAMES = 8


def untracked_notes(graph: ObjectGraph, variables: Iterable[GraphVariable]) -> tuple[Finding, ...]:
    """Returns a note on the variables that endpoints use and the archive does not track.

    Args:
        graph: Of the objects of a SavedModel.
        variables: All that are listed.
    """
    tracked = graph.items(0, "variables")
    if tracked is None:
        return ()
    used = set(graph.items(0, "_all_variables") or ()) - twins(graph)
    untracked = [one.path for one in variables if one.node in used]
    if not untracked:
        return ()
    names = ", ".join(map(escape, islice(untracked, _MOST_NAMES)))
    more = f" and {len(untracked) - _MOST_NAMES:,} more" if len(untracked) > _MOST_NAMES else ""
    message = f"not tracked by the ExportArchive, so whether they are trainable is unknown: {names}{more}"
    # track(model) was called, and the model itself does not know of them
    fix = None if tracked else "call track(model) on the ExportArchive before write_out()"
    return (Finding("untracked-variable", "note", message, fix=fix),)
