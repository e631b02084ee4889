"""Keeps stdout and stderr clean while TensorFlow and other people's code run, and says what is being waited for."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from typing import TextIO

from weightscope.view.text.console import make_console
from weightscope.view.text.words import escape, shortened


class _Nowhere(io.TextIOBase):
    """Takes text and drops it. Loggers that were created while it stood for stderr may write to it for ever."""

    def write(self, text: str) -> int:
        return len(text)


_nowhere = _Nowhere()


@contextmanager
def quiet_while(what: str, *, debug: bool) -> Iterator[Callable[[str], None]]:
    """Within it nothing but the user's own `print` reaches a stream, and that goes to stderr; nothing can be read.

    Yields a function that shows the user, from any thread, what is being waited for.

    TensorFlow writes to stderr from C++, even with TF_CPP_MIN_LOG_LEVEL=3, so the file descriptors themselves are
    turned away. To debug, everything is let through to stderr as it comes, which also shows what a crash left behind.

    Args:
        what: What the user waits for; a spinner on stderr says it, on a terminal.
        debug: Let everything through.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0" if debug else "3")
    with ExitStack() as stack:
        stderr = stack.enter_context(_kept_stderr())
        nowhere = os.open(os.devnull, os.O_RDWR)
        stack.callback(os.close, nowhere)
        stack.enter_context(_without_input(nowhere))
        stack.enter_context(_turned(1, 2))
        stack.enter_context(redirect_stdout(stack.enter_context(_whole_lines(stderr))))
        if debug:
            stack.enter_context(_logged(stderr))
        else:
            stack.enter_context(_turned(2, nowhere))
            stack.enter_context(redirect_stderr(_nowhere))
            if stderr.isatty():
                yield stack.enter_context(_spinner(what, stderr))
                return
        yield lambda message: print(f"note: {escape(message)}", file=stderr, flush=True)


class _Prints(io.TextIOBase):
    """Hands on what is printed, and remembers whether the last line is complete."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_at_line_start = True

    def write(self, text: str) -> int:
        self.is_at_line_start = text.endswith("\n") if text else self.is_at_line_start
        return self.stream.write(text)

    def flush(self) -> None:
        self.stream.flush()


@contextmanager
def _whole_lines(stream: TextIO) -> Iterator[_Prints]:
    """Yields a stream whose last line is ended at the end: an error begins on a line of its own."""
    prints = _Prints(stream)
    try:
        yield prints
    finally:
        if not prints.is_at_line_start:
            prints.write("\n")


@contextmanager
def _without_input(nowhere: int) -> Iterator[None]:
    """Within it standard input is empty: code that asks the user a question would wait for ever."""
    stdin = sys.stdin
    try:
        is_the_process_own = stdin.fileno() == 0
    except (OSError, ValueError, AttributeError):
        is_the_process_own = False
    sys.stdin = io.StringIO()
    try:
        with _turned(0, nowhere) if is_the_process_own else nullcontext():
            yield
    finally:
        sys.stdin = stdin


@contextmanager
def _logged(stream: TextIO) -> Iterator[None]:
    """Within it what the package logs to debug, such as tracebacks of foreign code, is written to `stream`."""
    logger, handler = logging.getLogger("weightscope"), logging.StreamHandler(stream)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


@contextmanager
def _turned(descriptor: int, target: int) -> Iterator[None]:
    """Within it `descriptor` leads where `target` leads."""
    before = os.dup(descriptor)
    os.dup2(target, descriptor)
    try:
        yield
    finally:
        os.dup2(before, descriptor)
        os.close(before)


@contextmanager
def _kept_stderr() -> Iterator[TextIO]:
    """Yields a stream that still leads to stderr when descriptor 2 does not."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        is_the_process_own = sys.stderr.fileno() == 2
    except (OSError, ValueError):
        is_the_process_own = False
    if not is_the_process_own:
        yield sys.stderr
        return
    with os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1) as stream:
        yield stream


@contextmanager
def _spinner(what: str, stderr: TextIO) -> Iterator[Callable[[str], None]]:
    from rich.text import Text

    console = make_console(stderr)

    def line(message: str) -> Text:  # in one line: frames of more leave lines behind
        return Text(f"{shortened(escape(message), console.width - 6)} ...")

    with console.status(line(what), spinner="dots") as status:
        yield lambda message: status.update(line(message))
