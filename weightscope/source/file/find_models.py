"""Finds what may be a saved model below folders, by name; what the others hold is decided by their reader."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from weightscope.source.bytes.location import is_far
from weightscope.source.file.candidate import (
    BESIDE_INDEX,
    FOLDER_BYTES,
    MODEL_ENDS,
    Candidate,
    is_model_folder,
    without_parts,
)
from weightscope.source.file.checkpoint.location import INDEX, TABLE_SIGNATURE, prefix_of
from weightscope.source.natural_order import natural_key

#: `**` as a whole component of a glob.
_CROSSING = re.compile(r"(?:^|(?<=/))\*\*(?:/+|$)")


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
            from weightscope.source.file.find_far_models import find_far_models  # it knows HTTP

            yield from find_far_models(path)
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
    """Yields what matches a glob; `**` enters a folder once, where `glob` follows links in circles 40 deep."""
    crossing = _CROSSING.search(pattern)
    if crossing is None:
        yield from glob.iglob(pattern)  # noqa: PTH207 - Path.glob takes no absolute patterns
        return
    before, after = pattern[: crossing.start()], pattern[crossing.end() :]
    for top in glob.iglob(before) if before else ("",):  # noqa: PTH207
        for folder in _folders_from(top):
            yield from _matches(glob.escape(folder) + after) if after else (folder or os.curdir,)


def _folders_from(top: str) -> Iterator[str]:
    """Yields a folder and those below it, each once and by its shortest path; hidden ones only where they are named."""
    entered: set[tuple[int, int]] = set()
    waiting = deque([top])
    while waiting:
        folder = waiting.popleft()
        try:
            key = _identity(folder or os.curdir)
            if key in entered:
                continue
            entered.add(key)
            with os.scandir(folder or os.curdir) as entries:
                names = sorted(one.name for one in entries if not one.name.startswith(".") and one.is_dir())
        except OSError:  # as a glob does: what cannot be read matches nothing
            continue
        yield folder
        waiting.extend(f"{folder}{name}/" for name in names)


class _Walk:
    """Goes through folders, each of them once, and yields a file that is named twice once."""

    def __init__(self) -> None:
        self._folders: set[tuple[int, int]] = set()
        self._named: set[str] = set()

    def named(self, path: str) -> Iterator[Candidate]:
        """Yields a file, or what is in a folder."""
        whole = _absolute(path)
        if whole in self._named:
            return
        self._named.add(whole)
        if os.path.isdir(path):  # noqa: PTH112 - a string, as below
            yield from self._below(path)
        elif os.path.lexists(path):
            if _identity(os.path.dirname(whole)) in self._folders:  # noqa: PTH120
                return  # it was found below a folder
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
            if is_model_folder(set(names)):
                yield Candidate(folder, FOLDER_BYTES)
                continue
            below = []
            with_data = {BESIDE_INDEX.sub(INDEX, name) for name in names if BESIDE_INDEX.search(name)}
            for name in without_parts(names):
                path = os.path.join(folder, name)  # noqa: PTH118 - a hundred thousand of them
                if os.path.isdir(path):  # noqa: PTH112
                    below.append(path)
                elif _absolute(path) not in self._named:
                    yield from _file(path, name.lower().endswith(MODEL_ENDS) or name in with_data)
            folders += reversed(below)

    def _is_new(self, folder: str) -> bool:
        key = _identity(folder)
        is_new = key not in self._folders
        self._folders.add(key)
        return is_new


def _absolute(path: str) -> str:
    """Returns an absolute path in which no link is resolved; a relative one if the working directory was deleted."""
    try:
        return os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links
    except FileNotFoundError:
        return os.path.normpath(path)


def _identity(folder: str) -> tuple[int, int]:
    found = os.stat(folder)  # noqa: PTH116
    return found.st_dev, found.st_ino


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
