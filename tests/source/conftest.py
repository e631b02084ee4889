"""Where the files are that tests read: real ones beside the project, small ones made once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real files, beside the project or where WEIGHTSCOPE_CORPUS says."""
    folder = Path(os.environ.get("WEIGHTSCOPE_CORPUS", _PROJECT.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip(f"no corpus at {folder}; set WEIGHTSCOPE_CORPUS")
    return folder
