"""Shows on stderr how far a scan is: models a second, and the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from weightscope.many.counts import Counts
    from weightscope.many.work_folder import WorkFolder

#: Seconds between two lines: on a terminal, where each replaces the last, and elsewhere.
_ON_TERMINAL, _ELSEWHERE = 0.2, 30.0


@contextmanager
def scan_progress(folder: WorkFolder, *, has_rows: bool) -> Iterator[Callable[[Counts], None]]:
    """Yields a function that takes what was read so far; a terminal's line is removed at the end.

    Args:
        folder: What the scan has to do.
        has_rows: Whether rows are printed to stdout; on a terminal they show how far it is.
    """
    candidates, before = folder.candidates, folder.counts()
    is_terminal = sys.stderr.isatty()
    is_shown_by_rows = has_rows and is_terminal and sys.stdout.isatty()
    begin = last = time.monotonic()

    def show(counts: Counts) -> None:
        nonlocal last
        now = time.monotonic()
        if is_shown_by_rows or now - last < (_ON_TERMINAL if is_terminal else _ELSEWHERE):
            return
        last = now
        line = progress_line(counts, before, candidates, now - begin)
        click.echo(f"\r{line}\x1b[K" if is_terminal else line, err=True, nl=not is_terminal)

    try:
        yield show
    finally:
        if is_terminal and last != begin:
            click.echo("\r\x1b[K", err=True, nl=False)


def progress_line(counts: Counts, before: Counts, candidates: int, seconds: float) -> str:
    """Returns how far a scan is.

    Args:
        counts: What was read so far.
        before: What of it was read before this run.
        candidates: How many files there are to look at.
        seconds: How long this run has taken.
    """
    looked_at = counts.candidates - before.candidates
    rate = (counts.models - before.models) / seconds
    left = seconds / looked_at * (candidates - counts.candidates) if looked_at else 0.0
    failed = f" · {counts.failed:,} not readable" if counts.failed else ""
    return (
        f"{counts.candidates:,} of {candidates:,} files · {counts.models:,} models{failed}"
        f" · {rate:,.0f} models/s · {_time(left)} left"
    )


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
