"""Reads parts on a Dask cluster: the same code as on one machine, in batches of a second or more.

A worker that is killed costs nothing: Dask runs its batch elsewhere. A model that kills every worker, or takes too
long, costs its row.
"""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weightscope.errors import UsageError, WeightscopeError
from weightscope.many.counts import Counts
from weightscope.many.rows import CandidateRows, answer, failure
from weightscope.many.work_folder import ScanPart, WorkFolder
from weightscope.measure.listing.row_options import RowOptions
from weightscope.measure.reading.processes import use_processors
from weightscope.source.file.candidate import Candidate

if TYPE_CHECKING:
    from distributed import Client, Future

_INSTALL = "pip install distributed, or in a clone of weightscope: pip install '.[cluster]'"

#: Seconds that a batch takes at least, where there is so much to read: Dask's own work for a batch takes some
#: milliseconds. And the parts that it has at most, whose rows are sent at once.
_BATCH_SECONDS, _MOST_PARTS = 2.0, 100

#: Batches for each thread of the cluster that are handed out at a time.
_AHEAD = 2

#: Seconds in which a scheduler answers.
_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Errand:
    """The settings that every worker needs.

    Attributes:
        options: What the rows hold.
        folder: Where paths begin that are not absolute.
        seconds: How long one model may take.
        version: The version of weightscope that is asked for.
    """

    options: RowOptions
    folder: str
    seconds: float
    version: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster that is running, whose workers see the same paths.

    Attributes:
        address: The address of its scheduler.
        seconds: How long one model may take.
    """

    address: str
    seconds: float

    def run(self, folder: WorkFolder, options: RowOptions) -> Iterator[Counts]:
        """Yields the counts of each part as it is read.

        Raises:
            UsageError: There is no cluster, or its workers have another version of weightscope.
        """
        errand = Errand(options, str(Path.cwd()), self.seconds, version("keras-weightscope"))
        with _client(self.address) as client:
            _check_versions(client, errand.version)
            yield from _Run(client, errand, folder).counts()


class _Run:
    """Hands out batches, and stores the rows that come back."""

    def __init__(self, client: Client, errand: Errand, folder: WorkFolder) -> None:
        self._client = client
        self._errand = errand
        self._folder = folder
        self._parts_at_once = 1

    def counts(self) -> Iterator[Counts]:
        from distributed import as_completed

        parts = self._folder.missing_parts()
        batches: dict[str, list[ScanPart]] = {}
        results = as_completed((), loop=self._client.loop)
        while self._hand_out(parts, batches, results):
            future = next(results)
            batch = batches.pop(future.key)
            seconds, found = self._result(future, batch)
            if seconds < _BATCH_SECONDS:
                self._parts_at_once = min(_MOST_PARTS, 2 * self._parts_at_once)
            for part, rows in zip(batch, found, strict=True):
                self._folder.keep(part.number, rows.text, rows.counts)
                yield rows.counts

    def _hand_out(self, parts: Iterator[ScanPart], batches: dict[str, list[ScanPart]], results: Any) -> bool:
        """Gives batches to free workers; returns whether any batch is running."""
        threads = max(1, sum(self._client.nthreads().values()))
        while len(batches) < _AHEAD * threads:
            batch = list(islice(parts, self._parts_at_once))
            if not batch:
                break
            future = self._client.submit(read_batch, [part.candidates for part in batch], self._errand, pure=False)
            batches[future.key] = batch
            results.add(future)
        return bool(batches)

    def _result(self, future: Future, batch: Sequence[ScanPart]) -> tuple[float, list[CandidateRows]]:
        """Returns how long a batch took, and the rows of its parts."""
        from distributed.scheduler import KilledWorker

        try:
            found: tuple[float, list[CandidateRows]] = future.result()
        except KilledWorker:
            return _BATCH_SECONDS, [self._without_killers(part.candidates) for part in batch]
        return found

    def _without_killers(self, candidates: tuple[Candidate, ...]) -> CandidateRows:
        """Returns the rows of candidates, of which some kill every worker: half of them at a time."""
        from distributed.scheduler import KilledWorker

        try:
            _, (rows,) = self._client.submit(read_batch, [candidates], self._errand, pure=False).result()
        except KilledWorker:
            if len(candidates) == 1:
                message = "the workers that read it were killed"
                return failure(candidates[0].location, message, self._errand.options)
            half = len(candidates) // 2
            parts = (candidates[:half], candidates[half:])
            return _joined([self._without_killers(one) for one in parts])
        return rows  # type: ignore[no-any-return]


def read_batch(batch: Sequence[Sequence[Candidate]], errand: Errand) -> tuple[float, list[CandidateRows]]:
    """Returns how long it took to read the parts of a batch, and the rows of each. Runs on a worker.

    Raises:
        UsageError: The worker has another version of weightscope.
    """
    _compare(version("keras-weightscope"), errand.version, "a worker")
    use_processors(1)
    begun = time.monotonic()
    found = [_joined([_answer_in_time(one, errand) for one in candidates]) for candidates in batch]
    return time.monotonic() - begun, found


def _answer_in_time(candidate: Candidate, errand: Errand) -> CandidateRows:
    """Returns the rows of a candidate; a thread that hangs is left behind."""
    found: list[CandidateRows] = []
    thread = threading.Thread(
        target=lambda: found.append(answer(candidate, errand.options, errand.folder)), daemon=True
    )
    thread.start()
    thread.join(errand.seconds)
    late = f"took longer than {errand.seconds:g} seconds (--timeout)"
    return found[0] if found else failure(candidate.location, late, errand.options)


def _joined(rows: Sequence[CandidateRows]) -> CandidateRows:
    counts = Counts()
    for one in rows:
        counts = counts.plus(one.counts)
    return CandidateRows(b"".join(one.text for one in rows), counts)


def _client(address: str) -> Client:
    if importlib.util.find_spec("distributed") is None:
        raise WeightscopeError(address, "distributed, which talks to a Dask cluster, is not installed", _INSTALL)
    from distributed import Client

    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        what = "no Dask cluster answers at this address"
        raise UsageError(address, what, "dask scheduler prints its address: tcp://HOST:8786") from error


def _check_versions(client: Client, wanted: str) -> None:
    """Checks the workers that are there now; those that come later are checked by their batches."""
    for worker, found in client.run(_installed_version).items():
        _compare(found, wanted, f"the worker {worker}")


def _installed_version() -> str:
    return version("keras-weightscope")


def _compare(found: str, wanted: str, where: str) -> None:
    if found != wanted:
        what = f"it has weightscope {found}, and this is {wanted}"
        raise UsageError(where, what, f"install keras-weightscope {wanted} on all workers")
