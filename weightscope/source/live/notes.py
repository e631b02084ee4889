"""Notes on the variables that a forward pass changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weightscope.inspection import Finding
from weightscope.source.live.forward_pass import Run


def changed_by_pass(run: Run, paths: Mapping[int, str], *, training: bool = False) -> Iterator[Finding]:
    """Yields a note for each variable that the forward pass changed.

    Args:
        run: The pass.
        paths: The path of each listed variable by its `id`, in the order of the listing.
        training: Whether the pass was in training mode.
    """
    mode = "in training" if training else "at inference"
    for identity, path in paths.items():
        if identity in run.changed:
            message = f"the forward pass changed it, {mode}; the value shown is the one from before the pass"
            yield Finding("state-changed", "note", message, path)
