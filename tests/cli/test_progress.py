"""The progress bar: late, on a terminal only, gone afterwards."""

from __future__ import annotations

import io
import re
import sys
import time

import pytest

from tests.cli.terminal import without_colours
from weightscope.cli.progress import progress_while


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_says_what_is_read_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "120")
    with progress_while("Reading [red]\x1b[2Jmodel", 4096, patience=-1.0) as advance:
        assert advance is not None
        advance(1024)
        advance(2048)
    shown = terminal.getvalue()
    assert "Reading [red]\\x1b[2Jmodel" in shown
    assert "3.0/4.0 KiB" in shown
    assert shown.endswith("\x1b[2K")


def test_the_rate_has_the_unit_of_the_sizes_and_the_time_left_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "120")
    with progress_while("Reading", 1 << 40, patience=-1.0) as advance:
        assert advance is not None
        for _ in range(4):
            time.sleep(0.15)
            advance(10 << 20)
    shown = without_colours(terminal.getvalue())
    assert re.search(r"\d\.\d MiB/s \d+:\d\d", shown)
    assert "MB" not in shown


@pytest.mark.parametrize("width", [40, 60, 79, 80, 120])
def test_it_takes_one_line_in_any_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", str(width))
    with progress_while(f"Reading {'long/' * 20}model.keras", 64 << 30, patience=-1.0) as advance:
        assert advance is not None
        for _ in range(3):
            time.sleep(0.06)
            advance(100 << 20)
    drawn = re.split(r"[\r\n]|\x1b\[2K", re.sub(r"\x1b\[[0-9;?]*[a-zA-JL-Z]", "", terminal.getvalue()))
    lines = [line for line in drawn if line.strip()]
    assert lines
    assert all(len(line) <= width and "GiB" in line and ":" in line for line in lines)


def test_it_keeps_silent_while_it_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_while("Reading", 4096) as advance:
        assert advance is not None
        advance(4096)
    assert terminal.getvalue() == ""


def test_it_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_while("Reading", 1) as advance:
        assert advance is None
