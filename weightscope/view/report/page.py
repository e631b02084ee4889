"""The content of a page, as records: all that the template fills in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from weightscope.inspection import Finding
from weightscope.view.report.packing import Packed

#: How the values of a column are written: a number with four digits, a whole number, bytes with a unit, a share in
#: percent, yes or no, a shape, bars.
Kind = Literal["path", "text", "number", "count", "bytes", "share", "flag", "shape", "bars"]


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A column of the table.

    Attributes:
        name: Of the field, as in JSON.
        heading: Above the column.
        kind: How its values are written.
        packed: The values of all rows.
    """

    name: str
    heading: str
    kind: Kind
    packed: Packed


@dataclass(frozen=True, slots=True)
class Total:
    """A sum: its name in JSON, its label, its value as JSON, and its text; empty text: it is not displayed."""

    name: str
    label: str
    value: int | None
    text: str


#: The most findings that a page lists: each takes some elements, of which a page is to have few.
MOST_FINDINGS = 250


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a page. Texts are as the model has them: the template escapes them.

    Attributes:
        title: What the page is about.
        subtitle: The class and the name of the model; empty if unknown.
        facts: Lines about the model.
        totals: Sums over the whole model.
        verdict: What is wrong with the model as a whole; empty if nothing is.
        findings: What is wrong, the worst first.
        most_findings: How many findings are listed, and how many notes; the others are counted.
        notes: What readers noted.
        remarks: What the reader of the page should know about it.
        listing: The heading of the table.
        columns: Of the table.
        paths: The variables of the rows: findings about them are links.
        count: The number of rows.
        first_rows: Texts of the first rows, by the name of the column, for readers without JavaScript.
        charts: Headings of the charts by the id that the script draws them into.
        data: What the script needs besides the columns.
        details: What the script shows of single rows, by the number of the row.
    """

    title: str
    subtitle: str
    facts: tuple[str, ...]
    totals: tuple[Total, ...]
    verdict: str
    findings: tuple[Finding, ...]
    most_findings: int
    notes: tuple[Finding, ...]
    remarks: tuple[str, ...]
    listing: str
    columns: tuple[PageColumn, ...]
    paths: frozenset[str]
    count: int
    first_rows: tuple[Mapping[str, str], ...]
    charts: Mapping[str, str]
    data: Mapping[str, Any]
    details: Mapping[str, Any] = field(default_factory=dict)
