"""The folder beside an output file in which a run keeps its plan and its finished parts, so that it can be resumed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weightscope.errors import UsageError, cannot_be_written
from weightscope.many.counts import Counts
from weightscope.many.journal import Finished, checksum, read_journal
from weightscope.source.file.candidate import Candidate

#: A part ends when it has so many candidates, or so many bytes: what is lost and done again when a run is killed.
PART_CANDIDATES, PART_BYTES = 50, 256 << 20

#: Bytes of rows that are handed on at once.
_PIECE_BYTES = 1 << 20

_PLAN, _CANDIDATES, _JOURNAL = "plan.json", "candidates.jsonl", "finished.jsonl"


@dataclass(frozen=True, slots=True)
class ScanPart:
    """Some candidates, one after the other, whose rows are one file.

    Attributes:
        number: Its place in the table.
        candidates: What to read.
    """

    number: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """The folder of one run.

    Attributes:
        path: Where it is.
        parts: How many parts the table has.
        candidates: How many candidates they have together.
    """

    path: Path
    parts: int
    candidates: int

    @classmethod
    def begin(cls, path: Path, plan: dict[str, Any], candidates: Iterable[Candidate]) -> WorkFolder:
        """Makes the folder anew, and writes down what there is to do.

        Args:
            path: Where; what is there is removed.
            plan: What the run was asked for, as JSON: it must be the same to resume it.
            candidates: What to read, in the order of the table.

        Raises:
            UsageError: It cannot be written, or holds what no scan wrote, which is not removed.
        """
        try:
            if path.is_dir() and not all(map(_is_of_scan, path.iterdir())):
                raise UsageError(str(path), "the folder holds files that no scan wrote", "-o ANOTHER_FILE")
            return cls._begun(path, plan, candidates)
        except OSError as error:
            raise cannot_be_written(str(path), error) from error

    @classmethod
    def _begun(cls, path: Path, plan: dict[str, Any], candidates: Iterable[Candidate]) -> WorkFolder:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        parts = count = 0
        with (path / _CANDIDATES).open("w", encoding="ascii") as file:
            for some in _in_parts(candidates):
                file.write(json.dumps([_fields(one) for one in some]) + "\n")
                parts, count = parts + 1, count + len(some)
            file.flush()
            os.fsync(file.fileno())
        written = {"plan": plan, "parts": parts, "candidates": count, "checksum": checksum(path / _CANDIDATES)}
        unfinished = path / f"{_PLAN}.new"
        unfinished.write_text(json.dumps(written), encoding="utf-8")
        unfinished.replace(path / _PLAN)
        return cls(path, parts, count)

    @classmethod
    def resume(cls, path: Path, plan: dict[str, Any]) -> WorkFolder | None:
        """Returns the folder of a run that did not end; None if there is none, or it had not begun to read.

        Raises:
            UsageError: It was asked for something else.
        """
        try:
            written = json.loads((path / _PLAN).read_text(encoding="utf-8"))
            before, parts, candidates = dict(written["plan"]), int(written["parts"]), int(written["candidates"])
            if written["checksum"] != checksum(path / _CANDIDATES):
                return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):  # it is damaged
            return None
        wanted = json.loads(json.dumps(plan))
        if before != wanted:
            changed = ", ".join(name for name in wanted if before.get(name) != wanted[name])
            what = f"it was begun with other options ({changed})"
            raise UsageError(str(path), what, "give the same, or begin anew with --force")
        folder = cls(path, parts, candidates)
        try:
            folder._remove_damaged()
        except OSError as error:
            raise cannot_be_written(str(path), error) from error
        return folder

    def _remove_damaged(self) -> None:
        """Keeps the parts that are as they were written; the others are read again."""
        found = read_journal(self.path / _JOURNAL)
        whole = {number: one for number, one in found.items() if one.checksum == checksum(self._finished(number))}
        kept = set(map(self._finished, whole))
        for part in self.path.glob("part-*"):
            if part not in kept:
                part.unlink()
        journal = "".join(one.line(number) for number, one in whole.items())
        (self.path / _JOURNAL).write_text(journal, encoding="ascii")

    def missing_parts(self) -> Iterator[ScanPart]:
        """Yields the parts that are not finished."""
        finished = read_journal(self.path / _JOURNAL)
        with (self.path / _CANDIDATES).open(encoding="ascii") as file:
            for number, line in enumerate(file):
                if number not in finished:
                    yield ScanPart(number, tuple(Candidate(*one) for one in json.loads(line)))

    def keep(self, number: int, text: bytes, counts: Counts) -> None:
        """Writes and keeps the rows of a part.

        Raises:
            UsageError: They cannot be written.
        """
        try:
            self.unfinished(number).write_bytes(text)
        except OSError as error:
            raise cannot_be_written(str(self.path), error, "free disk space, and run it again with --resume") from error
        self.finish(number, counts)

    def finish(self, number: int, counts: Counts) -> None:
        """Keeps the rows of a part: it is finished.

        Raises:
            UsageError: That cannot be written.
        """
        try:
            self.unfinished(number).replace(self._finished(number))
            with (self.path / _JOURNAL).open("a", encoding="ascii") as file:
                file.write(Finished(checksum(self._finished(number)), counts).line(number))
        except OSError as error:
            raise cannot_be_written(str(self.path), error, "free disk space, and run it again with --resume") from error

    def counts(self) -> Counts:
        """Returns what the finished parts have together."""
        total = Counts()
        for one in read_journal(self.path / _JOURNAL).values():
            total = total.plus(one.counts)
        return total

    def has_finished(self, number: int) -> bool:
        """Whether the rows of a part are there."""
        return number < self.parts and self._finished(number).exists()

    def rows(self, number: int) -> Iterator[bytes]:
        """Yields the rows of a finished part, some whole lines of JSON at a time."""
        with self._finished(number).open("rb") as file:
            while lines := file.readlines(_PIECE_BYTES):
                yield b"".join(lines)

    def _finished(self, number: int) -> Path:
        return self.path / f"part-{number:07}.jsonl"

    def unfinished(self, number: int) -> Path:
        """Returns where this process, or one that it started, puts the rows of a part that is not finished."""
        return self.path / f"part-{number:07}.{os.getpid()}"

    def remove(self) -> None:
        """Removes the folder, when its table is whole."""
        with suppress(OSError):
            shutil.rmtree(self.path)


def _is_of_scan(path: Path) -> bool:
    return path.name.startswith("part-") or path.name.removesuffix(".new") in (_PLAN, _CANDIDATES, _JOURNAL)


def _fields(candidate: Candidate) -> tuple[Any, ...]:
    """Returns the fields of a candidate; `astuple` would copy each value, of a hundred thousand candidates."""
    return candidate.location, candidate.bytes, candidate.is_model, candidate.error


def _in_parts(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    part: list[Candidate] = []
    size = 0
    for one in candidates:
        part.append(one)
        size += one.bytes
        if len(part) >= PART_CANDIDATES or size >= PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
