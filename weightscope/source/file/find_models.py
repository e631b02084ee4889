"""Finds what may be a saved model below folders, by name; what the others hold is decided by their reader."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from weightscope.source.bytes.location import is_far
from weightscope.source.file.checkpoint.location import INDEX, STATE, TABLE_SIGNATURE, prefix_of
from weightscope.source.natural_order import natural_key

#: The ends of the names of models: a file with one of them that cannot be read is an error, not another file.
MODEL_ENDS = (".keras", ".h5", ".hdf5", ".weights.json", ".npz", ".safetensors")

#: Files that make a folder a model: one of each line.
_MODEL_FOLDERS = (
    ({"saved_model.pb", "saved_model.pbtxt"},),
    ({"config.json"}, {"model.weights.h5", "model.weights.npz"}),
)

#: The size of a folder is not known before it is read; it counts as much as this.
FOLDER_BYTES = 16 << 20

_SHARD = re.compile(r"_\d{5}\.weights\.h5$")
_BESIDE_INDEX = re.compile(r"\.(data-\d{5}-of-\d{5}|meta)$")


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


def find_models(paths: Sequence[str]) -> Iterator[Candidate]:
    """Yields what may be a saved model, in natural order: the paths, and what is below those that are folders.

    Links are followed, and a folder is entered once, so that links in circles end. What is no regular file is not
    opened. A path that does not exist is a candidate that cannot be read.

    Args:
        paths: Files, folders, globs (`**` crosses folders).
    """
    walk = _Walk()
    for path in paths:
        if is_far(path):
            yield Candidate(path)
            continue
        if os.path.lexists(path) or not glob.has_magic(path):
            yield from walk.named(path)
            continue
        matches = sorted(_matches(path), key=natural_key)
        for match in matches:
            yield from walk.named(match)
        if not matches:
            yield Candidate(path, error="no file or folder has a name that matches")


def is_there(path: str) -> bool:
    """Whether a path, a checkpoint or a glob leads to something."""
    if is_far(path) or os.path.lexists(path) or prefix_of(Path(path)) is not None:
        return True
    return glob.has_magic(path) and next(_matches(path), None) is not None


def _matches(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute patterns


class _Walk:
    """Goes through folders, each of them once, and yields a file that is named twice once."""

    def __init__(self) -> None:
        self._folders: set[tuple[int, int]] = set()
        self._named: set[str] = set()

    def named(self, path: str) -> Iterator[Candidate]:
        """Yields a file, or what is in a folder."""
        whole = os.path.abspath(path)  # noqa: PTH100 - no link is resolved
        if whole in self._named:
            return
        self._named.add(whole)
        if os.path.isdir(path):  # noqa: PTH112 - a string, as below
            yield from self._below(path)
        elif os.path.lexists(path):
            yield from _file(path, path.lower().endswith((*MODEL_ENDS, INDEX)))
        else:
            yield Candidate(path)

    def _below(self, top: str) -> Iterator[Candidate]:
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                if not self._is_new(folder):
                    continue
                with os.scandir(folder) as found:
                    names = sorted((entry.name for entry in found), key=natural_key)
            except OSError as error:
                yield Candidate(folder, error=f"cannot be read: {error.strerror or error}")
                continue
            if _is_model(set(names)):
                yield Candidate(folder, FOLDER_BYTES)
                continue
            below = []
            with_data = {_BESIDE_INDEX.sub(INDEX, name) for name in names if _BESIDE_INDEX.search(name)}
            for name in _without_parts(names):
                path = os.path.join(folder, name)  # noqa: PTH118 - a hundred thousand of them
                if os.path.isdir(path):  # noqa: PTH112
                    below.append(path)
                elif os.path.abspath(path) not in self._named:  # noqa: PTH100
                    yield from _file(path, name.lower().endswith(MODEL_ENDS) or name in with_data)
            folders += reversed(below)

    def _is_new(self, folder: str) -> bool:
        found = os.stat(folder)  # noqa: PTH116
        key = (found.st_dev, found.st_ino)
        is_new = key not in self._folders
        self._folders.add(key)
        return is_new


def _is_model(names: set[str]) -> bool:
    return any(all(names & choice for choice in needed) for needed in _MODEL_FOLDERS)


def _without_parts(names: Sequence[str]) -> Iterator[str]:
    """Yields the names of a folder without those of files that are a part of the model beside them."""
    known = set(names)
    has_index = any(name.endswith(INDEX) for name in names)
    for name in names:
        is_part = (
            (name == STATE and has_index)
            or (_BESIDE_INDEX.search(name) is not None and _BESIDE_INDEX.sub(INDEX, name) in known)
            or (_SHARD.search(name) is not None and _SHARD.sub(".weights.json", name) in known)
        )
        if not is_part:
            yield name


def _file(path: str, is_model: bool) -> Iterator[Candidate]:
    """Yields a file if it is a regular one, or named as a model is; an index of a checkpoint as the checkpoint."""
    try:
        found = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(found.st_mode):
            if is_model:
                yield Candidate(path, error="this is no regular file")
        elif not path.endswith(INDEX):
            yield Candidate(path, found.st_size, is_model)
        elif is_model or _is_index(path, found.st_size):
            yield Candidate(path.removesuffix(INDEX), FOLDER_BYTES)
    except OSError as error:  # a link that leads nowhere, or a file that is gone
        if is_model:
            yield Candidate(path, error=f"cannot be read: {error.strerror or error}")


def _is_index(path: str, size: int) -> bool:
    """Whether a file ends as the index of a checkpoint does; libraries of other things have indices too."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        return os.pread(descriptor, len(TABLE_SIGNATURE), max(0, size - len(TABLE_SIGNATURE))) == TABLE_SIGNATURE
    finally:
        os.close(descriptor)
