"""The progress bar: late, on a terminal only, gone afterwards."""

from __future__ import annotations

import io
import sys

import pytest

from weightscope.cli.progress import progress_while


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_says_what_is_read_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_while("Reading [red]\x1b[2Jmodel", 4096, patience=-1.0) as advance:
        assert advance is not None
        advance(1024)
        advance(2048)
    told = terminal.getvalue()
    assert "Reading [red]\\x1b[2Jmodel" in told
    assert "3.0/4.0 KiB" in told
    assert told.endswith("\x1b[2K")


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
