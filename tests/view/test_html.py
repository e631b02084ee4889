"""Notebooks: names are shown, never obeyed."""

from __future__ import annotations

import html
import re

from tests.records import HOSTILE_NAMES
from weightscope.inspection import Inspection
from weightscope.measure import Choice, list_measured
from weightscope.view.html import to_html
from weightscope.view.text import escape


def test_markup_in_a_name_is_escaped(hostile: Inspection) -> None:
    page = to_html(list_measured(hostile, Choice()))
    assert "<script" not in page
    assert set(re.findall(r"</?(\w+)", page)) == {"pre", "span"}


def test_every_name_is_there_as_text(hostile: Inspection) -> None:
    page = to_html(list_measured(hostile, Choice(preview=0)))
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    for name in HOSTILE_NAMES:
        assert "".join(escape(name).split()) in "".join(text.split())
