"""Scans many models: lists them, lets an engine read what is not read yet, and yields the rows in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from weightscope.errors import FileError, UsageError
from weightscope.many.counts import Counts
from weightscope.many.pool import Engine
from weightscope.many.work_folder import WorkFolder
from weightscope.measure.listing.row_options import RowOptions
from weightscope.source.bytes.location import check_has_no_secret
from weightscope.source.file.find_models import find_models, is_there
from weightscope.source.file.identify import identify

#: Called with what was read so far, now and then.
ShowCounts = Callable[[Counts], None]


def open_folder(
    path: Path, paths: Sequence[str], options: RowOptions, *, resume: bool = False, force: bool = False
) -> WorkFolder:
    """Returns the folder to work in: a new one with a list of all candidates, or that of a run that did not end.

    Args:
        path: Where it is.
        paths: Files, folders and globs.
        options: What the rows hold.
        resume: Whether to go on where a run stopped; without one, it begins.
        force: Whether what such a run left is removed.

    Raises:
        FileError: None of the paths exists, or one is an address with a secret.
        UsageError: A run that did not end left its folder, or it was asked for something else.
    """
    for one in paths:
        check_has_no_secret(one)
    plan = {"paths": list(paths), **asdict(options), "version": version("keras-weightscope")}
    found = WorkFolder.resume(path, plan) if resume else None
    if found is not None:
        return found
    if path.exists() and not (resume or force):
        raise UsageError(str(path), "a scan that did not end left this", "--resume goes on, --force begins anew")
    if not any(map(is_there, paths)):
        identify(paths[0])  # raises what is wrong with it
    return WorkFolder.begin(path, plan, find_models(paths))


class Reading:
    """Reads what is not read yet in a folder, and yields the rows in their order, some whole lines of JSON at a time.

    Attributes:
        counts: What the parts have that are read.
    """

    def __init__(self, folder: WorkFolder, options: RowOptions, engine: Engine, show: ShowCounts) -> None:
        self.counts = folder.counts()
        self._folder = folder
        self._options = options
        self._engine = engine
        self._show = show

    def __iter__(self) -> Iterator[bytes]:
        """Yields the rows of a part when it and those before it are read.

        Raises:
            FileError: There is not one model.
            UsageError: The rows cannot be written.
        """
        number = 0
        for read in self._engine.run(self._folder, self._options):
            self.counts = self.counts.plus(read)
            self._show(self.counts)
            while self._folder.has_finished(number):
                yield from self._folder.rows(number)
                number += 1
        while self._folder.has_finished(number):  # where all was read before
            yield from self._folder.rows(number)
            number += 1
        if self.counts.models == 0:
            self._folder.remove()
            what = f"no saved model among {self.counts.candidates:,} files"
            raise FileError("weightscope scan", what, "name files, folders or globs: 'models/**/*.keras'")
