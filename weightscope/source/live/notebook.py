"""Reads the code cells of a Jupyter notebook as blocks of Python."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from weightscope.errors import UsageError
from weightscope.source.live.code_blocks import CodeBlock

#: Cell magics whose cell contains Python.
_PYTHON_CELLS = ("%%time", "%%timeit", "%%capture", "%%prun")

_MAGIC_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?:[%!?]|[^\W\d]\w*[ \t]*=[ \t]*[%!]).*|(?P<help>[ \t]*)[\w.]+\?{1,2}[ \t]*"
)


def code_cells(path: Path) -> list[CodeBlock]:
    """Returns the notebook's code cells in order, without magics and shell commands.

    Raises:
        UsageError: The file is not a notebook.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = document["cells"] if "cells" in document else document["worksheets"][0]["cells"]
        sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UsageError(str(path), "not a Jupyter notebook", "name an .ipynb file, or a Python file") from error
    return [CodeBlock(f"{path} cell {number}", _python(source)) for number, source in enumerate(sources, 1)]


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"] if "source" in cell else cell["input"]  # notebooks of version 3
    return "".join(source)


def _python(source: str) -> str:
    """Returns the cell with `pass` in place of IPython magics, so that line numbers are unchanged."""
    lines = source.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and first.split()[0] not in _PYTHON_CELLS:
        return ""
    return "\n".join(map(_python_line, lines)) + "\n"


def _python_line(line: str) -> str:
    magic = _MAGIC_LINE.fullmatch(line)
    return f"{magic['indent'] or magic['help'] or ''}pass" if magic else line
