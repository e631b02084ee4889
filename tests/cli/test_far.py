"""Addresses on the command line: what is refused, what is never shown, and the option that fetches whole files."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error
from tests.range_server import Asked, Change, Given, serving
from tests.source.file.large_files import write_weights
from weightscope.source.bytes.location import shown_location

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


FAILING: dict[str, Change] = {
    "forbidden": lambda asked, given: Given(403, body=SECRET.encode()),
    "a redirect in a circle": lambda asked, given: Given(302, {"Location": f"/x?token={SECRET}"}),
    "a redirect with a password": lambda asked, given: Given(302, {"Location": f"http://eve:{SECRET}@ho st/"}),
    "a wrong range": lambda asked, given: replace(given, headers={"Content-Range": SECRET}),
}


@pytest.mark.parametrize("fault", FAILING)
def test_what_fails_names_no_secret_even_for_debugging(fault: str, run: Run) -> None:
    with serving(SAMPLES, FAILING[fault]) as server:
        location = f"http://user:{SECRET}@{server.url.removeprefix('http://')}{MODEL}?signature={SECRET}"
        result = run("inspect", location, "--debug")
    assert result.exit_code == 2
    assert MODEL in result.stderr
    assert SECRET not in result.stdout + result.stderr


def test_pages_and_tables_name_no_secret(run: Run, tmp_path: Path) -> None:
    page, rows = tmp_path / "report.html", tmp_path / "rows.jsonl"
    with serving(SAMPLES) as server:
        location = f"http://user:{SECRET}@{server.url.removeprefix('http://')}{MODEL}?signature={SECRET}"
        assert run("report", location, "-o", str(page)).exit_code == 0
        ran = run("scan", location, "-o", str(rows))
    assert SECRET not in page.read_text() + ran.stdout + ran.stderr
    assert not rows.exists() or SECRET not in rows.read_text()


@pytest.mark.parametrize(
    ("location", "saying"),
    [
        (f"zip://a::http://user:{SECRET}@127.0.0.1:1/f.zip?signature={SECRET}", "no such file"),
        (f"http://user:{SECRET}@a b/x.keras", "not a valid address"),
    ],
)
def test_an_unusual_address_is_an_error_of_two_lines_without_secrets(location: str, saying: str, run: Run) -> None:
    pytest.importorskip("aiohttp")
    result = run("inspect", location)
    assert_two_line_error(result, saying=saying)
    assert SECRET not in result.stderr
    assert SECRET not in shown_location(location)


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
