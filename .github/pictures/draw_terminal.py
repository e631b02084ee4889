"""Draws the README's picture: what `weightscope inspect` prints in a terminal, as SVG.

Usage: draw_terminal.py
"""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from weightscope import api
from weightscope.measure import Choice
from weightscope.view.formats import find_format
from weightscope.view.text.surface import Surface

ROOT = Path(__file__).parents[2]
PICTURE = Path(__file__).parent / "terminal.svg"
MODEL = "sample_models/cnn_frozen_batchnorm.keras"
WIDTH = 118
COMMAND = f"weightscope inspect {MODEL} --only all"

#: Readable on its own dark background, whatever the theme of the page is.
THEME = TerminalTheme(
    (26, 27, 38),
    (214, 218, 232),
    [
        *((65, 72, 104), (247, 118, 142), (158, 206, 106), (224, 175, 104)),
        *((122, 162, 247), (187, 154, 247), (125, 207, 255), (192, 202, 245)),
    ],
)

#: Rich's own frame loads a font from the network.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#1a1b26"/>
<g transform="translate({terminal_x}, 16)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture() -> str:
    """Returns the picture of what is printed now."""
    inspection = api.inspect_model(ROOT / MODEL)
    listing = api.list_variables(inspection, Choice(only="all"))
    surface = Surface(width=WIDTH, color="standard")
    printed = "".join(find_format("table").inspections([listing], surface)).replace(f"{ROOT}/", "")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text.assemble(("$ ", "green"), (COMMAND, "bold")))
    for line in printed.splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, soft_wrap=True)
    return console.export_svg(theme=THEME, code_format=FRAME, unique_id="terminal")


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
