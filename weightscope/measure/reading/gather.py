"""One pass over the values of variables, block by block, on every processor there is.

A block and all that is computed from it fit the cache. The results of blocks are merged in the order of the blocks,
with any number of threads: the same file gives the same numbers, bit by bit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol, Self, TypeVar

from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.reading.blocks import block_selections
from weightscope.measure.reading.fetching import fetch_together
from weightscope.measure.reading.processes import can_fork, in_processes, processors

#: Measured on the 2.1 GB of eight float32 kernels, two cores, warm: a read of 1 MiB is the fastest; smaller ones pay
#: for the call, larger ones leave the cache.
READ_BYTES = 1 << 20

#: The bytes of a thread's task: enough to be worth the overhead, few enough to share the work evenly.
TASK_BYTES = 8 << 20

#: The most runs of a task: the gatherers of a hundred thousand small variables are not in memory at the same time.
_MOST_RUNS = 128

#: Each process takes some 20 MiB for itself, and all together are to stay within 150.
_MOST_PROCESSES = 4

#: Threads that wait for the bytes of far files, and that compute with them: a network is slower than two processors,
#: and each thread that computes takes some 10 MiB.
_FETCHING, _COMPUTING = 2, 2

#: Less than this is read before a second process is of use.
_FORK_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Some values of a variable.

    Attributes:
        selection: Their position in the variable: a slice for each axis.
        values: An array of the selection's shape, valid until the next block: its memory may be reused.
    """

    selection: Selection
    values: Array


class Gatherer(Protocol):
    """Gathers results from the blocks of one variable."""

    def add(self, block: Block) -> None:
        """Takes in one block."""

    def settle(self) -> None:
        """Frees the memory that only `add` needs; called after the last block."""
        return  # most need none

    def merge(self, later: Self) -> None:
        """Merges the results of the blocks that follow."""


G = TypeVar("G", bound=Gatherer)
Task = TypeVar("Task")
Result = TypeVar("Result")

#: Called now and then with the number of bytes that were read since the last time.
Progress = Callable[[int], None]


#: A run of boxes of the variable of an index; a large variable has several, and several small ones share a task.
BlockRun = tuple[int, list[Selection]]

#: The bytes that a task read, and the gatherer of each of its runs.
Learnt = tuple[int, list[tuple[int, G]]]


def gather(
    variables: Sequence[Variable],
    gatherer: Callable[[int], G],
    progress: Progress | None = None,
    *,
    may_fork: bool = False,
) -> list[G]:
    """Returns a gatherer for each variable, which has taken in all blocks of the variable.

    Arguments and errors are those of `gather_each`.
    """
    return list(gather_each(variables, gatherer, progress, may_fork=may_fork))


def gather_each(
    variables: Sequence[Variable],
    gatherer: Callable[[int], G],
    progress: Progress | None = None,
    *,
    may_fork: bool = False,
) -> Iterator[G]:
    """Yields a gatherer for each variable in turn, which has taken in all blocks of the variable.

    Args:
        variables: The variables to read.
        gatherer: Makes a gatherer for the variable at a place; several are made for a large one, and merged.
        progress: Called with the number of bytes read since the last call.
        may_fork: Whether several processes may read: gatherers can be pickled and share nothing.

    Raises:
        NoValuesError: A variable has no values; then none is read.
    """
    _check_values(variables)
    done, mine = 0, None  # how many are done, and the gatherer of the next one once a block of it came
    for index, later in _gathered(variables, gatherer, progress, may_fork=may_fork):
        while done < index:
            yield mine or gatherer(done)
            done, mine = done + 1, None
        if mine is None:
            mine = later
        else:
            mine.merge(later)
    while done < len(variables):
        yield mine or gatherer(done)
        done, mine = done + 1, None


def _gathered(
    variables: Sequence[Variable], gatherer: Callable[[int], G], progress: Progress | None, *, may_fork: bool
) -> Iterator[tuple[int, G]]:
    """Yields a gatherer for each run of blocks, with the index of its variable, in the order of the blocks."""

    def work(task: list[BlockRun]) -> Learnt[G]:
        return _work(task, variables, gatherer)

    def fetch(task: list[BlockRun]) -> list[BlockRun]:
        fetch_together((variables[index], box) for index, run in task for box in run)
        return task

    tasks, threads = _tasks(variables), processors()
    is_far = any(variable.fetcher is not None for variable in variables)
    if is_far:
        tasks, threads = in_threads(tasks, fetch, _FETCHING, _FETCHING), min(threads, _COMPUTING)
    may_fork = may_fork and not is_far and _is_worth_forking(variables)
    with closing(_results(tasks, work, threads, may_fork=may_fork)) as results:
        for size, learnt in results:
            yield from learnt
            if progress is not None:
                progress(size)


def _check_values(variables: Sequence[Variable]) -> None:
    for variable in variables:
        if not variable.has_values:
            variable.read()  # raises the reason


def _results(
    tasks: Iterator[list[BlockRun]], work: Callable[[list[BlockRun]], Learnt[G]], most: int, *, may_fork: bool
) -> Generator[Learnt[G], None, None]:
    first = list(islice(tasks, 2))
    tasks = chain(first, tasks)
    if most == 1 or len(first) < 2:
        yield from map(work, tasks)
        return
    if may_fork and can_fork():
        yield from in_processes(list(tasks), work, min(processors(), _MOST_PROCESSES))
        return
    yield from in_threads(tasks, work, most, 2 * most)


def in_threads(
    tasks: Iterable[Task], work: Callable[[Task], Result], most: int, ahead: int
) -> Generator[Result, None, None]:
    """Yields what `work` returns for each task, in the order of the tasks.

    Args:
        tasks: They are taken when they are needed.
        work: Called in several threads.
        most: How many threads.
        ahead: How many tasks are begun before the result of the first is asked for.
    """
    with ThreadPoolExecutor(most) as threads:
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                waiting.append(threads.submit(work, task))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:  # also on an interrupt: tasks that have not begun are cancelled
            threads.shutdown(wait=True, cancel_futures=True)
            raise


def _is_worth_forking(variables: Sequence[Variable]) -> bool:
    """Whether there is much to read and all of it is stored contiguously: to unpack chunks, threads suffice."""
    return sum(variable.info.bytes for variable in variables) >= _FORK_BYTES and all(
        variable.values.chunk_shape is None for variable in variables
    )


def _tasks(variables: Iterable[Variable]) -> Iterator[list[BlockRun]]:
    task: list[BlockRun] = []
    size = 0
    for index, variable in enumerate(variables):
        info = variable.info
        item_bytes = max(1, info.bytes // max(1, info.parameters))
        run: list[Selection] = []
        for box in block_selections(info.shape, variable.values.chunk_shape, READ_BYTES // item_bytes):
            run.append(box)
            size += _elements(box) * item_bytes
            if size >= TASK_BYTES:
                yield [*task, (index, run)]
                task, run, size = [], [], 0
        if run:
            task.append((index, run))
        if len(task) >= _MOST_RUNS:
            yield task
            task, size = [], 0
    if task:
        yield task


def _work(task: list[BlockRun], variables: Sequence[Variable], gatherer: Callable[[int], G]) -> Learnt[G]:
    scratch = bytearray(READ_BYTES)
    size, learnt = 0, []
    for index, run in task:
        variable = variables[index]
        mine = gatherer(index)
        for box in run:
            values = variable.read(box, scratch)
            mine.add(Block(box, values))
            size += values.nbytes
        mine.settle()
        learnt.append((index, mine))
    return size, learnt


def _elements(box: Selection) -> int:
    count = 1
    for part in box:
        count *= part.stop - part.start
    return count
