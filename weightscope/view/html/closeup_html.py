"""One variable in a notebook: its statistics, histogram, quantiles and values."""

from __future__ import annotations

from weightscope.inspection.closeup import Closeup
from weightscope.inspection.statistics import STATISTICS, Statistics
from weightscope.view.html.card import HtmlCell, card, lines, table
from weightscope.view.html.histogram_svg import histogram_svg
from weightscope.view.tables.array_text import array_text, corners_text
from weightscope.view.tables.closeup_table import closeup_facts
from weightscope.view.text import words
from weightscope.view.text.element import Html, element, join, name, span, text

#: Columns of characters of the values.
_WIDTH = 100

#: Values that are not finite, by the name of their statistic.
_STRANGE = {"nan": "NaN", "positive_infinity": "Inf", "negative_infinity": "-Inf"}


def closeup_html(closeup: Closeup) -> str:
    """Returns a card of one variable."""
    info, statistics = closeup.measured.info, closeup.measured.statistics
    title = join(name(info.path), span(f"  {words.shape(info.shape)} {info.dtype}", "dim"))
    parts = [lines(title, closeup.inspection.source.location, " · ".join(closeup_facts(closeup)))]
    if statistics is not None:
        parts += [element("h4", text("Statistics")), _statistics(statistics)]
        if closeup.histogram is not None and statistics.minimum != statistics.maximum:
            parts += [element("h4", text("Histogram")), histogram_svg(closeup.histogram)]
            parts += [element("h4", text("Quantiles")), _quantiles(closeup)]
    return card(*parts, *_values(closeup))


def _statistics(statistics: Statistics) -> Html:
    headings, cells = [], []
    for key, one in STATISTICS.items():
        number = one.of(statistics)
        headings.append(HtmlCell(text(one.heading or _STRANGE.get(key, key)), "number"))
        shown = "none" if number is None else words.count(int(number)) if one.is_count else words.value(number, 6)
        cells.append(HtmlCell(text(shown), "number bad" if number and key in _STRANGE else "number"))
    return table(headings, [cells], "flush")


def _quantiles(closeup: Closeup) -> Html:
    headings = [HtmlCell(text(f"{share * 100:g} %"), "number") for share in closeup.quantiles]
    cells = [HtmlCell(text(words.value(value, 6)), "number") for value in closeup.quantiles.values()]
    return table(headings, [cells], "flush")


def _values(closeup: Closeup) -> tuple[Html, Html]:
    if closeup.slice is None:
        return element("h4", text("Values")), _lines(corners_text(closeup.variable, _WIDTH))
    title = f"Values [{closeup.slice.selection}]"
    return element("h4", text(title)), _lines(array_text(closeup.slice.values, _WIDTH))


def _lines(values: str) -> Html:
    return element("pre", Html("\n".join(map(text, values.splitlines()))))
