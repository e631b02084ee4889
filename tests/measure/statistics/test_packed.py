"""Packed items are the items, in memory and in a temporary file."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import clean_environment
from weightscope.inspection.measured import Preview
from weightscope.measure.statistics.packed import packed_previews

#: Forty previews of 256 KiB: more than is kept in memory.
COUNT, CHARACTERS = 40, 1 << 18


def large(place: int) -> Preview:
    return Preview((f"{place:02}" * (CHARACTERS // 2),), is_whole=False)


def previews() -> Iterator[Preview | None]:
    return (large(place) for place in range(COUNT))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_is_kept_in_memory_comes_back() -> None:
    items = [Preview((1.5, -2.0), is_whole=True), None, Preview(("a",), is_whole=False)]
    assert packed_previews(items) == items


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_temporary_file_is_closed_with_its_last_item() -> None:
    before = open_files()
    packed = packed_previews(previews())
    assert open_files() == before + 1
    assert packed[COUNT - 1] == large(COUNT - 1)
    del packed
    gc.collect()
    assert open_files() == before


def test_threads_read_one_temporary_file_at_once() -> None:
    packed = packed_previews(previews())
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda place: packed[place % COUNT] == large(place % COUNT), range(4 * COUNT)))


FORKS = """
import os
from tests.measure.statistics.test_packed import COUNT, large, packed_previews, previews
packed = packed_previews(previews())
child = os.fork()
are_equal = all(packed[place] == large(place) for _ in range(20) for place in range(COUNT))
if child == 0:
    os._exit(not are_equal)
print(are_equal, os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_forked_processes_read_one_temporary_file_at_once() -> None:
    ran = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, env=clean_environment())
    assert ran.stdout.split() == ["True", "0"], ran.stderr
