"""Runs the program as a process of its own: in a pipe, or in a pseudo-terminal of some width."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import HANG, clean_environment

WEIGHTSCOPE = [sys.executable, "-m", "weightscope"]


@dataclass(frozen=True)
class Finished:
    """What a process wrote and how it ended."""

    code: int
    stdout: str
    stderr: str


def run_in_pipe(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Finished:
    """Runs the program with both streams in pipes."""
    result = subprocess.run(
        [*WEIGHTSCOPE, *map(str, arguments)],
        cwd=cwd,
        env=clean_environment(**environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Finished(result.returncode, result.stdout, result.stderr)


def run_in_terminal(
    *arguments: str | Path, width: int = 80, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Finished:
    """Runs the program with each stream in a terminal of its own of 24 lines, so that the streams can be distinguished.

    There is no pager, unless the environment names one.
    """
    streams = [_Terminal(width), _Terminal(width)]
    process = subprocess.Popen(
        [*WEIGHTSCOPE, *map(str, arguments)],
        cwd=cwd,
        env=clean_environment(**{"TERM": "xterm-256color", "PAGER": "cat", **(environment or {})}),
        stdin=subprocess.DEVNULL,
        stdout=streams[0].inside,
        stderr=streams[1].inside,
    )
    stdout, stderr = (stream.read_all() for stream in streams)
    return Finished(process.wait(HANG), stdout(), stderr())


class _Terminal:
    def __init__(self, width: int) -> None:
        self._outside, self.inside = pty.openpty()
        fcntl.ioctl(self.inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self._chunks: list[bytes] = []

    def read_all(self) -> Callable[[], str]:
        os.close(self.inside)
        reader = threading.Thread(target=self._read)
        reader.start()

        def text() -> str:
            reader.join(HANG)
            os.close(self._outside)
            return b"".join(self._chunks).decode().replace("\r\n", "\n")

        return text

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._outside, 65536)
            except OSError:  # Linux' way to say that the other side is closed
                return
            if not chunk:
                return
            self._chunks.append(chunk)


def without_colours(text: str) -> str:
    """Returns the text without the escape codes that colour it."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
