"""What a run left is gone on with only as far as it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from weightscope.errors import UsageError
from weightscope.many import work_folder
from weightscope.many.counts import Counts
from weightscope.many.work_folder import WorkFolder
from weightscope.source.file.candidate import Candidate

PLAN = {"paths": ["."]}


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a run of three parts left, which was killed in the last one."""
    monkeypatch.setattr(work_folder, "PART_CANDIDATES", 1)
    folder = WorkFolder.begin(tmp_path / "left", PLAN, map(Candidate, ("a.h5", "b.h5", "c.h5")))
    folder.keep(0, b'{"row": 0}\n', Counts(1, 1, 0, 1))
    folder.keep(1, b'{"row": 1}\n', Counts(1, 1, 0, 1))
    folder.unfinished(2).write_bytes(b'{"ro')
    return folder.path


def missing(path: Path) -> list[int] | None:
    """Returns the numbers of the parts that are read when the run is resumed; None where it begins anew."""
    folder = WorkFolder.resume(path, PLAN)
    if folder is None:
        return None
    numbers = [part.number for part in folder.missing_parts()]
    assert folder.counts().models == 3 - len(numbers)
    assert [number for number in range(3) if not folder.has_finished(number)] == numbers
    for number in numbers:
        folder.keep(number, b'{"row": 9}\n', Counts(1, 1, 0, 1))
    assert [part.number for part in folder.missing_parts()] == []
    assert all(list(folder.rows(number)) for number in range(3))
    return numbers


def test_a_part_that_was_not_finished_is_read_again(left: Path) -> None:
    assert missing(left) == [2]
    assert missing(left) == []


@pytest.mark.parametrize("content", [b"", b'{"row": 7}\n', None])
def test_a_part_that_is_damaged_or_gone_is_read_again(left: Path, content: bytes | None) -> None:
    part = left / "part-0000000.jsonl"
    part.unlink() if content is None else part.write_bytes(content)
    assert missing(left) == [0, 2]


@pytest.mark.parametrize("line", ["[1, 5", "5\n", "[]\n", "x\n", "[1, null, 1, 1, 0, 1]\n", "[null, 5, 1, 1, 0, 1]\n"])
def test_a_line_that_was_cut_is_of_a_part_that_is_read_again(left: Path, line: str) -> None:
    journal = left / "finished.jsonl"
    first, _ = journal.read_text().splitlines(keepends=True)
    journal.write_text(first + line)
    assert missing(left) == [1, 2]


@pytest.mark.parametrize("name", ["plan.json", "candidates.jsonl"])
@pytest.mark.parametrize(
    "content", ["", "{", '["a.h5"]\n', '{"plan": 1, "parts": 3, "candidates": 3}', '{"plan": {}, "parts": 1e400}']
)
def test_a_run_whose_plan_is_damaged_begins_anew(left: Path, name: str, content: str) -> None:
    (left / name).write_text(content)
    assert missing(left) is None


def test_a_folder_with_files_that_no_scan_wrote_is_not_removed(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("mine")
    with pytest.raises(UsageError, match="holds files that no scan wrote"):
        WorkFolder.begin(tmp_path, PLAN, [])
    assert kept.read_text() == "mine"
