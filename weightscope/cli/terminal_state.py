"""The terminal as it was before other people's code ran."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import Any

try:
    import termios
except ImportError:  # Windows has none
    termios = None  # type: ignore[assignment]

_SHOW_CURSOR = b"\x1b[?25h"
_ERASE_LINE = b"\r\x1b[2K"


@dataclass(frozen=True, slots=True)
class TerminalState:
    """The modes of the terminals that the standard streams lead to.

    Attributes:
        modes: What `termios.tcgetattr` said of each descriptor that is a terminal.
    """

    modes: dict[int, list[Any]]

    @classmethod
    def now(cls) -> TerminalState:
        """Returns the present state."""
        modes = {}
        for descriptor in range(3):
            with contextlib.suppress(OSError, *((termios.error,) if termios else ())):
                if termios and os.isatty(descriptor):
                    modes[descriptor] = termios.tcgetattr(descriptor)
        return cls(modes)

    def restore(self) -> None:
        """Sets the modes as they were, shows the cursor, and erases the line of a spinner that nobody stopped."""
        for descriptor, mode in self.modes.items():
            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(descriptor, termios.TCSANOW, mode)
        if 2 in self.modes:
            sys.stderr.flush()
            with contextlib.suppress(OSError):
                os.write(2, _SHOW_CURSOR + _ERASE_LINE)
