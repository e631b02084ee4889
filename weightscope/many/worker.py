"""The process that reads the models of one part after the other, and writes their rows to the given place."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
from collections.abc import MutableSequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from weightscope.many.counts import Counts
from weightscope.many.rows import answer, failure
from weightscope.measure.listing.row_options import RowOptions
from weightscope.measure.reading.processes import use_processors
from weightscope.source.bytes.far.connections import share_connections
from weightscope.source.bytes.far.traffic import on_traffic
from weightscope.source.file.candidate import Candidate

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

#: PR_SET_PDEATHSIG of linux/prctl.h.
_SET_PARENT_DEATH_SIGNAL = 1

#: Seconds between two reports: each wakes the process that waits for it.
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class WorkAssignment:
    """What a worker is to do.

    Attributes:
        file: Where the rows go.
        offset: The bytes of it that are rows of candidates before these.
        candidates: What to read.
        fault: Why the first candidate cannot be read: the worker before did not survive it.
    """

    file: Path
    offset: int
    candidates: tuple[Candidate, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How far a worker is with its assignment.

    Attributes:
        place: How many of its candidates are done.
        offset: The bytes of the file up to and with their rows.
        counts: What was read.
        begun: When it began with the next one, as `time.monotonic` has it.
    """

    place: int
    offset: int
    counts: Counts
    begun: float


class Board:
    """Where a worker writes its state and the process that started it reads it, also after the worker was killed.

    A message for each model would cost as much as a sixth of reading it.
    """

    #: The numbers of a state.
    SIZE = 7

    def __init__(self, shared: MutableSequence[float]) -> None:
        self._shared = shared

    def write(self, state: State) -> None:
        """Replaces the state."""
        counts = state.counts
        numbers = (counts.candidates, counts.models, counts.failed, counts.rows, state.offset, state.begun, state.place)
        self._shared[:] = numbers

    def read(self) -> State:
        """Returns the state; while the worker runs, its numbers may be of two states."""
        *counts, offset, begun, place = self._shared
        return State(int(place), int(offset), Counts(*map(int, counts)), begun)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """The limits of a worker process.

    Attributes:
        memory: The bytes of data that its process may have; None for any number.
        processes: How many processes share the connections to servers.
    """

    memory: int | None
    processes: int


def work(pipe: Connection, board: Board, options: RowOptions, limits: WorkerLimits) -> None:
    """Reads the assignments that come through the pipe, until it is closed.

    Args:
        pipe: Assignments come from it. What goes to it is empty when there is news on the board, and else the reason
            why rows cannot be written.
        board: Where its state goes.
        options: What the rows hold.
        limits: The limits of this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    _end_with_parent()
    use_processors(1)
    share_connections(limits.processes)
    on_traffic.set(None)  # the process that started this one says how far all are
    gc.freeze()  # what was imported stays: with every search of it for garbage, a model costs 4 % more
    _bound_memory(limits.memory)
    with contextlib.suppress(EOFError, BrokenPipeError):
        pipe.send("")
        while True:
            assignment: WorkAssignment = pipe.recv()
            try:
                _write(assignment, options, pipe, board)
            except BrokenPipeError:
                raise
            except OSError as error:
                pipe.send(error.strerror or str(error))


def _write(assignment: WorkAssignment, options: RowOptions, pipe: Connection, board: Board) -> None:
    fault, counts, offset, reported = assignment.fault, Counts(), assignment.offset, time.monotonic()
    with assignment.file.open("ab", buffering=0) as file:
        file.truncate(offset)
        for place, candidate in enumerate(assignment.candidates, 1):
            found = answer(candidate, options) if fault is None else failure(candidate.location, fault, options)
            fault = None
            _write_whole(file.fileno(), found.text)
            counts, offset, now = counts.plus(found.counts), offset + len(found.text), time.monotonic()
            board.write(State(place, offset, counts, now))
            if now - reported > _PAUSE and place < len(assignment.candidates):
                reported = now
                pipe.send("")
        os.fsync(file.fileno())
    pipe.send("")


def _write_whole(descriptor: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _end_with_parent() -> None:
    """Lets the system kill this process when the one that started it ends, by whatever signal.

    On other systems than Linux, it ends with the candidates that it has.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _bound_memory(memory: int | None) -> None:
    if resource is not None and memory is not None:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))
