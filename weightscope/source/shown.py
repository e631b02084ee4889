"""Names from files as errors show them: they come from strangers, and an error is one line."""

from __future__ import annotations

_LONGEST = 120


def shown(name: str) -> str:
    """Returns a name with everything that is not printable escaped, and its middle left out if it is long."""
    plain = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in name)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST // 2]}...{plain[-_LONGEST // 2 :]}"
