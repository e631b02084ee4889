"""Writes values of a variable to a file that other programs read: `.npy` and `.csv`, box by box."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from weightscope.errors import UsageError
from weightscope.inspection import Array, Variable
from weightscope.measure.preview import python_number
from weightscope.measure.slicing import Cut
from weightscope.view.text import escape


def can_export(file: str | None) -> bool:
    """Tells by the name's end whether a file is to hold values, not text."""
    return file is not None and Path(file).suffix.lower() in _WRITERS


def export(variable: Variable, cut: Cut, file: str) -> None:
    """Writes what `cut` takes of a variable to `file`, piece by piece, in the format that the name ends in.

    `.npy` holds an array of the cut's shape and the variable's dtype (bfloat16, which numpy does not know, as
    float32). `.csv` holds a matrix row by row, one value a line where there is one axis, and with more axes a line for
    each value: its index and itself, below a heading.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        _WRITERS[Path(file).suffix.lower()](Path(file), cut.shape, cut.pieces(variable))
    except OSError as error:
        raise UsageError(file, f"cannot be written: {error.strerror}", "-o ANOTHER_FILE") from error


#: Values and the index of the first of them; one piece after the other, in C order.
Pieces = Iterator[tuple[tuple[int, ...], Array]]


def _write_npy(file: Path, shape: tuple[int, ...], pieces: Pieces) -> None:
    with file.open("wb") as out:
        for number, (_, values) in enumerate(pieces):
            whole = values if values.dtype.kind in "biufc" else values.astype(np.float32)
            if not number:
                header: Any = {"descr": whole.dtype.str, "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_2_0(out, header)
            out.write(np.ascontiguousarray(whole).tobytes())


def _write_csv(file: Path, shape: tuple[int, ...], pieces: Pieces) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        if len(shape) > 2:
            writer.writerow([*(f"axis_{axis}" for axis in range(len(shape))), "value"])
        row: list[str] = []
        for start, values in pieces:
            if len(shape) > 2:
                for index, value in np.ndenumerate(values):
                    writer.writerow([*map(sum, zip(index, start, strict=True)), _word(value)])
                continue
            for value in values.ravel():
                row.append(_word(value))
                if len(shape) < 2 or len(row) == shape[1]:
                    writer.writerow(row)
                    row = []


def _word(value: Any) -> str:
    return escape(str(python_number(value)))


_WRITERS = {".npy": _write_npy, ".csv": _write_csv}
