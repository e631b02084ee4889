"""What `weightscope export` notes in a file of arrays, which has no place for it otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass

MARK_SCHEMA = "weightscope.arrays/1"

#: The key of the mark among the metadata of a `.safetensors` file; in a `.npz` file it is the comment of the zip.
MARK_KEY = "weightscope"

#: The comment of a zip may have 65,535 bytes.
_MOST_CHARACTERS = 16_384


@dataclass(frozen=True, slots=True)
class ExportMark:
    """What is known of the arrays of a file.

    Attributes:
        has_keras_names: Whether the names of the arrays are those of the variables in Keras.
        optimizers: The names of optimizers, which the paths of their variables begin with.
    """

    has_keras_names: bool
    optimizers: tuple[str, ...] = ()

    def optimizer_of(self, name: str) -> str | None:
        """Returns the optimizer that the array of this name belongs to; None for a weight."""
        return next((one for one in self.optimizers if name.startswith(f"{one}/")), None)

    def text(self) -> str:
        """Returns the mark as it is written."""
        found = {"schema": MARK_SCHEMA, "keras_names": self.has_keras_names, "optimizers": list(self.optimizers)}
        return json.dumps(found)


def read_mark(text: object) -> ExportMark | None:
    """Returns the mark in a text from a file; None if it is none."""
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("schema") != MARK_SCHEMA:
        return None
    names, optimizers = found.get("keras_names"), found.get("optimizers")
    if not isinstance(names, bool) or not isinstance(optimizers, list):
        return None
    return ExportMark(names, tuple(one for one in optimizers if isinstance(one, str) and one))
