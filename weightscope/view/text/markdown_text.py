"""Texts and tables of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from weightscope.view.text import words


def table_of(headings: Sequence[str], sides: str, rows: Iterable[Sequence[str]] = ()) -> str:
    """Returns a table.

    Args:
        headings: Of its columns.
        sides: The side that each column is flush with: `l` or `r`.
        rows: The cells of each row.
    """
    rule = ["---:" if side == "r" else "---" for side in sides]
    return table_lines((headings, rule, *rows))


def table_lines(rows: Iterable[Sequence[str]]) -> str:
    """Returns a line for each row."""
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def plain(text: str) -> str:
    """Returns the text, with what Markdown would take for its own escaped."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", words.escape(text))


def code(text: str) -> str:
    """Returns the text as code; a pipe would end the cell even there, and a backquote the code."""
    if not text or "`" in text:
        return plain(text)
    return f"`{words.escape(text)}`".replace("|", "\\|")
