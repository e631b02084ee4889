"""The tables as HTML, for notebooks."""

from __future__ import annotations

import io

from weightscope.inspection.measured import Listing
from weightscope.view.console import make_console
from weightscope.view.tables.inspection_table import InspectionTable

_WIDTH = 140
_PAGE = '<pre style="white-space: pre; overflow-x: auto; line-height: 1.25; font-family: monospace">{code}</pre>'


def to_html(listing: Listing) -> str:
    """Returns the tables as one `<pre>` element with inline styles; everything from the model is escaped."""
    console = make_console(
        io.StringIO(), record=True, width=_WIDTH, color_system="standard", force_terminal=True, force_jupyter=False
    )
    console.print(InspectionTable(listing))
    return console.export_html(inline_styles=True, code_format=_PAGE)
