"""How many connections this process may have at once: sixteen, or its share where several processes read far files."""

from __future__ import annotations

_MOST = 16

_allowed = _MOST


def connections() -> int:
    """Returns how many connections this process may have at once."""
    return _allowed


def share_connections(processes: int) -> None:
    """Lets this process have its share, at least one, if so many processes read far files.

    Called before any connection is made.
    """
    global _allowed
    _allowed = max(1, _MOST // processes)
