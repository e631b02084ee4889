"""What a notebook shows of results: all that matters, bounded, and names as text alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.records import HOSTILE_NAMES, inspection, variable
from tests.view.html.reader import Page
from tests.view.pictures.made import closeup, normal
from weightscope.api.showable import Listing as ShownListing
from weightscope.api.showable import shown_as
from weightscope.inspection import Finding, Inspection
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.closeup import Slice
from weightscope.inspection.difference import Comparison, ComparisonTotals, Difference, Numbers
from weightscope.measure import Choice, list_measured
from weightscope.view.html.card import MOST_ROWS
from weightscope.view.html.closeup_html import closeup_html
from weightscope.view.html.comparison_html import comparison_html
from weightscope.view.html.findings_html import findings_html, report_html
from weightscope.view.html.inspection_html import inspection_html
from weightscope.view.pictures.spark_scale import SparkScale
from weightscope.view.text.words import escape

#: The elements that cards are made of; `bdi` keeps the direction of a name to itself.
ELEMENTS = {
    *("div", "style", "p", "h4", "bdi", "span", "details", "summary", "ul", "li", "br", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td", "svg", "path", "line", "text"),
}

#: Names with letters that are written from right to left, too: they are not escaped.
NAMES = [
    *HOSTILE_NAMES,
    "\u05e9\u05dc\u05d5\u05dd/kernel",
    "\u2067isolate\u2069/kernel",
    "'\"><img src=x onerror=alert(1)>/kernel",
    "&lt;/kernel",
]


def card_of(one: Inspection) -> str:
    return inspection_html(list_measured(one, Choice(top=MOST_ROWS)), list_measured(one, Choice(by="layer")))


def hostile_cards() -> dict[str, str]:
    """Returns a card of each kind whose every name was written by somebody who means harm."""
    variables = [variable(name, (2, 2), layer_class=name) for name in NAMES]
    findings = [Finding("nan-values", "error", name, name, 1, name) for name in NAMES]
    model = inspection(*variables, location=NAMES[5], name=NAMES[9], notes=tuple(findings))
    differences = tuple(Difference("renamed", name, name, name, Numbers(0.1, 0.1, 0.1, 0.1)) for name in NAMES)
    compared = Comparison(
        model.source, model.source, "path", ComparisonTotals(0, 1, 0, 0), differences, tuple(findings)
    )
    report = CheckResult(model.source, tuple(findings), 3, 12, ("nan-values",))
    seen = [closeup(normal(3, 3), name, name, Slice(name, normal(3, 3))) for name in NAMES]
    return {
        "inspection": card_of(model),
        "closeups": "".join(map(closeup_html, seen)),
        "comparison": comparison_html(compared),
        "findings": findings_html(findings),
        "report": report_html(report),
    }


@pytest.mark.parametrize("kind", ["inspection", "closeups", "comparison", "findings", "report"])
def test_names_from_strangers_are_text_and_change_no_direction(kind: str) -> None:
    source = hostile_cards()[kind]
    page = Page(source)
    assert {name for name, _ in page.tags} <= ELEMENTS
    assert {key for _, attributes in page.tags for key in attributes if key.startswith("on")} == set()
    assert not {"href", "src", "id"} & {key for _, attributes in page.tags for key in attributes}
    for name in NAMES:
        assert escape(name) in page.text.replace("\n", "") or escape(name).removesuffix("/kernel") in page.text
    for char in "\u202e\u2067\u2069\x1b\x07\u200b":
        assert char not in source


def test_a_model_is_a_list_of_layers_that_unfold_into_their_variables(network: Inspection) -> None:
    page = Page(card_of(network))
    layers = list(dict.fromkeys(one.info.layer for one in network.variables))
    assert page.count("details") == page.count("summary") == page.count("table") == len(layers)
    assert page.count("tr") == len(network.variables) + len(layers)
    for word in ("a_rather_long_outer_block/an_inner_block_with_a_name/the_layer_itself", "(1024, 1024)", "1,048,576"):
        assert word in page.text
    assert "no, seed" in page.text
    assert "NaN Inf -Inf 0.1" in page.text


def test_a_large_model_is_cut_and_says_what_is_left_out() -> None:
    model = inspection(
        *(variable(f"layer_{place}/{name}", (2,)) for place in range(1100) for name in ("kernel", "bias"))
    )
    source = card_of(model)
    page = Page(source)
    assert page.count("tr") - page.count("table") == MOST_ROWS
    assert "1,900 more variables in 950 more layers" in page.text
    assert "2,200 variables" in page.text
    assert len(source) < 250_000


def test_a_layer_with_too_many_variables_is_cut_and_says_so() -> None:
    page = Page(card_of(inspection(*(variable(f"layer/w{place}", (2,)) for place in range(2200)))))
    assert page.count("tr") - page.count("table") == MOST_ROWS
    assert page.text.count("1,900 more variables") == 2  # in the layer, and below all layers
    assert "2,200" in page.text


def test_a_listing_has_statistics_on_one_scale_and_what_was_chosen_alone(network: Inspection) -> None:
    listing = shown_as(ShownListing, list_measured(network, Choice(statistics=True, only="trainable")))
    page = Page(listing._repr_html_())
    scale = SparkScale.of(row.statistics for row in listing.rows)
    assert scale is not None
    assert page.text.count(f"distribution, {scale.words}") == len({row.info.layer for row in listing.rows})
    assert "conv/" not in page.text
    assert "listed: 4 variables" in page.text
    row = page.cells[:12]
    assert row[:6] == ["bias", "(8,)", "float32", "8", "yes", "0.0"]
    assert len(row[-1]) == 16
    assert repr(listing) == "<Listing model.keras: 4 variables>"


def test_a_listing_by_class_is_a_table(network: Inspection) -> None:
    listing = shown_as(ShownListing, list_measured(network, Choice(by="class")))
    page = Page(listing._repr_html_())
    assert page.cells[:2] == ["Dense", "7"]
    assert repr(listing) == "<Listing model.keras: 1 groups>"


def test_the_optimizer_is_an_entry_of_its_own() -> None:
    slots = tuple(variable(f"adam/dense/kernel/{name}", role="optimizer") for name in ("momentum", "velocity"))
    page = Page(card_of(inspection(variable("dense/kernel"), optimizer=slots)))
    assert "optimizer 2 variables 48 B" in " ".join(page.text.split())
    assert "adam/dense/kernel/velocity" in page.text


def test_a_closeup_has_statistics_histogram_quantiles_and_values() -> None:
    values = np.asarray([[0.0, 1.0, 2.0], [np.nan, np.inf, 4.0]], "float32")
    seen = replace(closeup(values), quantiles={0.5: 1.5})
    page = Page(closeup_html(seen))
    assert page.cells[:9] == ["0.0", "4.0", "1.75", "1.47902", "4.58258", "1", "1", "1", "0"]
    assert page.cells[9:] == ["1.5"]
    assert page.count("svg") == 1
    (bars,) = [attributes["d"] for name, attributes in page.tags if name == "path"]
    assert seen.histogram is not None
    assert (bars or "").count("M") == sum(count > 0 for count in seen.histogram.counts)
    assert "[[0.0 1.0 2.0]" in " ".join(page.text.replace("NaN", "").split())


def test_a_closeup_of_values_that_are_all_nan_is_shown() -> None:
    page = Page(closeup_html(closeup(np.full((2, 2), np.nan, "float32"))))
    assert page.count("svg") == 0
    assert page.cells[:2] == ["none", "none"]


def test_findings_are_grouped_by_rule_and_cut() -> None:
    findings = [
        Finding("nan-values", "error", "they are NaN", f"layer_{place}/kernel", fix="mend it") for place in range(2000)
    ]
    findings.append(Finding("zero-kernel", "warning", "all are 0"))
    page = Page(findings_html(findings))
    assert "2,000 errors, 1 warning" in page.text
    assert page.count("details") == 2
    assert page.count("li") == 51
    assert "1,950 more findings" in page.text
    assert page.text.count("mend it") == 1
    assert "nothing found" in Page(findings_html([])).text


def test_differences_are_grouped_by_layer_and_cut() -> None:
    differences = tuple(
        Difference("values", f"l{place // 2}/w{place}", f"l{place // 2}/w{place}", "", Numbers(0.25, 0.5, 0.75, 0.125))
        for place in range(2200)
    )
    one = inspection()
    page = Page(
        comparison_html(Comparison(one.source, one.source, "path", ComparisonTotals(0, 2200, 0, 0), differences))
    )
    assert page.count("details") == MOST_ROWS // 2
    assert page.cells[:6] == ["l0/w0", "values", "0.25", "0.5", "0.7500", "12.5 %"]
    assert "1,900 more differences" in page.text
