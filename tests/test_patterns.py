"""Regular expressions meet strangers' text: each takes linear time, whatever the text is."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT
from tests.patterns import BEGINNINGS, patterns


def test_no_pattern_is_known_that_is_gone() -> None:
    assert {one.pattern.pattern for one in patterns()} >= BEGINNINGS.keys()


def test_a_long_text_of_its_worst_is_no_work_for_any_pattern() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.patterns"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"it was ended within {run.stdout.splitlines()[-1:]}\n{run.stderr}"
