"""Pictures of a training: a curve for each variable over the checkpoints. Needs matplotlib, the extra `plots`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from weightscope.inspection.trend import Trend
from weightscope.view.text import words
from weightscope.view.text.element import Html, element, join, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 120

#: Curves that are named in a legend.
_MOST_NAMED = 12

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = "body{font:15px system-ui,sans-serif;margin:2em}td{padding:0 1em 0 0;vertical-align:top}svg{max-width:100%}"


def draw_trend(trend: Trend, names: Sequence[str], file: str) -> bytes:
    """Returns a picture of some measures, a panel each, as the contents of a file; a page has the findings too.

    Args:
        trend: The training.
        names: The measures.
        file: Its name ends in `.png`, `.svg` or `.html`.
    """
    kind = Path(file).suffix.lower().removeprefix(".")
    if kind == "html":
        return _page(trend, _drawn(trend, names, "svg").decode()).encode()
    return _drawn(trend, names, kind)


def _drawn(trend: Trend, names: Sequence[str], kind: str) -> bytes:
    import matplotlib.style

    # ids of elements and no date: the same picture is the same file
    with matplotlib.style.context(["default", {"svg.hashsalt": "weightscope"}]):
        out = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else {}
        _figure(trend, names).savefig(out, format=kind, dpi=_DOTS_PER_INCH, metadata=metadata)
        return out.getvalue()


def _figure(trend: Trend, names: Sequence[str]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.5 * len(names)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(names), 1, squeeze=False, sharex=True)[:, 0]
    steps = range(1, len(trend.locations) + 1)
    for panel, name in zip(panels, names, strict=True):
        for variable in trend.variables:
            numbers = [float("nan") if one is None else one for one in variable.numbers(name)]
            panel.plot(steps, numbers, marker="o", markersize=3, linewidth=1, label=words.escape(variable.info.path))
        panel.set_ylabel(name)
        panel.grid(visible=True, alpha=0.3)
    panels[-1].set_xlabel("step")
    panels[-1].locator_params(axis="x", integer=True)
    if len(trend.variables) <= _MOST_NAMED:
        lines = panels[0].get_lines()
        legend = figure.legend(lines, [one.get_label() for one in lines], loc="outside right upper", fontsize=8)
        for label in legend.get_texts():
            label.set_parse_math(False)
    return figure


def _page(trend: Trend, svg: str) -> str:
    title = f"{len(trend.locations):,} checkpoints"
    rows = [
        element("tr", *(element("td", text(cell)) for cell in (one.level, one.code, one.variable or "", one.message)))
        for one in trend.findings
    ]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", text(title)),
        element("style", Html(_STYLE)),
    )
    body = element("body", element("h1", text(title)), element("table", *rows), Html(svg[svg.index("<svg") :]))
    return f"<!DOCTYPE html>\n{element('html', join(head, body), lang='en')}\n"
