"""Interactive shells in a pseudo-terminal, with the completion script loaded."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import HANG, ROOT, clean_environment

#: How each shell is started, without the files of whoever runs the tests.
_COMMANDS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}

#: What loads the script, and makes the shell quiet: nothing but the line that is edited is printed.
_SETUP = {
    "bash": "set -o emacs; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; "
    "bind 'set page-completions off'; "
    'eval "$(weightscope completion bash)"; PS1="> "',
    "zsh": "bindkey -e; autoload -U compinit && compinit -u -D; unset zle_bracketed_paste; "
    'eval "$(weightscope completion zsh)"; PS1="> "',
    "fish": "function fish_prompt; echo '> '; end; set -g fish_autosuggestion_enabled 0; "
    "weightscope completion fish | source",
}

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])|[\x00-\x08\x0e-\x1f]"
)


class Shell:
    """An interactive shell."""

    def __init__(self, terminal: int, folder: Path) -> None:
        self._terminal = terminal
        self._folder = folder

    def completed(self, line: str) -> list[str]:
        """Types a line and a tab, and returns the words that stand on the line then.

        The keys after the tab wait until the shell has completed: they make the line the arguments of `printf`.
        """
        self.run(f"{line}\t\x01printf '%s\\n' \x05 >.typed; echo en''ded", until=r"ended\s")
        return (self._folder / ".typed").read_text().splitlines()

    def run(self, line: str, until: str) -> str:
        """Runs a line and returns what the terminal shows until it shows `until`, a regular expression."""
        os.write(self._terminal, f"{line}\n".encode())
        shown = b""
        while True:
            ready, _, _ = select.select([self._terminal], [], [], HANG / 30)
            text = _ESCAPES.sub("", shown.decode(errors="replace"))
            assert ready, f"never showed {until!r}, but {text!r}"
            shown += os.read(self._terminal, 65536)
            text = _ESCAPES.sub("", shown.decode(errors="replace"))
            if re.search(until, text):
                return text


@contextmanager
def interactive(shell: str, folder: Path) -> Iterator[Shell]:
    """Starts a shell in `folder` with the completion script loaded; skips the test where it is not installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    bin_folder = folder / ".bin"
    bin_folder.mkdir()
    program = bin_folder / "weightscope"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m weightscope "$@"\n')
    program.chmod(0o755)
    environment = clean_environment(
        TERM="xterm", HOME=str(folder), PATH=f"{bin_folder}:{os.environ['PATH']}", PYTHONPATH=str(ROOT)
    )
    outside, inside = pty.openpty()
    termios.tcsetwinsize(inside, (24, 200))
    # a shell edits lines where the terminal controls it
    process = subprocess.Popen(_COMMANDS[shell], cwd=folder, env=environment, preexec_fn=lambda: os.login_tty(inside))
    os.close(inside)
    try:
        started = Shell(outside, folder)
        started.run(f"{_SETUP[shell]}; echo re''ady", until=r"ready\s")
        yield started
    finally:
        process.kill()
        process.wait(HANG)
        os.close(outside)
