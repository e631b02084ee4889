"""Shows a progress bar on stderr if reading takes longer than half a second (terminals only)."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from weightscope.cli.traffic_line import no_traffic_line
from weightscope.source.bytes.location import without_secrets
from weightscope.view.text.console import make_console
from weightscope.view.text.words import escape, shortened

if TYPE_CHECKING:
    from weightscope.measure.reading.gather import Progress

#: Seconds before a bar is shown.
PATIENCE = 0.5

#: The width of a terminal that has room for the rate.
_WITH_RATE = 80


@contextmanager
def progress_while(what: str, total: int, patience: float = PATIENCE) -> Iterator[Progress | None]:
    """Shows a bar while its body runs. Yields a function that takes numbers of bytes read, or None.

    Args:
        what: What is being read.
        total: How many bytes that is.
        patience: Seconds before the bar is shown.
    """
    if not sys.stderr.isatty():
        yield None
        return
    with no_traffic_line(), ExitStack() as stack:
        bar = _Bar(what, total, time.monotonic() + patience, stack)
        yield bar.advance


class _Bar:
    """A bar that appears late."""

    def __init__(self, what: str, total: int, begin: float, stack: ExitStack) -> None:
        self._what = what
        self._total = total
        self._stack = stack
        self._done = 0
        self._begin = begin
        self._shown: Progress | None = None

    def advance(self, count: int) -> None:
        """Takes note of `count` bytes more."""
        self._done += count
        if self._shown is not None:
            self._shown(count)
        elif time.monotonic() > self._begin and self._done < self._total:
            self._shown = self._show()

    def _show(self) -> Progress:
        from rich import progress
        from rich.table import Column

        from weightscope.view.rate_column import RateColumn

        console = make_console(sys.stderr)
        has_rate = console.width >= _WITH_RATE
        bar = max(6, min(40, console.width // 4))
        columns = (
            progress.TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            progress.BarColumn(bar_width=bar),
            progress.DownloadColumn(binary_units=True, table_column=Column(no_wrap=True)),
            *([RateColumn(table_column=Column(no_wrap=True))] if has_rate else []),
            progress.TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
        )
        bars = progress.Progress(*columns, console=console, transient=True)
        self._stack.enter_context(bars)
        what = shortened(escape(without_secrets(self._what)), console.width - bar - (40 if has_rate else 27))
        task = bars.add_task(what, total=self._total, completed=self._done)
        return lambda count: bars.advance(task, count)
