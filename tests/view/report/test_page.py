"""The page as text: allowed by hashes, free of markup from names, small, and the same for the same model."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

import weightscope.view.report
from tests.conftest import SAMPLES, Run
from tests.records import inspection, variable
from tests.view.report.pages import HOSTILE, large_page, page_of
from weightscope.api import report_model

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
STYLE = (Path(weightscope.view.report.__file__).parent / "page.css").read_text(encoding="utf-8")


def test_a_policy_allows_the_own_script_and_style_alone() -> None:
    page = page_of(HOSTILE)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for text in (script, style):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy[1]
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", page)


def test_names_are_no_markup_and_hide_nothing() -> None:
    page = page_of(HOSTILE)
    assert len(re.findall("<script", page)) == 3
    assert "<img" not in page
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029\x1b\udc80]", page)
    data = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    for text in data:
        assert not set("<>&") & set(text)
        assert text.isascii()
        json.loads(text)


def test_the_same_model_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        assert run("report", CNN, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("count", [2, 320, 20_000])
def test_it_is_small(count: int) -> None:
    assert len(large_page(count).encode()) <= 60 * 1024 + 150 * count


def test_pictures_take_at_most_a_mebibyte_unless_all_are_asked_for() -> None:
    rng = np.random.default_rng(0)
    variables = [
        variable(f"dense_{number}/kernel", (40, 48), values=rng.standard_normal((40, 48)).astype("float32"))
        for number in range(500)
    ]
    model = inspection(*variables)
    none, some = (len(report_model(model, pictures=which)) for which in ("none", "some"))
    assert 1 << 19 < some - none <= 1 << 20
    assert "--pictures all" in report_model(model)


def test_rows_and_totals_stand_there_without_javascript() -> None:
    page = page_of([f"dense_{number}/kernel" for number in range(100)])
    body = page.partition('<script type="application/json"')[0]
    assert 'data-total="parameters" data-value="1200"' in body
    assert "dense_0/kernel" in body
    assert "dense_99/kernel" not in body


def colors(text: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#\w+);", text))


def luminance(color: str) -> float:
    """Returns the relative luminance. Source: WCAG 2.2."""
    whole = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    parts = [int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(theme: str) -> None:
    light, _, dark = STYLE.partition("(prefers-color-scheme: dark)")
    chosen = colors(light) if theme == "light" else colors(dark)
    for ink in ("ink", "soft", "link", "bad", "warn"):
        for ground in ("ground", "raised"):
            one, other = sorted(luminance(chosen[name]) for name in (ink, ground))
            assert (other + 0.05) / (one + 0.05) >= 4.5, (ink, ground)


def test_a_model_with_much_to_find_is_a_small_page_too() -> None:
    values = np.full((8, 9), np.nan, "float32")
    model = inspection(*(variable(f"dense_{number}/kernel", (8, 9), values=values) for number in range(400)))
    page = report_model(model, pictures="none")
    assert page.count('data-finding="nan-values"') == 140
    assert "and 260 more" in page
    assert len(page.encode()) <= 60 * 1024 + 150 * 400
