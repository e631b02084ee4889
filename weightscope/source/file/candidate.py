"""What may be a saved model, by the names of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from weightscope.inspection.file_format import FileFormat
from weightscope.source.file.checkpoint.location import INDEX, STATE

#: The ends of the names of models: a file with one of them that cannot be read is an error, not another file.
MODEL_ENDS = tuple(
    end for one in FileFormat if one not in (FileFormat.SAVED_MODEL, FileFormat.CHECKPOINT) for end in one.ends
)

#: Files that make a folder a model: one of each line.
_MODEL_FOLDERS = (
    ({"saved_model.pb", "saved_model.pbtxt"},),
    ({"config.json"}, {"model.weights.h5", "model.weights.npz"}),
)

#: The size of a folder is not known before it is read; it counts as much as this.
FOLDER_BYTES = 16 << 20

_SHARD = re.compile(r"_\d{5}\.weights\.h5$")
BESIDE_INDEX = re.compile(r"\.(data-\d{5}-of-\d{5}|meta)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or folder that may be a saved model.

    Attributes:
        location: What to inspect.
        bytes: The size of the file, to share the work evenly.
        is_model: Whether its name says that it is a model; else its content decides.
        error: Why it cannot be read, where that is known.
    """

    location: str
    bytes: int = 0
    is_model: bool = True
    error: str | None = None


def is_model_folder(names: Set[str]) -> bool:
    """Whether a folder with these files is a model."""
    return any(all(names & choice for choice in needed) for needed in _MODEL_FOLDERS)


def without_parts(names: Sequence[str]) -> Iterator[str]:
    """Yields the names of a folder without those of files that are a part of the model beside them."""
    known = set(names)
    has_index = any(name.endswith(INDEX) for name in names)
    for name in names:
        is_part = (
            (name == STATE and has_index)
            or (BESIDE_INDEX.search(name) is not None and BESIDE_INDEX.sub(INDEX, name) in known)
            or (_SHARD.search(name) is not None and _SHARD.sub(".weights.json", name) in known)
        )
        if not is_part:
            yield name
