"""Makes names from files safe to print: files are untrusted, and an error message is one line."""

from __future__ import annotations

_LONGEST = 120


def escape(name: str) -> str:
    """Returns the name with unprintable characters escaped, and without its middle if it is long."""
    plain = name
    if not name.isprintable():
        plain = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in name)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST // 2]}...{plain[-_LONGEST // 2 :]}"
