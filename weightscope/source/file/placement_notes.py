"""Notes that several readers give."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection import Note

NO_ARCHITECTURE = Note(
    "weights-only",
    "note",
    "a weights-only file: it has no architecture, so it does not say which variables are trainable",
)


def unbuilt_note(placed: int, notes: Sequence[Note]) -> Sequence[Note]:
    """Returns `notes`, or in their place the one that explains them all: the file holds no variable.

    Args:
        placed: The number of variables that the file holds.
        notes: What was found where variables were expected.
    """
    if placed or not notes:
        return notes
    message = "the file holds no variables: the model was saved before it was built; --input-shape builds it"
    return (Note("unbuilt-model", "note", message),)


def outside_note(paths: Sequence[str]) -> tuple[Note, ...]:
    """Returns a note on datasets that belong to no layer, where there are any."""
    if not paths:
        return ()
    others = f" and {len(paths) - 1} more" * (len(paths) > 1)
    return (Note("foreign-datasets", "note", f"not listed, because no layer owns it: {paths[0]}{others}"),)


def bytecode_note(bytecode: bool) -> tuple[Note, ...]:
    """Returns a note on Python bytecode in a config, where there is some."""
    if not bytecode:
        return ()
    message = "a Lambda layer holds Python bytecode, which loading the model would run; it was not run"
    return (Note("lambda-bytecode", "warning", message),)
