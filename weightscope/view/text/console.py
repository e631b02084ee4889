"""The one place where a rich console is made: square brackets and emoji names in what it prints are just text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console


def make_console(file: TextIO, **options: Any) -> Console:
    """Returns a console that prints onto `file`; `options` are rich's own."""
    from rich.console import Console

    return Console(file=file, markup=False, highlight=False, emoji=False, **options)
