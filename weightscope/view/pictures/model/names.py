"""Breaks a long name into lines."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells

from weightscope.view.text import words

#: Cells of a line, and lines of a name.
_WIDTH, _LINES = 44, 4

_PARTS = re.compile(r"[^/_ ]*[/_ ]+|[^/_ ]+")


def folded_name(name: str) -> list[str]:
    """Returns a name in lines, broken after `/` and `_` where that is possible; a very long one ends with `...`."""
    lines = [""]
    for part in _PARTS.findall(words.escape(name)):
        for piece in chop_cells(part, _WIDTH) if cell_len(part) > _WIDTH else [part]:
            if cell_len(lines[-1]) + cell_len(piece.rstrip()) > _WIDTH and lines[-1]:
                lines.append("")
            lines[-1] += piece
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"{lines[_LINES - 1][: _WIDTH - 3]}..."]
