"""What a live run teaches, as notes."""

from __future__ import annotations

from typing import Any

from weightscope.inspection import Note
from weightscope.source.live.forward_pass import Run
from weightscope.source.live.variables import Chain, keras_variables, list_variables


def changed_by_pass(root: Any, run: Run, prefix: Chain = ()) -> tuple[Note, ...]:
    """Returns a note for each variable that the forward pass had changed, in the order of the listing."""
    listed = list_variables(root, run.snapshot, prefix)
    return tuple(
        Note(
            "state-changed",
            "note",
            "the forward pass changed it; the value shown is the one from before the pass",
            variable.info.path,
        )
        for live, variable in zip(keras_variables(root), listed, strict=True)
        if id(live) in run.changed
    )
