"""One pass over the values of variables, block by block, on every processor there is.

A block fits the cache; so does all that is made of it. What is learnt from the blocks is put together in the order of
the blocks, however many threads there are: the same file gives the same numbers, bit by bit.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.boxes import boxes

#: Measured on the 2.1 GB of eight float32 kernels, two cores, warm: a read of 1 MiB is the fastest; smaller ones pay
#: for the call, larger ones leave the cache.
READ_BYTES = 1 << 20

#: What one thread takes at a time: enough to be worth handing over, little enough to share the work evenly.
_TASK_BYTES = 8 << 20

#: More threads than these compete for memory, not for processors.
_MOST_THREADS = 8


@dataclass(frozen=True, slots=True)
class Block:
    """Some values of a variable.

    Attributes:
        selection: Where in the variable they are: a slice an axis.
        values: Of the selection's shape. Good until the next block comes: they may lie in memory that is used again.
    """

    selection: Selection
    values: Array


class Gatherer(Protocol):
    """Learns something from the blocks of one variable."""

    def add(self, block: Block) -> None:
        """Takes in one block."""

    def merge(self, later: Self) -> None:
        """Takes in what another one learnt of the blocks that follow."""


G = TypeVar("G", bound=Gatherer)

#: Called now and then with the number of bytes that were read since the last time.
Progress = Callable[[int], None]


def scan(variables: Sequence[Variable], gatherer: Callable[[Variable], G], progress: Progress | None = None) -> list[G]:
    """Returns what the values of each variable taught: a gatherer for each, which has seen all its blocks.

    Args:
        variables: What to read.
        gatherer: Makes a gatherer for a variable; several are made for a large one, and merged.
        progress: Told how many bytes were read.
    """
    found = [gatherer(variable) for variable in variables]
    with ThreadPoolExecutor(_threads()) as threads:
        waiting: deque[Future[tuple[int, list[tuple[int, G]]]]] = deque()
        try:
            for task in _tasks(variables):
                waiting.append(threads.submit(_work, task, variables, gatherer))
                if len(waiting) > 2 * _threads():
                    _take(waiting.popleft(), found, progress)
            while waiting:
                _take(waiting.popleft(), found, progress)
        except BaseException:  # an interrupt too: what was not begun is not wanted any more
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    return found


#: A run of boxes of the variable of an index; a large variable has several, and several small ones share a task.
Run = tuple[int, list[Selection]]


def _tasks(variables: Iterable[Variable]) -> Iterator[list[Run]]:
    task: list[Run] = []
    size = 0
    for index, variable in enumerate(variables):
        info = variable.info
        item_bytes = max(1, info.bytes // max(1, info.parameters))
        run: list[Selection] = []
        for box in boxes(info.shape, variable.values.chunk_shape, READ_BYTES // item_bytes):
            run.append(box)
            size += _elements(box) * item_bytes
            if size >= _TASK_BYTES:
                yield [*task, (index, run)]
                task, run, size = [], [], 0
        if run:
            task.append((index, run))
    if task:
        yield task


def _work(
    task: list[Run], variables: Sequence[Variable], gatherer: Callable[[Variable], G]
) -> tuple[int, list[tuple[int, G]]]:
    scratch = bytearray(READ_BYTES)
    size, learnt = 0, []
    for index, run in task:
        variable = variables[index]
        mine = gatherer(variable)
        for box in run:
            values = variable.read(box, scratch)
            mine.add(Block(box, values))
            size += values.nbytes
        learnt.append((index, mine))
    return size, learnt


def _take(done: Future[tuple[int, list[tuple[int, G]]]], found: list[G], progress: Progress | None) -> None:
    size, learnt = done.result()
    for index, later in learnt:
        found[index].merge(later)
    if progress is not None:
        progress(size)


def _threads() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def _elements(box: Selection) -> int:
    count = 1
    for part in box:
        count *= part.stop - part.start
    return count
