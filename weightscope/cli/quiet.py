"""Keeps stdout and stderr clean while TensorFlow and other people's code run, and says what is being waited for."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO

from weightscope.view.console import make_console
from weightscope.view.text import escape


class _Nowhere(io.TextIOBase):
    """Takes text and drops it. Loggers that were created while it stood for stderr may write to it for ever."""

    def write(self, text: str) -> int:
        return len(text)


_nowhere = _Nowhere()


@contextmanager
def quiet_while(what: str, *, debug: bool) -> Iterator[None]:
    """Within it nothing but the user's own `print` reaches a stream, and that goes to stderr.

    TensorFlow writes to stderr from C++, whatever TF_CPP_MIN_LOG_LEVEL says, so the file descriptors themselves are
    turned away. To debug, everything is let through to stderr as it comes, which also shows what a crash left behind.

    Args:
        what: What the user waits for; a spinner on stderr says it, on a terminal.
        debug: Let everything through.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0" if debug else "3")
    with ExitStack() as stack:
        stderr = stack.enter_context(_kept_stderr())
        stack.enter_context(_turned(1, 2))
        stack.enter_context(redirect_stdout(stderr))
        if debug:
            stack.enter_context(_logged(stderr))
        else:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            stack.callback(os.close, nowhere)
            stack.enter_context(_turned(2, nowhere))
            stack.enter_context(redirect_stderr(_nowhere))
            if stderr.isatty():
                stack.enter_context(_spinner(what, stderr))
        yield


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
def _spinner(what: str, stderr: TextIO) -> Iterator[None]:
    from rich.text import Text

    console = make_console(stderr)
    with console.status(Text(escape(f"{what} ...")), spinner="dots"):
        yield
