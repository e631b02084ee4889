"""`weightscope scan` as a user runs it: in processes of its own."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HANG, ROOT, SAMPLES, Run, assert_two_line_error
from tests.many.scans import WEIGHTSCOPE, huge, scan, wait_until


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of most kinds, broken ones, and files that are no models."""
    folder = tmp_path_factory.mktemp("zoo")
    shutil.copytree(SAMPLES, folder / "models")
    (folder / "models" / "broken.keras").write_bytes((SAMPLES / "legacy.h5").read_bytes()[:3000])
    (folder / "models" / "empty.h5").write_bytes(b"")
    (folder / "models" / "hub.index.json").write_text('{"weight_map": {"a": "a.safetensors"}}')
    shutil.copy(SAMPLES / "nan_weights.keras", folder / "models" / "without_an_end")
    return folder


def test_a_table_has_the_rows_that_inspect_prints_and_an_error_for_what_cannot_be_read(zoo: Path) -> None:
    ran = scan("models", "-o", "zoo.jsonl", cwd=zoo)
    assert ran.returncode == 1, ran.stderr
    assert "warning: 2 of 18 models could not be read" in ran.stderr
    found = rows(zoo / "zoo.jsonl")
    failed = {row["location"]: row["error"] for row in found if row["error"] is not None}
    assert failed == {"models/broken.keras": failed["models/broken.keras"], "models/empty.h5": "the file is empty"}
    assert all(row[name] is None for row in found if row["error"] for name in row if name not in ("location", "error"))
    locations = [*dict.fromkeys(row["location"] for row in found if row["error"] is None)]
    assert "models/without_an_end" in locations
    printed = subprocess.run(
        [*WEIGHTSCOPE, "inspect", *locations, "--format", "jsonl"],
        cwd=zoo, stdout=subprocess.PIPE, text=True, check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    expected = [{**json.loads(line), "error": None} for line in printed.stdout.splitlines()]
    assert [row for row in found if row["error"] is None] == expected
    assert [*found[0]] == [*expected[0]]
    assert [path.name for path in zoo.iterdir() if path.name not in ("models", "zoo.jsonl")] == []


def test_parquet_csv_and_a_pipe_have_the_same_rows(zoo: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    printed = scan("models", "--stats", "--jobs", "1", cwd=zoo)
    expected = [json.loads(line) for line in printed.stdout.splitlines()]
    assert printed.returncode == 1
    assert scan("models", "--stats", "-o", "zoo.parquet", cwd=zoo).returncode == 1
    assert scan("models", "--stats", "-o", "zoo.csv", cwd=zoo).returncode == 1
    with (zoo / "zoo.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["path"] for row in table] == [row["path"] or "" for row in expected]
    assert [row["l2_norm"] for row in table] == ["" if r["l2_norm"] is None else str(r["l2_norm"]) for r in expected]
    columns = "location, shape, parameters, trainable, nan, mean, histogram.counts, preview[1], error"
    found = duckdb.sql(f"select {columns} from '{zoo / 'zoo.parquet'}'").fetchall()
    wanted = [
        (
            *(row[name] for name in ("location", "shape", "parameters", "trainable", "nan", "mean")),
            row["histogram"] and row["histogram"]["counts"],
            float(row["preview"][0]) if row["preview"] else None,
            row["error"],
        )
        for row in expected
    ]
    assert repr(found) == repr(wanted)  # NaN is not equal to itself


def test_a_row_a_model_has_its_sums_statistics_and_findings(zoo: Path) -> None:
    ran = scan("models", "--models", "--stats", "--check", "--exclude", "bias", cwd=zoo)
    found = {Path(row["location"]).name: row for row in map(json.loads, ran.stdout.splitlines())}
    assert len(found) == 18
    sick = found["nan_weights.keras"]
    assert (sick["nan"], sick["positive_infinity"], sick["parameters"]) == (3, 1, 53)
    assert sick["errors"] >= 2
    assert found["cnn_frozen_batchnorm.keras"]["errors"] == 0
    assert found["cnn_frozen_batchnorm.keras"]["keras_version"].startswith("3.")
    assert found["empty.h5"]["error"] == "the file is empty"
    assert {tuple(row) for row in found.values()} == {tuple(sick)}


def test_a_name_that_is_no_text_is_in_every_table(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    names = {
        rb"a\ud.h5": "a\\ud.h5",
        b"b\xff.h5": "b\\udcff.h5",
        b"c\n.h5": "c\n.h5",
        "d\u202e.h5".encode(): "d\u202e.h5",
        "e\U000e0001.h5".encode(): "e\U000e0001.h5",
    }
    (tmp_path / "models").mkdir()
    for name in names:
        shutil.copy(SAMPLES / "legacy.h5", tmp_path / "models" / os.fsdecode(name))
    for end in ("parquet", "jsonl"):
        assert scan("models", "--models", "-o", f"x.{end}", cwd=tmp_path).returncode == 0
        found = duckdb.sql(f"select location, error from '{tmp_path}/x.{end}'").fetchall()
        assert found == [(f"models/{name}", None) for name in names.values()]


def test_nothing_to_do_is_an_error_in_two_lines_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.md").write_text("no model")
    (tmp_path / "there.csv").write_text("mine")
    for arguments, saying in (
        (("nowhere", "-o", "x.jsonl"), "nowhere: no such file or folder"),
        ((".", "-o", "x.jsonl"), "weightscope scan: no saved model"),
        ((".", "-o", "x.txt"), "x.txt: the end .txt says no format"),
        ((SAMPLES, "-o", "there.csv"), "there.csv: the file exists"),
        ((SAMPLES, "--resume"), "--resume: what is printed cannot be resumed"),
        ((SAMPLES, "-o", "/proc/x.csv"), "/proc/x.csv"),
        ((SAMPLES, "-o", "no/x.csv"), "no/x.csv: no place to write a file to"),
    ):
        assert_two_line_error(run("scan", *arguments), saying=saying)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.md", "there.csv"]
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_a_server_that_never_answers_costs_a_row(tmp_path: Path) -> None:
    near = [SAMPLES / "legacy.h5", SAMPLES / "nan_weights.keras"]
    with socket.create_server(("127.0.0.1", 0)) as server:  # connections are made, and wait
        far = f"http://127.0.0.1:{server.getsockname()[1]}/model.keras"
        ran = scan(near[0], far, near[1], "--timeout", "4", "--models", cwd=tmp_path)
    found = {row["location"]: row["error"] for row in map(json.loads, ran.stdout.splitlines())}
    assert found == {str(near[0]): None, far: "took longer than 4 seconds (--timeout)", str(near[1]): None}
    assert ran.returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
def test_a_process_that_is_killed_costs_a_row(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "legacy.h5", tmp_path / "a.h5")
    huge(tmp_path / "b.h5")
    shutil.copy(SAMPLES / "legacy.h5", tmp_path / "c.h5")
    begun = subprocess.Popen(
        [*WEIGHTSCOPE, "scan", "a.h5", "b.h5", "c.h5", "--stats", "--models", "--jobs", "1", "-o", "x.jsonl"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    kept = tmp_path / "x.jsonl.parts"
    wait_until(lambda: any(one.stat().st_size for one in kept.glob("part-*")))
    children = Path(f"/proc/{begun.pid}/task/{begun.pid}/children").read_text().split()
    assert len(children) == 1
    os.kill(int(children[0]), signal.SIGKILL)
    begun.communicate(timeout=HANG)
    assert begun.returncode == 1
    assert [row["error"] for row in rows(tmp_path / "x.jsonl")] == [
        None,
        "the process that read it ended with signal 9",
        None,
    ]


def test_a_run_that_was_killed_is_resumed_to_the_same_table(tmp_path: Path) -> None:
    for number in range(60):
        shutil.copy(SAMPLES / ("legacy.h5" if number % 2 else "nan_weights.keras"), tmp_path / f"{number}.model")
    (tmp_path / "10.keras").write_bytes(b"broken")
    huge(tmp_path / "99.h5")
    arguments = [".", "--models", "--stats", "--jobs", "1"]
    begun = subprocess.Popen(
        [*WEIGHTSCOPE, "scan", *arguments, "-o", "x.jsonl"],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    kept = tmp_path / "x.jsonl.parts"
    wait_until((kept / "part-0000000.jsonl").exists)
    os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    assert not (tmp_path / "x.jsonl").exists()
    huge(tmp_path / "99.h5", 10)
    refused = scan(*arguments, "-o", "x.jsonl", cwd=tmp_path)
    assert (refused.returncode, "--resume goes on" in refused.stderr) == (2, True)
    other = scan(*arguments, "--check", "-o", "x.jsonl", "--resume", cwd=tmp_path)
    assert (other.returncode, "other options (check)" in other.stderr) == (2, True)
    resumed = scan(*arguments, "-o", "x.jsonl", "--resume", cwd=tmp_path)
    assert resumed.returncode == 1, resumed.stderr
    assert "1 of 62 models" in resumed.stderr
    assert not kept.exists()
    whole = scan(*arguments, cwd=tmp_path)
    assert whole.stdout == (tmp_path / "x.jsonl").read_text()


def test_in_python_rows_come_one_by_one_and_an_error_is_raised(zoo: Path) -> None:
    import weightscope

    rows = weightscope.scan(zoo / "models", weightscope.RowOptions(models=True, fingerprint=True, only="trainable"))
    found = {Path(row["location"]).name: row for row in rows}
    assert found["nan_weights.keras"]["values"] == found["without_an_end"]["values"]
    assert found["nan_weights.keras"]["values"] == weightscope.fingerprint(SAMPLES / "nan_weights.keras").values
    assert found["empty.h5"]["values"] is None
    with pytest.raises(weightscope.WeightscopeError, match="no such file or folder") as raised:
        next(weightscope.scan("nowhere"))
    assert raised.value.location == "nowhere"
    some = weightscope.scan([SAMPLES, zoo], jobs=1)
    assert next(some)["error"] is None
    some.close()  # type: ignore[attr-defined]  # ends the program that reads


@pytest.mark.slow  # two tables over all samples, and pandas; Parquet has a test above
def test_the_recipes_of_the_readme_answer_what_they_ask(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    pytest.importorskip("pandas", reason="pandas is not installed")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (queries,) = re.findall(r"```sql\n(.*?)```", readme, re.DOTALL)
    (recipe,) = re.findall(r"```python\n(import pandas\n.*?)```", readme, re.DOTALL)
    monkeypatch.chdir(zoo)
    for arguments in (["--stats", "-o", "weights.parquet"], ["--models", "--id", "--check", "-o", "models.parquet"]):
        assert scan("models", *arguments, cwd=zoo).returncode == 1
    answers = [duckdb.sql(query).fetchall() for query in queries.split(";") if query.strip()]
    header, *lines = recipe.strip().split("\n\n", 1)
    setting_up, *asked = lines[0].splitlines()
    names: dict[str, Any] = {}
    exec(f"{header}\n{setting_up}", names)
    in_pandas = [eval(line, names) for line in asked]
    sick = {("models/nan_weights.keras", "scores/kernel", 3), ("models/without_an_end", "scores/kernel", 3)}
    assert {tuple(row) for row in answers[0]} == sick == set(in_pandas[0].itertuples(index=False, name=None))
    same = {frozenset(row[0]) for row in answers[1]}
    assert same == {frozenset(locations) for locations in in_pandas[1]}
    assert {"models/nan_weights.keras", "models/without_an_end"} in same
    assert dict(answers[2]) == {None if key != key else key: count for key, count in in_pandas[2].items()}
    assert dict(answers[3]) == in_pandas[3].to_dict()
    assert len(answers[4]) == len(in_pandas[4]) == 2
