"""Shares parts among processes; one that is killed, hangs or needs too much memory costs the row of one model."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Protocol

from weightscope.errors import UsageError, WeightscopeError
from weightscope.many.counts import Counts
from weightscope.many.rows import import_measures
from weightscope.many.work_folder import ScanPart, WorkFolder
from weightscope.many.worker import Board, State, WorkAssignment, WorkerLimits, work
from weightscope.measure.listing.row_options import RowOptions
from weightscope.measure.reading.processes import can_fork
from weightscope.source.file import import_readers
from weightscope.source.file.candidate import Candidate


class Engine(Protocol):
    """What reads parts: the processes of this machine, or a cluster."""

    def run(self, folder: WorkFolder, options: RowOptions) -> Iterator[Counts]:
        """Reads the parts that are missing in the folder; yields what is read as it is read."""


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of this machine.

    Attributes:
        count: How many.
        seconds: How long one model may take.
        memory: The bytes of data that a process may have; None for any number.
    """

    count: int
    seconds: float
    memory: int | None = None

    @property
    def limits(self) -> WorkerLimits:
        """The limits of each of them."""
        return WorkerLimits(self.memory, self.count)

    def run(self, folder: WorkFolder, options: RowOptions) -> Iterator[Counts]:
        """Yields the counts of each candidate as it is read.

        Raises:
            UsageError: The rows cannot be written.
        """
        parts = folder.missing_parts()
        import_readers()
        import_measures(options)
        workers = [_Worker(self, folder, options) for _ in range(min(self.count, folder.parts))]
        try:
            busy = [worker for worker in workers if worker.begin(parts)]
            while busy:
                for worker in _ready(busy):
                    yield from worker.step()
                    if worker.is_idle and not worker.begin(parts):
                        busy.remove(worker)
        finally:
            for worker in workers:
                worker.stop()


def _ready(workers: list[_Worker]) -> list[_Worker]:
    """Waits until a worker has news, or may have taken too long, and returns those that have."""
    next_deadline = min(worker.deadline for worker in workers)
    pipes = wait([worker.pipe for worker in workers], max(0.0, next_deadline - time.monotonic()))
    now = time.monotonic()
    return [worker for worker in workers if worker.pipe in pipes or worker.deadline <= now]


class _Worker:
    """A process that is replaced when it ends, and the part that it is at."""

    def __init__(self, settings: Processes, folder: WorkFolder, options: RowOptions) -> None:
        self._settings = settings
        self._folder = folder
        self._options = options
        self._part: ScanPart | None = None
        self._rest: tuple[Candidate, ...] = ()
        self._before = self._seen = Counts()
        self.deadline = 0.0
        self._start()

    @property
    def is_idle(self) -> bool:
        """Whether its part is finished."""
        return self._part is None

    def begin(self, parts: Iterator[ScanPart]) -> bool:
        """Takes the next part; returns whether there was one."""
        self._part = next(parts, None)
        if self._part is not None:
            self._rest, self._before = self._part.candidates, Counts()
            self._assign(0)
        return self._part is not None

    def step(self) -> Iterator[Counts]:
        """Reads the report of the process, or replaces a dead process; yields the new counts."""
        try:
            message = self.pipe.recv() if self.pipe.poll() else None
        except (EOFError, OSError):
            yield from self._replace(self._death())
            return
        if message:
            what = f"the rows cannot be written: {message}"
            raise UsageError(str(self._folder.path), what, "free disk space, and run it again with --resume")
        state = self._board.read()
        self.deadline = state.begun + self._settings.seconds
        if message is None and self.deadline <= time.monotonic():
            yield from self._replace(f"took longer than {self._settings.seconds:g} seconds (--timeout)")
            return
        yield from self._news(state)
        if state.place == len(self._rest):
            assert self._part is not None
            self._folder.finish(self._part.number, self._before.plus(state.counts))
            self._part = None

    def stop(self) -> None:
        """Ends the process. Does not wait for a process that the system cannot end."""
        self._process.kill()
        self.pipe.close()
        self._process.join(1.0)

    def _start(self) -> None:
        # a fork is ready in some milliseconds; where this process cannot be copied safely, a new one imports all again
        context = multiprocessing.get_context("fork") if can_fork() else multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self._board = Board(context.RawArray("d", Board.SIZE))
        arguments = (self.pipe, other, self._board, self._options, self._settings.limits)
        self._process: BaseProcess = context.Process(target=_run, args=arguments, daemon=True)
        self._process.start()
        other.close()
        try:
            self.pipe.recv()
        except (EOFError, OSError) as error:
            what = "a process that reads models cannot be started"
            raise WeightscopeError("weightscope scan", what, "try --jobs 1, and free some memory") from error

    def _assign(self, offset: int, fault: str | None = None) -> None:
        assert self._part is not None
        assignment = WorkAssignment(self._folder.unfinished(self._part.number), offset, self._rest, fault)
        self._seen = Counts()
        self._board.write(State(0, offset, Counts(), time.monotonic()))
        self.deadline = time.monotonic() + self._settings.seconds
        with suppress(OSError):  # it was killed when it had nothing to do
            self.pipe.send(assignment)

    def _news(self, state: State) -> Iterator[Counts]:
        yield state.counts.minus(self._seen)
        self._seen = state.counts

    def _replace(self, fault: str) -> Iterator[Counts]:
        """Starts another process, for which the candidate that this one was at is a fault."""
        self.stop()
        state = self._board.read()
        yield from self._news(state)
        self._start()
        self._rest, self._before = self._rest[state.place :], self._before.plus(state.counts)
        self._assign(state.offset, fault)

    def _death(self) -> str:
        self._process.join(1.0)
        code = self._process.exitcode or 0
        return f"the process that read it ended with {f'signal {-code}' if code < 0 else f'exit code {code}'}"


def _run(own_end: Connection, pipe: Connection, board: Board, options: RowOptions, limits: WorkerLimits) -> None:
    """Runs a worker, and closes the other end of its pipe, which a fork copies: the pipe ends with the parent."""
    own_end.close()
    work(pipe, board, options, limits)
