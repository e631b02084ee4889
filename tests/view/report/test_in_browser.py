"""The page in a real browser: what it shows is what the command line prints, and names of strangers do nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import SAMPLES, Run
from tests.records import inspection, variable
from tests.view.report.browser import Browser, open_browser
from tests.view.report.pages import HOSTILE, large_page, page_of
from weightscope.api import report_difference, report_model

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
SICK = SAMPLES / "nan_weights.keras"
LSTM = SAMPLES / "text_bidirectional_lstm.keras"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def report(run: Run, tmp_path: Path, *arguments: Any) -> str:
    file = tmp_path / "report.html"
    result = run("report", *arguments, "-o", file, "--force")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    return file.read_text(encoding="utf-8")


def flat(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, **(entry["statistics"] or {})}


@pytest.mark.parametrize("model", [CNN, SICK, LSTM], ids=lambda path: path.stem)
def test_rows_and_totals_are_those_of_inspect(browser: Browser, run: Run, tmp_path: Path, model: Path) -> None:
    expected = json.loads(run("inspect", model, "--stats", "--json").stdout)
    browser.show(report(run, tmp_path, model))
    rows = browser.all_rows()
    assert list(rows) == [entry["path"] for entry in expected["variables"]]
    for entry in expected["variables"]:
        assert rows[entry["path"]] == {name: flat(entry)[name] for name in rows[entry["path"]]}
        assert len(rows[entry["path"]]) > 15
    totals = browser.ask(
        "[...document.querySelectorAll('#totals [data-total]')].map(one => [one.dataset.total, one.dataset.value])"
    )
    assert {name: json.loads(value) for name, value in totals} == expected["totals"]
    rules = browser.ask("[...document.querySelectorAll('[data-finding]')].map(one => one.dataset.finding)")
    findings = json.loads(run("check", model, "--json").stdout)["findings"]
    assert sorted(rules) == sorted(one["rule"] for one in findings)
    assert browser.troubles() == []


def test_search_sort_and_filters_choose_rows(browser: Browser, run: Run, tmp_path: Path) -> None:
    browser.show(report(run, tmp_path, CNN))
    paths = list(browser.rows())
    assert browser.search("KERNEL") == 3
    assert list(browser.rows()) == [path for path in paths if "kernel" in path]
    assert browser.search("no such name") == 0
    assert browser.rows() == {}
    assert browser.search("") == len(paths)
    largest = browser.sort("parameters")
    assert largest == sorted(largest, reverse=True)
    assert browser.sort("parameters") == sorted(largest)
    names = browser.sort("path")
    assert names == sorted(paths)
    assert browser.sort("path") == sorted(paths, reverse=True)
    browser.ask("(list => { list.value = 'false'; list.onchange() })(document.querySelector('#filters select'))")
    assert {cells["trainable"] for cells in browser.rows().values()} == {False}
    assert browser.ask("document.getElementById('shown').dataset.value") == "4"


def test_a_click_shows_one_variable_as_show_does(browser: Browser, run: Run, tmp_path: Path) -> None:
    expected = json.loads(run("show", CNN, "conv2d_1/kernel", "--json").stdout)
    browser.show(report(run, tmp_path, CNN))
    browser.click_row("conv2d_1/kernel")
    assert browser.ask("document.getElementById('variable').dataset.variable") == "conv2d_1/kernel"
    quantiles = browser.ask("[...document.querySelectorAll('.quantiles [data-value]')].map(one => +one.dataset.value)")
    assert quantiles == list(expected["quantiles"].values())
    shown = browser.text_of("#variable")
    assert "(3, 3, 6, 8): height 3, width 3, in 6, out 8" in shown
    assert "filters of 3 x 3: 6 of 6 in, 8 of 8 out" in shown
    assert browser.text_of("#variable code") == f"weightscope show {CNN} conv2d_1/kernel"
    assert browser.ask("decodeURIComponent(location.hash)") == "#conv2d_1/kernel"
    assert browser.ask("document.querySelector('#variable canvas').width") > 100
    assert browser.troubles() == []


def test_without_pictures_quantiles_are_estimates_and_say_so(browser: Browser, run: Run, tmp_path: Path) -> None:
    expected = json.loads(run("show", CNN, "conv2d_1/kernel", "--json").stdout)
    browser.show(report(run, tmp_path, CNN, "--pictures", "none"), "#conv2d_1/kernel")
    assert "Quantiles, estimated from 16 bins" in browser.text_of("#variable")
    quantiles = browser.ask("[...document.querySelectorAll('.quantiles [data-value]')].map(one => +one.dataset.value)")
    assert quantiles == pytest.approx(list(expected["quantiles"].values()), abs=2**-5)  # the width of a bin
    browser.ask("document.querySelector('.command button').click()")
    browser.wait(lambda: browser.text_of(".command button") == "copied")


def test_layers_unfold_and_choose_their_variables(browser: Browser, run: Run, tmp_path: Path) -> None:
    browser.show(report(run, tmp_path, LSTM))
    browser.ask("document.querySelector('.tree .fold').click()")
    inside = browser.ask("[...document.querySelectorAll('.tree .tree .name')].map(one => one.innerText)")
    assert sorted(inside) == ["backward_lstm", "forward_lstm"]
    browser.ask("[...document.querySelectorAll('.tree .name')].find(one => one.innerText === 'forward_lstm').click()")
    assert list(browser.rows()) == [path for path in browser.all_rows() if path.startswith("reader/forward_lstm/")]
    assert len(browser.rows()) == 3
    browser.ask("document.querySelector('#layer button').click()")
    assert len(browser.rows()) == 9


def test_a_link_opens_a_variable(browser: Browser, run: Run, tmp_path: Path) -> None:
    browser.show(report(run, tmp_path, CNN), "#dense/kernel")
    assert browser.ask("document.getElementById('variable').dataset.variable") == "dense/kernel"
    browser.ask("location.hash = '#conv2d/kernel'")
    browser.wait(lambda: browser.ask("document.getElementById('variable').dataset.variable") == "conv2d/kernel")
    browser.press("Escape")
    assert browser.ask("document.getElementById('variable').hidden")


def test_a_link_typed_by_hand_opens_a_name_with_a_percent_sign(browser: Browser) -> None:
    browser.show(page_of(["100%/kernel", "dense/kernel"]), "#100%/kernel")
    browser.wait(lambda: browser.ask("document.getElementById('variable').dataset.variable") == "100%/kernel")


def test_keys_move_through_the_rows(browser: Browser, run: Run, tmp_path: Path) -> None:
    browser.show(report(run, tmp_path, CNN))
    browser.press("/")
    assert browser.ask("document.activeElement.id") == "search"
    browser.ask("document.querySelector('#rows tbody a').focus()")
    for _ in range(3):
        browser.press("ArrowDown")
    assert browser.ask("document.activeElement.closest('tr').dataset.variable") == list(browser.rows())[3]
    browser.press("End")
    assert browser.ask("document.activeElement.closest('tr').dataset.variable") == list(browser.rows())[-1]


def test_two_models_show_the_differences_of_diff(browser: Browser, run: Run, tmp_path: Path) -> None:
    expected = json.loads(run("diff", CNN, SICK, "--json").stdout)
    browser.show(report(run, tmp_path, CNN, SICK))
    rows = browser.ask("[...document.querySelectorAll('#rows [data-difference]')].map(row => ({...row.dataset}))")
    found = [(row["difference"], row.get("a"), row.get("b")) for row in rows]
    assert found == [(one["kind"], one["a"], one["b"]) for one in expected["differences"]]
    totals = browser.ask(
        "[...document.querySelectorAll('#totals [data-total]')].map(one => [one.dataset.total, one.dataset.value])"
    )
    assert {name: json.loads(value) for name, value in totals} == expected["totals"]
    assert browser.troubles() == []


def test_hostile_names_are_texts(browser: Browser) -> None:
    page = page_of(HOSTILE)
    browser.show(page)
    assert list(browser.rows()) == list(HOSTILE)
    for path in HOSTILE:
        if path.isprintable() and path.isascii():
            browser.click_row(path)
            assert browser.ask("document.getElementById('variable').dataset.variable") == path
    assert not any(mark in browser.text_of("body") for mark in ("\u202e", "\u2066", "\x1b"))
    assert "\\u202e" in browser.text_of("#rows")
    assert browser.ask("document.querySelectorAll('img').length") == 0
    assert browser.ask("document.documentElement.scrollWidth <= innerWidth")
    assert browser.troubles() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_it_in_either_theme(browser: Browser, run: Run, tmp_path: Path, theme: str) -> None:
    browser.show(report(run, tmp_path, CNN), "#conv2d_1/kernel", width=400, theme=theme)
    assert browser.ask("document.documentElement.scrollWidth") <= 400
    lines_of_keys = browser.ask("Array.from(document.querySelectorAll('.key'), one => one.getClientRects().length)")
    assert set(lines_of_keys) == {1}  # a mark stands beside its words
    light = browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light == (theme == "light")


def test_twenty_thousand_variables_are_a_page_of_few_elements(browser: Browser) -> None:
    browser.show(large_page(20_000))
    most = "document.getElementsByTagName('*').length"
    assert browser.ask(most) <= 3000
    assert browser.search("dense_77/") == 2
    assert list(browser.rows()) == ["block_19/dense_77/kernel", "block_19/dense_77/bias"]
    assert browser.search("") == 20_000
    means = browser.sort("mean")
    assert means == sorted(means, reverse=True)
    assert browser.sort("mean")[0] < -3
    browser.ask("document.getElementById('rows').scrollTop = 1e9")
    browser.wait_for_frame()
    assert (
        browser.ask("document.querySelector('#rows tbody:not(.space) tr:last-child').getAttribute('aria-rowindex')")
        == "20001"
    )
    for _ in range(12):
        browser.ask("document.querySelector('.tree .more:not(:disabled)')?.click()")
    assert browser.ask(most) <= 3000
    assert browser.troubles() == []


def test_without_javascript_there_are_name_totals_and_the_first_rows(
    browser: Browser, run: Run, tmp_path: Path
) -> None:
    browser.show(report(run, tmp_path, CNN), script=False)
    page = browser.text_of("body")
    assert 'Sequential "image_classifier"' in page
    assert "722" in page
    assert "conv2d_1/kernel" in page


def test_whole_numbers_beyond_floats_are_exact(browser: Browser) -> None:
    large = np.asarray([2**53 + 1, -(2**63)], "int64")
    model = inspection(variable("counter", (2,), dtype="int64", values=large), variable("dense/kernel"))
    browser.show(report_model(model))
    rows = browser.rows()
    assert (rows["counter"]["minimum"], rows["counter"]["maximum"]) == (-(2**63), 2**53 + 1)
    assert browser.sort("maximum") == [2**53 + 1, 5.0]


def test_floats_beyond_whole_numbers_are_those_of_inspect(browser: Browser) -> None:
    large = np.asarray([2.0**63, 2.0**63, -(2.0**63), 1e21], "float64")
    browser.show(report_model(inspection(variable("scale", (4,), dtype="float64", values=large))))
    cells = browser.rows()["scale"]
    assert (cells["minimum"], cells["maximum"]) == (-(2.0**63), 1e21)
    assert cells["mean"] == float(np.mean(large))


def test_hostile_names_of_two_models_are_texts(browser: Browser) -> None:
    before = inspection(*(variable(path, layer_class=path) for path in HOSTILE), location="<b>a</b>.keras")
    after = inspection(*(variable(f"{path}&", values=np.ones((2, 3))) for path in HOSTILE), location="b</title>.keras")
    browser.show(report_difference(before, after))
    assert browser.ask("document.title") == "<b>a</b>.keras and b</title>.keras"
    for number in range(len(HOSTILE)):
        browser.ask("document.querySelectorAll('#rows [data-difference]')[arguments[0]].click()", number)
    assert not any(mark in browser.text_of("body") for mark in ("\u202e", "\u2066", "\x1b"))
    assert browser.ask("document.querySelectorAll('img, b > b').length") == 0
    assert browser.troubles() == []
