"""Runs other people's code in a child process, so that a crash, a loop or an exit in it is reported like any error.

The child goes on where the program was, prints the result and says its exit code as its last act. The parent waits. A
child that ends without a word was ended by the user's code. The fork is made before TensorFlow is imported, and costs
about a millisecond. The child says through a pipe when the user's code begins (`(`) and ends (`)`), and its exit code.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from weightscope.cli.failure import FAILED
from weightscope.cli.streams import keep_stdout_to_ourselves

if TYPE_CHECKING:
    from weightscope.cli.waiting_parent import Watch

#: Whether this process is the program's own, and not a test or a notebook that must not be doubled.
_may_fork = False

#: Where the child says its exit code; None in any other process.
_report: int | None = None


def allow_child() -> None:
    """Lets this process go on in a child: it is the program, and nothing else runs in it."""
    global _may_fork
    _may_fork = hasattr(os, "fork") and threading.active_count() == 1


def _go_on_in_child(watch: Watch) -> None:
    """Forks, once: returns in the child alone, while this process waits for it and ends as it ended.

    Does nothing where the process is not the program's own.
    """
    global _may_fork, _report
    if not _may_fork or "tensorflow" in sys.modules:
        return
    from weightscope.cli.terminal_state import TerminalState  # most commands have no child
    from weightscope.cli.waiting_parent import Child, end_as

    _may_fork = False
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError):
            stream.flush()
    terminal = TerminalState.now()
    said, _report = os.pipe()
    parent_lives, parent = os.pipe()
    child = os.fork()
    if child != 0:
        os.close(_report)
        os.close(parent_lives)
        end_as(Child(child, said, watch, terminal))
    os.close(said)
    os.close(parent)
    threading.Thread(target=_end_with, args=[parent_lives], daemon=True).start()
    _prepare(watch)


@contextmanager
def in_child(watch: Watch) -> Iterator[None]:
    """Within it the user's code runs, in a child; `watch.seconds` and the care for interrupts end with it."""
    _go_on_in_child(watch)
    _say("(")
    try:
        yield
    finally:
        _say(")")


def say_exit_code(code: int) -> None:
    """Reports to the parent, if there is one, that the program ended by itself and how; a child does this last."""
    _say(str(code))


def _say(text: str) -> None:
    if _report is not None:
        os.write(_report, text.encode())


def _prepare(watch: Watch) -> None:
    """Keeps the user's code from standard output, from all memory, and from missing an interrupt."""
    from weightscope.cli.memory import bound_memory

    keep_stdout_to_ourselves()
    if not watch.has_gpu:
        bound_memory()
    if watch.debug:
        faulthandler.enable(os.dup(2))
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)


def _interrupted(_number: int, _frame: Any) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal and the parent both send it
    raise KeyboardInterrupt


def _end_with(parent_lives: int) -> None:
    """Ends this process when the parent, which waits for it, has ended."""
    os.read(parent_lives, 1)
    os._exit(FAILED)
