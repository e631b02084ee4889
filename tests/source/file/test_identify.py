"""Every format that a file can have is recognised, read and named."""

from __future__ import annotations

import importlib

import pytest

from tests.conftest import SAMPLES
from weightscope.inspection.file_format import FileFormat
from weightscope.source.file.identify import READERS, identify

ROOM = "weightscope.source.file"


@pytest.mark.parametrize("file_format", FileFormat)
def test_every_format_has_a_reader(file_format: FileFormat) -> None:
    module, function = READERS[file_format]
    assert callable(getattr(importlib.import_module(f"{ROOM}.{module}"), function))


def test_a_file_whose_name_ends_as_those_of_a_format_is_of_a_format_with_that_end() -> None:
    """Hints propose files by their names, so the ends that formats list are those of real files."""
    files = [path for path in SAMPLES.iterdir() if path.suffix in (".keras", ".h5")]
    assert files
    for path in files:
        assert path.name.endswith(identify(str(path)).format.ends)
