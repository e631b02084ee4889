"""The findings of a check in a notebook: rules that unfold into what they found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.view.html.card import LEVEL_CLASSES, MOST_ROWS, HtmlCell, card, folded, lines, message, more
from weightscope.view.tables.findings_table import load_verdict
from weightscope.view.text import words
from weightscope.view.text.element import Html, element, join, name, span, text

_COLUMNS = "5em minmax(12em,1fr) minmax(20em,4fr)"

#: The names beside a rule, and the findings below it.
_MOST_NAMED, _MOST_LISTED = 3, 50

#: All rules are open where there are so few findings.
_OPEN = 6


def report_html(report: CheckResult) -> str:
    """Returns a card of the findings about one model, with the outcome of loading it if that was checked."""
    verdict = [] if report.load is None else [span(f"  {load_verdict(report.load)}", "dim")]
    title = join(name(report.source.location), *verdict)
    facts = f"{len(report.rules):,} rules · {report.variables:,} variables · {words.size(report.bytes)} read"
    return card(lines(title, _counted(report.findings), facts), _groups(report.findings), columns=_COLUMNS)


def findings_html(findings: Sequence[Finding]) -> str:
    """Returns a card of findings alone."""
    return card(lines(text(_counted(findings))), _groups(findings), columns=_COLUMNS)


def _counted(findings: Sequence[Finding]) -> str:
    """Returns how many there are of each level: `3 errors, 1 warning`."""
    counts = ((level, sum(one.level == level for one in findings)) for level in LEVEL_CLASSES)
    return ", ".join(f"{count:,} {level}{'s' * (count != 1)}" for level, count in counts if count) or "nothing found"


def _groups(findings: Sequence[Finding]) -> Html:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.code, []).append(finding)
    is_open = len(findings) <= _OPEN
    shown = list(by_rule.values())[: MOST_ROWS // _MOST_LISTED]
    left_out = len(findings) - sum(map(len, shown))
    return join(*(_group(found, is_open=is_open) for found in shown), more(left_out, "findings"))


def _group(findings: Sequence[Finding], *, is_open: bool) -> Html:
    first = findings[0]
    summary = (
        HtmlCell(span(first.level, LEVEL_CLASSES[first.level])),
        HtmlCell(text(first.code)),
        HtmlCell(join(span(f"{len(findings):,}", "dim"), Html(" "), *_named(findings))),
    )
    listed = [element("li", message(one)) for one in findings[:_MOST_LISTED]]
    fixes = [element("p", text(fix), classes="dim") for fix in dict.fromkeys(one.fix for one in findings) if fix]
    content = join(element("ul", *listed), more(len(findings) - len(listed), "findings"), *fixes[:_MOST_LISTED])
    return folded(summary, element("div", content, classes="inside"), is_open=is_open)


def _named(findings: Sequence[Finding]) -> Iterable[Html]:
    named = [one.variable for one in findings if one.variable]
    for place, one in enumerate(named[:_MOST_NAMED]):
        yield from ([text(", ")] if place else [])
        yield name(one)
    if len(named) > _MOST_NAMED:
        yield text(", …")
