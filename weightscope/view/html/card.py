"""A card: what a notebook shows of a result. Its parts are lists that fold, tables and lines of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weightscope.inspection.finding import Finding
from weightscope.view.html.style import style_sheet
from weightscope.view.text.element import Html, element, join, name, span, text

#: The rows of all tables of a card together.
MOST_ROWS = 300

LEVEL_CLASSES = {"error": "bad", "warning": "warn", "note": "accent"}


@dataclass(frozen=True, slots=True)
class HtmlCell:
    """A cell of a table or a list: its content, and its class (`number`, `wide`, ...)."""

    content: Html
    classes: str = ""


def card(*parts: Html, columns: str = "1fr") -> Html:
    """Returns a card with its style.

    Args:
        parts: What stands on it.
        columns: The widths of the columns of its lists, in CSS.
    """
    return element("div", element("style", style_sheet()), *parts, classes="weightscope", style=f"--columns:{columns}")


def lines(first: Html, *facts: str) -> Html:
    """Returns a title and lines of facts below it."""
    rest = (element("p", text(fact), classes="dim") for fact in facts if fact)
    return join(element("p", first, classes="title"), *rest)


def folded(summary: Sequence[HtmlCell], content: Html, *, is_open: bool = False) -> Html:
    """Returns a row of a list, and what it shows when it is opened."""
    parts = (element("summary", *_spaced("span", summary)), content)
    return element("details", *parts, open=None) if is_open else element("details", *parts)


def heads(*cells: HtmlCell) -> Html:
    """Returns the headings of the rows of a list."""
    return element("div", *_spaced("span", cells), classes="heads")


def table(headings: Sequence[HtmlCell], rows: Iterable[Sequence[HtmlCell]], classes: str = "") -> Html:
    """Returns a table."""
    head = element("thead", element("tr", *(element("th", one.content, classes=one.classes) for one in headings)))
    body = (element("tr", *(element("td", one.content, classes=one.classes) for one in row)) for row in rows)
    return element("table", head, element("tbody", *body), classes=classes)


def more(number: int, what: str) -> Html:
    """Returns a line that says how many are left out: `1,900 more variables`; nothing for none."""
    return element("p", text(f"{number:,} more {what}"), classes="dim") if number > 0 else Html("")


def findings_list(findings: Sequence[Finding], most: int = MOST_ROWS) -> Html:
    """Returns a table of findings with their hints, at most so many, and the number of the others."""
    rows = [
        (
            HtmlCell(span(one.level, LEVEL_CLASSES[one.level])),
            HtmlCell(text(one.code), "dim"),
            HtmlCell(join(message(one), *([element("br"), span(one.fix, "dim")] if one.fix else [])), "wide"),
        )
        for one in findings[:most]
    ]
    headings = [HtmlCell(text(title)) for title in ("level", "rule", "what")]
    return join(table(headings, rows, "flush"), more(len(findings) - most, "findings"))


def message(finding: Finding) -> Html:
    """Returns what is wrong, behind the name of the variable or layer that it is about."""
    where = [name(finding.variable), text(": ")] if finding.variable else []
    return join(*where, text(finding.message))


def _spaced(tag: str, cells: Iterable[HtmlCell]) -> Iterable[Html]:
    """Yields cells with a space between them: without a style sheet, words would run into one another."""
    for cell in cells:
        yield element(tag, cell.content, classes=cell.classes)
        yield Html(" ")
