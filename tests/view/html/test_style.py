"""The colours of cards in a notebook can be read, in both themes."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from weightscope.view.html.style import DARK, LIGHT, Palette, style_sheet

#: Of WCAG 2.2, level AA: of text, and of graphics.
TEXT, GRAPHICS = 4.5, 3.0


def luminance(color: str) -> float:
    """Returns the relative luminance of `#rrggbb`, as WCAG 2.2 defines it."""
    shares = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast_on_every_background(palette: Palette) -> None:
    colors = asdict(palette)
    backgrounds = [colors.pop("background"), colors.pop("raised")]
    colors.pop("line")  # between rows, and without meaning
    bar = colors.pop("bar")
    assert min(contrast(bar, background) for background in backgrounds) >= GRAPHICS
    for name, color in colors.items():
        for background in backgrounds:
            assert contrast(color, background) >= TEXT, name


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_theme_of_the_notebook_wins_over_that_of_the_browser() -> None:
    sheet = style_sheet()
    system = sheet.index("@media (prefers-color-scheme:dark)")
    for host in ("[data-jp-theme-light=false]", ".vscode-dark", "html[theme=dark]"):
        assert sheet.index(f"{host} .weightscope") > system
        rule = sheet[sheet.index(f"{host} .weightscope") :]
        assert rule[rule.index("{") :].startswith(f"{{color-scheme:dark;--background:{DARK.background}")
    light = sheet[sheet.index("[data-jp-theme-light=true] .weightscope") :]
    assert light[light.index("{") :].startswith(f"{{color-scheme:light;--background:{LIGHT.background}")
