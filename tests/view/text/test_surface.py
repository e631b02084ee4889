"""What a terminal's environment says of its colours."""

from __future__ import annotations

import pytest

from tests.view.conftest import Show
from weightscope.inspection import Inspection
from weightscope.view.text.surface import Surface, terminal_colors


@pytest.mark.parametrize(
    ("environment", "colors"),
    [
        ({}, "standard"),
        ({"TERM": "xterm"}, "standard"),
        ({"TERM": "dumb"}, "standard"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, "truecolor"),
    ],
    ids=str,
)
def test_the_environment_tells_the_colours(
    environment: dict[str, str], colors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal_colors() == colors


def test_tables_look_the_same_with_more_colours(network: Inspection, show: Show) -> None:
    plain = show(network, surface=Surface(80, "standard"))
    assert "\x1b[" in plain
    assert show(network, surface=Surface(80, "256")) == plain
    assert show(network, surface=Surface(80, "truecolor")) == plain
