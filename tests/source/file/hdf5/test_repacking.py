"""The error of an intact file that cannot be read has a command that converts it; a truncated file is not "damaged"."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.source.file.hdf5.oracle import PLACE, assert_read_as_h5py_reads, dataset, written
from weightscope.errors import FileError
from weightscope.source.file import inspect_file


def _short_addresses(path: Path) -> None:
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_sizes(4, 4)
    with h5py.File(h5py.h5f.create(str(path).encode(), fcpl=properties)) as file:
        dataset((30, 20))(file)


def _scale_offset(path: Path) -> None:
    written(path, lambda file: file.create_dataset(PLACE, data=np.arange(60), chunks=(10,), scaleoffset=0))


@pytest.mark.parametrize("write", [_short_addresses, _scale_offset])
def test_a_sound_file_that_is_not_read_comes_with_the_command_that_repacks_it(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "my model.weights.h5"
    write(path)
    with pytest.raises(FileError, match="not read") as raised:
        inspect_file(str(path))
    command = shlex.split(raised.value.hint)
    assert command[:-1] == ["h5repack", "-f", "NONE", "-l", "CONTI", str(path)]
    if shutil.which("h5repack"):
        subprocess.run(command, check=True)
        assert_read_as_h5py_reads(Path(command[-1]))


def test_a_file_cut_short_is_truncated_and_not_damaged_behind_a_user_block_too(tmp_path: Path) -> None:
    path = written(tmp_path / "model.weights.h5", dataset((300, 20)), userblock_size=1024)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(FileError, match=re.escape("a truncated HDF5 file")):
        inspect_file(str(path))
