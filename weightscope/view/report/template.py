"""Fills the template of a page: texts are escaped, the script and the style are allowed by their hashes.

Nothing on the page comes from elsewhere, and the same records give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from weightscope.inspection import Finding
from weightscope.view.pictures.color_map import ANCHORS, NAN, NEGATIVE_INFINITY, POSITIVE_INFINITY
from weightscope.view.report.columns import DIGITS
from weightscope.view.report.page import Page
from weightscope.view.text import words

#: The parts of the script, in the order in which they need each other.
_SCRIPTS = (
    "data.js",
    "words.js",
    "charts.js",
    "filters.js",
    "table.js",
    "variable.js",
    "sizes.js",
    "depth.js",
    "page.js",
)

_LEVELS = ("error", "warning", "note")

#: Characters of a text from a model in a finding: the table has names in full.
_LONGEST_TEXT = 400


def fill_template(page: Page) -> str:
    """Returns the page as one HTML file."""
    script = "\n".join(map(_part, _SCRIPTS))
    style = _part("page.css")
    template = Template(_part("page.html"))
    return template.substitute(
        policy=f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'",
        title=_shortened(page.title),
        subtitle=_shortened(page.subtitle),
        listing=_text(page.listing),
        style=style,
        facts="".join(f"<li>{_text(fact)}</li>" for fact in page.facts),
        totals="".join(_totals(page)),
        findings="".join(_findings(page)),
        charts="".join(_chart(name, heading) for name, heading in page.charts.items()),
        remarks="".join(f"<li>{_text(remark)}</li>" for remark in page.remarks),
        count=page.count,
        counted=f"{page.count:,}",
        table=_first_rows(page),
        data=_data(page),
        script=script,
        details=_json(page.details),
    )


def _part(name: str) -> str:
    """Returns a file of this folder; scripts and styles without indentation and lines of comments."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        return text
    lines = [line.strip() for line in text.splitlines()]
    is_script = name.endswith(".js")
    return "\n".join(line for line in lines if not (is_script and line.startswith(("/*", "*", "//"))))


def _text(text: str) -> str:
    """Returns text for the page, with markup and characters that hide other text escaped."""
    return html.escape(words.escape(text))


def _shortened(text: str) -> str:
    return _text(text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text):,} characters)")


def _hash(text: str) -> str:
    """Returns what a Content-Security-Policy names an inline script or style by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _totals(page: Page) -> Iterator[str]:
    for one in page.totals:
        hidden = "" if one.text else " hidden"
        value = html.escape(json.dumps(one.value))
        yield (
            f"<div{hidden}><dt>{_text(one.label)}</dt>"
            f'<dd data-total="{html.escape(one.name)}" data-value="{value}">{_text(one.text)}</dd></div>'
        )


def _findings(page: Page) -> Iterator[str]:
    """Yields a list for each rule or kind of note: where it was found, and its fix once."""
    if page.verdict:
        yield f'<p class="verdict">{_text(page.verdict)}</p>'
    if not page.findings:
        yield '<p class="none">Nothing was found.</p>'
    for attribute, found in (("data-finding", page.findings), ("data-note", page.notes)):
        by_code: dict[str, list[Finding]] = {}
        for one in sorted(found, key=lambda one: _LEVELS.index(one.level)):
            by_code.setdefault(one.code, []).append(one)
        for alike, share in zip(
            by_code.values(), _shares(list(map(len, by_code.values())), page.most_findings), strict=True
        ):
            yield _rule(alike, [_finding(one, attribute, page.paths) for one in alike[:share]])


def _shares(counts: Sequence[int], most: int) -> list[int]:
    """Returns how many of each are listed: few ones whole, the others alike, and one of each at least."""
    shares = [0] * len(counts)
    for place, index in enumerate(sorted(range(len(counts)), key=lambda index: counts[index])):
        shares[index] = min(counts[index], max(1, (most - sum(shares)) // (len(counts) - place)))
    return shares


def _rule(found: Sequence[Finding], items: Sequence[str]) -> str:
    """Returns the findings of one rule, of which `items` are listed."""
    level, code = found[0].level, _text(found[0].code)
    rest = f'<li class="more">and {len(found) - len(items):,} more</li>' if len(found) > len(items) else ""
    fixes = "".join(
        f'<p class="fix">{_shortened(fix)}</p>' for fix in dict.fromkeys(one.fix for one in found[: len(items)]) if fix
    )
    heading = f'<b class="level">{level}</b> {code} <small>{len(found):,}</small>'
    return f'<section class="{level}"><h3>{heading}</h3><ul>{"".join(items)}{rest}</ul>{fixes}</section>'


def _finding(finding: Finding, attribute: str, paths: Collection[str]) -> str:
    name = finding.variable or ""
    where = f"{_shortened(name)} " if name else ""
    if name in paths and name.isprintable() and len(name) <= _LONGEST_TEXT:
        where = f'<a href="#{quote(name)}">{_text(name)}</a> '
    return f'<li {attribute}="{html.escape(finding.code)}">{where}{_shortened(finding.message)}</li>'


def _chart(name: str, heading: str) -> str:
    return f'<section class="chart"><h2>{_text(heading)}</h2><div id="{name}"></div></section>'


def _first_rows(page: Page) -> str:
    """Returns the head of the table and its first rows, which the script replaces."""
    names = [column for column in page.columns if any(column.name in row for row in page.first_rows)]
    head = "".join(f'<th scope="col">{_text(column.heading)}</th>' for column in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{_shortened(row.get(column.name, str()))}</td>' for column in names)}</tr>"
        for row in page.first_rows
    )
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


def _data(page: Page) -> str:
    """Returns what the script works with."""
    data = {
        "count": page.count,
        "columns": [
            {"name": one.name, "heading": one.heading, "kind": one.kind, "values": one.packed} for one in page.columns
        ],
        "digits": DIGITS,
        "colors": {"scale": ANCHORS, "strange": [NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY]},
        **page.data,
    }
    return _json(data)


def _json(data: Any) -> str:
    """Returns JSON that no parser of HTML takes for markup, in ASCII."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
