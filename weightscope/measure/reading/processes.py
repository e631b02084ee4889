"""Shares work among processes, which are forked for it and end with it.

Threads share one interpreter, which lets one of them at a time into Python: two took 0.8 s for what one did in 1.0 s,
two processes take 0.5 s.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_OWN_THREADS = Path("/proc/self/task")

#: More threads than these compete for memory, not for processors.
_MOST_PROCESSORS = 8

_allowed = _MOST_PROCESSORS


def use_processors(most: int) -> None:
    """Lets this process compute on so many processors at most: the others are taken by processes like this one."""
    global _allowed
    _allowed = most


def processors() -> int:
    """Returns how many processors this process may compute on."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _allowed)


def can_fork() -> bool:
    """Returns whether this process can be copied safely: it runs on Linux, and has no thread but this one.

    A fork copies no other thread, and what one had locked (a library's memory, its queues) would stay locked. The
    command line has one thread, since it sets OPENBLAS_NUM_THREADS before numpy is imported. A Python program has one
    where this variable was set to 1 in time, and nothing else started a thread (TensorFlow does); a notebook has more.
    """
    return sys.platform == "linux" and _OWN_THREADS.is_dir() and len(list(_OWN_THREADS.iterdir())) == 1


def in_processes(tasks: Sequence[Task], work: Callable[[Task], Result], processes: int) -> Iterator[Result]:
    """Yields the result of `work` for each task, in the order of the tasks; stops when it is closed.

    A task that failed in a process, or whose result could not be sent, is repeated in this process, which raises its
    error.

    Args:
        tasks: Handed out in turn, so that each process has its share of any part of them.
        work: Its results can be pickled.
        processes: How many, at least 1.
    """
    workers = [_start(tasks[first::processes], work) for first in range(min(processes, len(tasks)))]
    try:
        for number, task in enumerate(tasks):
            _, pipe = workers[number % len(workers)]
            try:
                result: Result = pickle.load(pipe)
            except (EOFError, pickle.UnpicklingError):
                result = work(task)
            yield result
    finally:
        for process, pipe in workers:
            pipe.close()
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _start(tasks: Sequence[Task], work: Callable[[Task], Result]) -> tuple[int, BinaryIO]:
    """Returns the id of a new process, and the pipe that its results come from."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt ends the child silently: the parent reports it
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            for task in tasks:
                pickle.dump(work(task), pipe, pickle.HIGHEST_PROTOCOL)
                pipe.flush()
    finally:
        os._exit(0)
