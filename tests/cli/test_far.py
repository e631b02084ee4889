"""Addresses on the command line: what is refused, what is never shown, and the option that fetches whole files."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error
from tests.range_server import Asked, Given, serving
from tests.source.file.large_files import write_weights

MODEL = "cnn_frozen_batchnorm.keras"
SECRET = "geheimnis"


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "{}"],
        ["inspect", "{}", "--json"],
        ["inspect", "{}", "--debug", "--live"],
        ["show", "{}", "conv2d/kernel"],
        ["show", "{}", "no_such_variable", "--debug"],
        ["check", "{}", "--verbose"],
        ["check", "{}", "--into", "{}"],
        ["check", "{}", "--format", "sarif"],
        ["diff", "{}", "{}"],
        ["id", "{}", "--json"],
        ["{}"],
        ["inspect", "{}", "{}", "--by", "model"],
        ["trend", "{}", "{}", "--of", "mean"],
        ["export", "{}", "-o", "weights.npz", "--dry-run"],
    ],
    ids=" ".join,
)
def test_passwords_and_queries_are_shown_nowhere(words: list[str], run: Run) -> None:
    with serving(SAMPLES) as server:
        host = server.url.removeprefix("http://")
        location = f"http://user:{SECRET}@{host}{MODEL}"
        result = run(*(word.format(f"{location}?signature={SECRET}") for word in words))
        assert SECRET not in result.stdout + result.stderr
        assert MODEL in result.stdout + result.stderr or words[0] == "export"
        for asked in server.asked:
            assert asked.headers["authorization"].startswith("Basic ")
            assert asked.path.endswith(f"?signature={SECRET}")


def test_a_lock_and_its_verification_name_an_address_without_secrets(run: Run, tmp_path: Path) -> None:
    with serving(SAMPLES) as server:
        location = f"http://user:{SECRET}@{server.url.removeprefix('http://')}{MODEL}?signature={SECRET}"
        lock = tmp_path / "weights.lock"
        assert run("lock", location, "-o", str(lock)).exit_code == 0
        verified = run("verify", str(lock), location)
    assert (verified.exit_code, verified.stdout) == (0, f"{server.url}{MODEL}: unchanged\n")
    assert SECRET not in lock.read_text()


def test_a_server_without_ranges_is_refused_and_download_reads_its_file(run: Run) -> None:
    large = {"large.h5": (SAMPLES / "legacy.h5").read_bytes() + bytes(9 << 20)}

    def whole(asked: Asked, given: Given) -> Given:
        return replace(given, status=200, body=large["large.h5"], headers={})

    with serving(large, whole) as server:
        refused = run("inspect", f"{server.url}large.h5")
        assert_two_line_error(refused, saying="does not send ranges", hinting="--download")
        found = json.loads(run("inspect", f"{server.url}large.h5", "--download", "--json").stdout)
    assert found["totals"] == json.loads(run("inspect", str(SAMPLES / "legacy.h5"), "--json").stdout)["totals"]
    assert found["source"]["remote"] == {"bytes_read": len(large["large.h5"]), "requests": 1, "rounds": 1}


def test_a_filesystem_whose_package_is_missing_is_named_with_the_line_that_installs_it(run: Run) -> None:
    pytest.importorskip("fsspec")
    if find_spec("gcsfs") is None:
        assert_two_line_error(run("inspect", "gs://bucket/model.keras"), saying="gs://", hinting="pip install gcsfs")
    assert_two_line_error(run("inspect", "nonsense://x/y"), saying="unknown kind", hinting="https://")


@pytest.mark.slow
def test_the_processes_of_a_scan_share_sixteen_connections(run: Run, tmp_path: Path) -> None:
    content = write_weights(tmp_path / "weights.h5").read_bytes()
    files = {f"{number}.weights.h5": content for number in range(102)}  # a process takes fifty at a time
    with serving(files, delay=0.02) as server:
        rows = str(tmp_path / "rows.jsonl")
        words = ("--jobs", "3", "--models", "-o", rows)
        assert run("scan", *(f"{server.url}{name}" for name in files), *words).exit_code == 0
        assert len(Path(rows).read_text().splitlines()) == 102
        assert server.at_once <= 16
