"""Shows a result that is taller than the terminal in a pager, as git does."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.cli.failure import ClosedPipeError

#: F: leave at once what fits the screen; R: colours; S: do not fold lines; X: keep the text on the screen.
_OPTIONS = "FRSX"


def pager_command() -> str | None:
    """Returns the shell command of the pager: `PAGER`, else less; None where there is none or none is wanted."""
    if os.environ.get("TERM", "dumb") == "dumb":
        return None
    command = os.environ.get("PAGER")
    if command is None:
        return f"less -{_OPTIONS}" if shutil.which("less") and _has_keyboard() else None
    words = shlex.split(command)
    return command if words and words != ["cat"] and shutil.which(words[0]) else None


def _has_keyboard() -> bool:
    """Returns whether less could read keys: a process without a terminal of its own would wait for ever."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True


class Pages:
    """Text on its way to the terminal: held back until it is taller than the screen, then sent to the pager."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._height = shutil.get_terminal_size().lines
        self._held: list[str] = []
        self._lines = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: int | None = None

    def write(self, text: str) -> None:
        """Takes text in.

        Raises:
            ClosedPipeError: The user has left the pager.
        """
        self._held.append(text)
        self._lines += text.count("\n")
        if self._process is None and self._lines >= self._height:
            self._start()
        if self._process is not None:
            self._send()

    def _start(self) -> None:
        sys.stdout.flush()
        environment = {"LESS": _OPTIONS, "LV": "-c", **os.environ}
        self._process = subprocess.Popen(
            self._command, shell=True, stdin=subprocess.PIPE, stdout=sys.stdout.fileno(), env=environment
        )
        if sys.stderr.isatty() and self._process.stdin is not None:  # notes and progress would spoil the page
            sys.stderr.flush()
            self._stderr = os.dup(sys.stderr.fileno())
            os.dup2(self._process.stdin.fileno(), sys.stderr.fileno())

    def _send(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        text = "".join(self._held)
        self._held.clear()
        try:
            self._process.stdin.write(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise ClosedPipeError from error

    def close(self) -> None:
        """Prints what was held back, or waits until the user has left the pager."""
        if self._process is None:
            for text in self._held:
                sys.stdout.write(text)
            sys.stdout.flush()
            return
        if self._stderr is not None:
            os.dup2(self._stderr, sys.stderr.fileno())
            os.close(self._stderr)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the pager's while the pager runs
        try:
            self._process.communicate()
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def paged(command: str) -> Iterator[Pages]:
    """Within it text is written to pages; afterwards the user has seen them."""
    pages = Pages(command)
    try:
        yield pages
    finally:
        pages.close()
