"""The process that waits for a child which runs other people's code, and reports how the child ended."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from weightscope.cli.failure import FAILED, INTERRUPTED, report_error
from weightscope.cli.terminal_state import TerminalState
from weightscope.errors import LayerError

#: Seconds that a child has to clean up after it was interrupted.
_GRACE = 3.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What the child does.

    Attributes:
        location: What an error is about.
        seconds: How long the child may take; None for as long as it takes.
        debug: Show where Python was when it crashed.
        has_gpu: The child may use a GPU, whose driver maps more memory than there is.
    """

    location: str
    seconds: float | None
    debug: bool
    has_gpu: bool


class _TimeUpError(Exception):
    """The child took longer than it may."""


class _EndedError(Exception):
    """Somebody asks this process to end."""


def end_as(child: Child) -> NoReturn:
    """Waits for the child, reports how it ended if it cannot do so itself, and ends this process."""
    for number, answer in ((signal.SIGALRM, _time_is_up), (signal.SIGTERM, _asked), (signal.SIGHUP, _asked)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, answer)
    code = _exit_code(child)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def _exit_code(child: Child) -> int:
    watch = child.watch
    asked_to_end = 0
    try:
        status = child.wait(watch.seconds)
    except KeyboardInterrupt:
        asked_to_end, status = signal.SIGINT, child.stop(signal.SIGINT)
    except _EndedError as ended:
        asked_to_end = int(ended.args[0])
        status = child.stop(asked_to_end)
    except _TimeUpError:
        child.stop(signal.SIGTERM)  # it may have temporary files to remove
        child.terminal.restore()
        took = f"it took more than {watch.seconds:g} seconds and was stopped"
        report_error(LayerError(watch.location, took, f"--timeout {2 * (watch.seconds or 0):g} waits longer"), ())
        return FAILED
    if child.exit_code is not None:
        return child.exit_code
    child.terminal.restore()
    if asked_to_end:
        return INTERRUPTED if asked_to_end == signal.SIGINT else 128 + asked_to_end
    report_error(LayerError(watch.location, *_how_it_ended(status, watch.debug)), ())
    return FAILED


class Child:
    """The child as its parent sees it."""

    def __init__(self, process: int, says: int, watch: Watch, terminal: TerminalState) -> None:
        self.watch = watch
        self.terminal = terminal
        self._process = process
        self._says = says
        self._said = ""
        os.set_blocking(says, False)

    @property
    def is_in_users_code(self) -> bool:
        """Whether the user's code has not ended yet."""
        return not self._heard().rstrip("0123456789").endswith(")")

    @property
    def exit_code(self) -> int | None:
        """What the child said at its end; None while it has not."""
        code = self._heard().rpartition(")")[2].lstrip("(")
        return int(code) if code else None

    def _heard(self) -> str:
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self._says, 64):
                self._said += more.decode()
        return self._said

    def wait(self, seconds: float | None) -> int:
        """Returns the status with which the child ended.

        Raises:
            _TimeUpError: The user's code goes on for longer than `seconds`.
        """
        signal.setitimer(signal.ITIMER_REAL, seconds or 0)
        try:
            return os.waitpid(self._process, 0)[1]
        except _TimeUpError:
            if self.is_in_users_code:
                raise
            return os.waitpid(self._process, 0)[1]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def stop(self, number: int) -> int:
        """Hands a signal on; returns the child's status. The user's code is killed if it goes on all the same."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, number)
        while True:
            try:
                return self.wait(_GRACE)
            except KeyboardInterrupt:
                if self.is_in_users_code:
                    return self.kill()
            except (_TimeUpError, _EndedError):
                return self.kill()

    def kill(self) -> int:
        """Kills the child; returns its status."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        return os.waitpid(self._process, 0)[1]


def _how_it_ended(status: int, debug: bool) -> tuple[str, str]:
    """Returns what ended the child, and what to do about it."""
    if os.WIFEXITED(status):
        ended = f"its code ended the process with exit code {os.WEXITSTATUS(status)}"
        return ended, "take os._exit out of the code; an exception would be reported with its line"
    number = os.WTERMSIG(status)
    if number == signal.SIGKILL:
        return "the process was killed, probably because no memory was left", "give smaller arguments or inputs"
    what = f"its code crashed the process: {signal.strsignal(number)} (signal {number})"
    return what, "the Python lines stand above" if debug else "run it again with --debug, which shows the Python line"


def _time_is_up(_number: int, _frame: Any) -> NoReturn:
    raise _TimeUpError


def _asked(number: int, _frame: Any) -> NoReturn:
    raise _EndedError(number)
