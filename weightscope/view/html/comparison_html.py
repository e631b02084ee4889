"""A comparison of two models in a notebook: layers that unfold into what differs of their variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weightscope.inspection import SourceInfo
from weightscope.inspection.difference import Comparison, Difference
from weightscope.view.html.card import MOST_ROWS, HtmlCell, card, findings_list, folded, lines, more, table
from weightscope.view.tables.comparison_cells import DIFFERENCE_HEADINGS, difference_cells, totals_in_words
from weightscope.view.text.element import Html, element, join, name, span, text
from weightscope.view.text.facts import source_facts

_COLUMNS = "minmax(14em,2fr) minmax(12em,3fr)"

#: All layers are open where there are so few differences.
_OPEN = 12

_KINDS = {"equal": "good", "only-in-a": "unknown", "only-in-b": "unknown"}


def comparison_html(comparison: Comparison) -> str:
    """Returns a card of what differs between two models."""
    shown = comparison.differences[:MOST_ROWS]
    by_layer: dict[str, list[Difference]] = {}
    for one in shown:
        by_layer.setdefault((one.a or one.b or "").rpartition("/")[0], []).append(one)
    is_open = len(comparison.differences) <= _OPEN
    found = comparison.findings
    return card(
        lines(text(totals_in_words(comparison.totals))),
        _source("A", comparison.a),
        _source("B", comparison.b),
        *(_layer(path, differences, is_open=is_open) for path, differences in by_layer.items()),
        more(len(comparison.differences) - len(shown), "differences"),
        *([element("h4", text("Findings")), findings_list(found, MOST_ROWS // 3)] if found else []),
        columns=_COLUMNS,
    )


def _source(which: str, source: SourceInfo) -> Html:
    facts = " · ".join(source_facts(source))
    return element("p", span(which, "accent"), Html(" "), name(source.location), Html(" "), span(facts, "dim"))


def _layer(path: str, differences: Sequence[Difference], *, is_open: bool) -> Html:
    kinds = (span(kind, _KINDS.get(kind, "warn")) for kind in dict.fromkeys(one.kind for one in differences))
    summary = (
        HtmlCell(name(path or "(the model itself)")),
        HtmlCell(join(text(f"{len(differences):,}: "), *_joined(kinds))),
    )
    headings = [HtmlCell(text(title), _side(place)) for place, title in enumerate(DIFFERENCE_HEADINGS)]
    return folded(summary, table(headings, [_row(one) for one in differences]), is_open=is_open)


def _row(one: Difference) -> list[HtmlCell]:
    path, what, *numbers = difference_cells(one)
    cells = [HtmlCell(name(path), "path"), HtmlCell(span(what, _KINDS.get(one.kind, "warn")), "wide")]
    return cells + [HtmlCell(text(number), "number") for number in numbers]


def _side(place: int) -> str:
    return "number" if place > 1 else ""


def _joined(pieces: Iterable[Html]) -> Iterable[Html]:
    for place, piece in enumerate(pieces):
        yield from ([text(", ")] if place else [])
        yield piece
