"""The line about what is fetched: late, on a terminal only, gone when nothing is being fetched."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import run_in_terminal
from tests.conftest import SAMPLES, Run
from tests.range_server import serving
from tests.source.file.large_files import write_weights
from weightscope import api
from weightscope.cli import traffic_line
from weightscope.source.bytes.far.traffic import Traffic

MODEL = "cnn_frozen_batchnorm.keras"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_fetched_is_shown_in_one_line_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_line, "PATIENCE", 0.0)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with serving(SAMPLES) as server, traffic_line.traffic_line():
        location = f"{server.url.replace('//', '//user:geheimnis@')}{MODEL}?signature=geheimnis"
        api.inspect_model(location)
    shown = terminal.getvalue()
    assert re.search(r"\r\S+: \S+ \S*B fetched\x1b\[K", shown)
    assert shown.endswith("\r\x1b[K")
    assert "geheimnis" not in shown
    assert all(len(line) < 40 for line in re.split(r"\r|\x1b\[K", shown))


def test_a_long_download_is_shown_on_a_terminal(tmp_path: Path) -> None:
    write_weights(tmp_path / "model.weights.h5", 9)
    with serving(tmp_path, rate=8e6) as server:
        ran = run_in_terminal("inspect", f"{server.url}model.weights.h5", "--download", "--preview", "0")
    assert ran.code == 0
    assert re.search(r"model.weights.h5: \d.\d MiB fetched", ran.stderr)


def test_nothing_about_fetching_is_written_to_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_line, "PATIENCE", 0.0)
    with serving(SAMPLES) as server:
        assert "fetched" not in run("inspect", f"{server.url}{MODEL}", "--json").stderr


def test_what_comes_after_the_command_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_line, "PATIENCE", 0.0)
    monkeypatch.setattr(traffic_line, "_PAUSE", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with traffic_line.traffic_line():
        traffic = Traffic("https://host/model.keras")
        traffic.add(bytes_read=1)
    assert terminal.getvalue().endswith("\r\x1b[K")
    before = terminal.getvalue()
    traffic.add(bytes_read=1)
    assert terminal.getvalue() == before
