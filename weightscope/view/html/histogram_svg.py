"""A histogram as an SVG that takes its colours from the card around it."""

from __future__ import annotations

from weightscope.inspection.statistics import Histogram
from weightscope.view.pictures.ticks import round_ticks
from weightscope.view.text import words
from weightscope.view.text.element import Html, element, text

#: In units of the SVG: of the bars, and of what stands around them.
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE = 520, 120, 56, 18, 8


def histogram_svg(histogram: Histogram) -> Html:
    """Returns the counts as bars over an axis with round numbers; the number of the highest bar stands beside it."""
    most = max(histogram.counts) or 1
    step = _WIDTH / len(histogram.counts)
    bars = "".join(
        f"M{_LEFT + place * step:.1f} {_ABOVE + _HEIGHT}v{-_HEIGHT * count / most:.1f}h{step:.1f}V{_ABOVE + _HEIGHT}z"
        for place, count in enumerate(histogram.counts)
        if count
    )
    floor = _ABOVE + _HEIGHT
    axis = element("line", x1=f"{_LEFT}", x2=f"{_LEFT + _WIDTH}", y1=f"{floor}", y2=f"{floor}")
    size = {"width": f"{_LEFT + _WIDTH + 30}", "height": f"{floor + _BELOW}"}
    view = f"0 0 {size['width']} {size['height']}"
    top = _label(words.count(most), _LEFT - 6, _ABOVE + 8, "end")
    labels = "".join(_ticks(histogram, floor))
    return element("svg", element("path", d=bars, classes="bars"), axis, top, labels, viewBox=view, **size)


def _ticks(histogram: Histogram, floor: int) -> list[Html]:
    low, high = histogram.edges[0], histogram.edges[-1]
    reach = high / 2 - low / 2
    return [
        _label(words.value(tick), round(_LEFT + _WIDTH * (tick / 2 - low / 2) / (reach or 1.0)), floor + 14, "middle")
        for tick in round_ticks(low, high, 7)
    ]


def _label(word: str, x: int, y: int, anchor: str) -> Html:
    return element("text", text(word), x=f"{x}", y=f"{y}", text_anchor=anchor)
