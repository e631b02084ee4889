"""The files that a saved model consists of, by their names: a model that is damaged has parts, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from weightscope.errors import FileError
from weightscope.source.bytes.location import is_far
from weightscope.source.file.checkpoint.location import INDEX, STATE
from weightscope.source.file.keras3.weights_h5 import shard_names

#: Files and folders that are a model in a folder, or parts of one; `**` stands for any depth.
_IN_FOLDER = (
    *("config.json", "metadata.json", "*.weights.json", "*.weights.npz", "*.keras", "*.h5", "*.hdf5"),
    *("saved_model.pb", "saved_model.pbtxt", "keras_metadata.pb", "fingerprint.pb"),
    *(STATE, f"*{INDEX}", "*.meta", "*.data-?????-of-?????"),
    *("variables/**/*", "assets/**/*", "assets.extra/**/*"),
)

_OF_CHECKPOINT = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")


def parts_of(location: str) -> Iterator[Path]:
    """Yields the files of the saved model at `location`; those that are missing may be among them."""
    if is_far(location):
        return
    path = Path(location)
    if path.is_dir():
        yield from _in_folder(path)
        return
    yield path
    if path.suffix == ".json":
        with suppress(FileError, OSError):
            yield from map(path.with_name, shard_names(path, location))
    if path.name in ("saved_model.pb", "saved_model.pbtxt"):
        yield from _in_folder(path.parent)
    if path.name == STATE or _OF_CHECKPOINT.search(path.name) or not path.exists():
        yield from _of_checkpoint(path)


def _in_folder(folder: Path) -> Iterable[Path]:
    for pattern in _IN_FOLDER:
        yield from folder.glob(pattern)


def _of_checkpoint(path: Path) -> Iterator[Path]:
    """Yields the files of the checkpoint that `path` is a file or the prefix of; for the state file, all beside it."""
    prefix = _OF_CHECKPOINT.sub("", path.name)
    for beside in path.parent.glob("*"):
        if beside.name == STATE or (
            _OF_CHECKPOINT.search(beside.name) and prefix in (STATE, _OF_CHECKPOINT.sub("", beside.name))
        ):
            yield beside
    if path.parent.name == "variables":  # the checkpoint of a SavedModel
        yield from _in_folder(path.parent.parent)
