"""Cards in a browser: every text can be read, in the theme of the notebook and in that of the browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.view.html.test_cards import hostile_cards
from tests.view.html.test_style import TEXT, contrast
from weightscope.view.html.style import DARK, LIGHT

#: The colours of each text and of what lies behind it, as `#rrggbb`.
_COLORS = """
const hex = color => '#' + color.match(/[0-9]+/g).slice(0, 3).map(one => (+one).toString(16).padStart(2, '0')).join('');
const behind = one => {
  while (one && getComputedStyle(one).backgroundColor === 'rgba(0, 0, 0, 0)') one = one.parentElement;
  return hex(getComputedStyle(one).backgroundColor);
};
document.querySelectorAll('details').forEach(one => one.open = true);
const found = new Set();
document.querySelectorAll('.weightscope *').forEach(one => {
  const style = getComputedStyle(one);
  const hasText = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const color = one.closest('svg') ? style.fill : style.color;
  if (hasText && one.tagName !== 'STYLE') found.add(hex(color) + ' ' + behind(one));
});
return [...found];
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium without a window; tests skip without it."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "preferred", "is_dark"),
    [
        ("data-jp-theme-light=true", "dark", False),
        ("data-jp-theme-light=false", "light", True),
        ("class=vscode-dark", "light", True),
        ("", "dark", True),
        ("", "light", False),
    ],
)
def test_every_text_can_be_read_in_every_theme(
    browser: Any, tmp_path: Path, host: str, preferred: str, is_dark: bool
) -> None:
    file = tmp_path / "cards.html"
    cards = "".join(hostile_cards().values())
    file.write_text(f"<!doctype html><meta charset=utf-8><body {host}>{cards}</body>", encoding="utf-8")
    media = {"features": [{"name": "prefers-color-scheme", "value": preferred}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(file.as_uri())
    pairs = [pair.split() for pair in browser.execute_script(_COLORS)]
    assert len(pairs) > 4
    assert {background for _, background in pairs} <= {
        color for palette in ([DARK] if is_dark else [LIGHT]) for color in (palette.background, palette.raised)
    }
    assert min(contrast(*pair) for pair in pairs) >= TEXT
    assert not browser.find_elements("css selector", ".weightscope script, .weightscope img")
