"""One pass over the values of variables, block by block, on every processor there is.

A block fits the cache; so does all that is made of it. What is learnt from the blocks is put together in the order of
the blocks, however many threads there are: the same file gives the same numbers, bit by bit.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.boxes import boxes
from weightscope.measure.processes import can_fork, in_processes

#: Measured on the 2.1 GB of eight float32 kernels, two cores, warm: a read of 1 MiB is the fastest; smaller ones pay
#: for the call, larger ones leave the cache.
READ_BYTES = 1 << 20

#: What one thread takes at a time: enough to be worth handing over, little enough to share the work evenly.
TASK_BYTES = 8 << 20

#: More threads than these compete for memory, not for processors.
_MOST_PROCESSORS = 8

#: Each process takes some 20 MiB for itself, and all together are to stay within 150.
_MOST_PROCESSES = 4

#: Less than this is read before a second process is of use.
_FORK_BYTES = 64 << 20


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


#: A run of boxes of the variable of an index; a large variable has several, and several small ones share a task.
Run = tuple[int, list[Selection]]

#: How many bytes a task read, and what each of its runs taught.
Learnt = tuple[int, list[tuple[int, G]]]


def scan(
    variables: Sequence[Variable],
    gatherer: Callable[[Variable], G],
    progress: Progress | None = None,
    *,
    may_fork: bool = False,
) -> list[G]:
    """Returns what the values of each variable taught: a gatherer for each, which has seen all its blocks.

    Args:
        variables: What to read.
        gatherer: Makes a gatherer for a variable; several are made for a large one, and merged.
        progress: Called with the number of bytes read since the last call.
        may_fork: Whether much may be read by several processes: gatherers can be pickled and share nothing.

    Raises:
        NoValuesError: One has no values; nothing was read then.
    """
    for variable in variables:
        if not variable.has_values:
            variable.read()
    found = [gatherer(variable) for variable in variables]
    tasks = list(_tasks(variables))

    def work(task: list[Run]) -> Learnt[G]:
        return _work(task, variables, gatherer)

    with closing(_results(tasks, work, may_fork=may_fork and _is_worth_forking(variables))) as results:
        for size, learnt in results:
            for index, later in learnt:
                found[index].merge(later)
            if progress is not None:
                progress(size)
    return found


def _results(
    tasks: list[list[Run]], work: Callable[[list[Run]], Learnt[G]], *, may_fork: bool
) -> Generator[Learnt[G], None, None]:
    if may_fork and can_fork():
        yield from in_processes(tasks, work, min(_processors(), _MOST_PROCESSES))
        return
    with ThreadPoolExecutor(_processors()) as threads:
        waiting: deque[Future[Learnt[G]]] = deque()
        try:
            for task in tasks:
                waiting.append(threads.submit(work, task))
                if len(waiting) > 2 * _processors():
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:  # an interrupt too: what was not begun is not wanted any more
            threads.shutdown(wait=True, cancel_futures=True)
            raise


def _is_worth_forking(variables: Sequence[Variable]) -> bool:
    """Tells whether there is much to read, all of it stored plainly: to unpack chunks, threads do as well."""
    return sum(variable.info.bytes for variable in variables) >= _FORK_BYTES and all(
        variable.values.chunk_shape is None for variable in variables
    )


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
            if size >= TASK_BYTES:
                yield [*task, (index, run)]
                task, run, size = [], [], 0
        if run:
            task.append((index, run))
    if task:
        yield task


def _work(task: list[Run], variables: Sequence[Variable], gatherer: Callable[[Variable], G]) -> Learnt[G]:
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


def _processors() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_PROCESSORS)


def _elements(box: Selection) -> int:
    count = 1
    for part in box:
        count *= part.stop - part.start
    return count
