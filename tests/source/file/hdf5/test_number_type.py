"""Numbers of a format that no dtype of Keras has are refused, with the command that converts them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.source.file.hdf5.oracle import PLACE, Write, assert_read_as_h5py_reads, written
from weightscope.errors import FileError
from weightscope.source.file import inspect_file


def _number(make: Callable[[], Any], values: np.ndarray[Any, Any]) -> Write:
    def write(file: h5py.File) -> None:
        own = file.create_group("layers/dense/vars")
        made = h5py.h5d.create(own.id, b"0", make(), h5py.h5s.create_simple(values.shape))
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, values)

    return write


def _integer(base: Any, *, precision: int, offset: int = 0) -> Any:
    changed = base.copy()
    changed.set_precision(precision)
    changed.set_offset(offset)
    return changed


def _float(*, fields: tuple[int, ...] = (31, 23, 8, 0, 23), bias: int = 127, norm: Any = None) -> Any:
    changed = h5py.h5t.IEEE_F32LE.copy()
    changed.set_fields(*fields)
    changed.set_ebias(bias)
    if norm is not None:
        changed.set_norm(norm)
    return changed


INTEGERS, FLOATS = np.arange(-5, 15, dtype=np.int32), np.arange(1, 21, dtype=np.float32)

UNUSUAL: dict[str, Write] = {
    "integers of 12 bits": _number(lambda: _integer(h5py.h5t.STD_I32LE, precision=12, offset=4), INTEGERS),
    "integers of 31 bits": _number(lambda: _integer(h5py.h5t.STD_I32BE, precision=31), INTEGERS),
    "unsigned integers of 5 bits": _number(lambda: _integer(h5py.h5t.STD_U8LE, precision=5), INTEGERS.astype("u1")),
    "another bias": _number(lambda: _float(bias=100), FLOATS),
    "another place of the sign": _number(lambda: _float(fields=(0, 24, 8, 1, 23)), FLOATS),
    "a longer exponent": _number(lambda: _float(fields=(31, 21, 10, 0, 21), bias=511), FLOATS),
    "no implied bit": _number(lambda: _float(norm=h5py.h5t.NORM_NONE), FLOATS),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_numbers_of_an_unusual_format_are_refused_with_the_command_that_converts_them(
    name: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "my 'model'.weights.h5", UNUSUAL[name])
    with h5py.File(path) as file:
        expected = file[PLACE][()]
    with pytest.raises(FileError, match="layers/dense/vars/0 holds numbers of an unusual format") as raised:
        inspect_file(str(path))
    program, *arguments = shlex.split(raised.value.hint)
    assert program == "python"
    subprocess.run([sys.executable, *arguments], check=True)
    (variable,) = inspect_file(str(path)).variables
    np.testing.assert_array_equal(variable.read(), expected)


def test_usual_numbers_with_padding_bits_set_otherwise_are_read(tmp_path: Path) -> None:
    def padded() -> Any:
        changed = h5py.h5t.STD_I32LE.copy()
        changed.set_pad(h5py.h5t.PAD_ONE, h5py.h5t.PAD_ONE)
        return changed

    assert_read_as_h5py_reads(written(tmp_path / "model.weights.h5", _number(padded, INTEGERS)))
