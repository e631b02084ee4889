"""Values of a variable in formats that other programs read, `.npy` and `.csv`, piece by piece.

numpy is imported when a file is written: the options of `show` need the ends of names alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from weightscope.inspection import Array, Variable
from weightscope.view.text.words import spreadsheet_text


def exported(variable: Variable, selection: str | None, file: str) -> Iterator[bytes]:
    """Yields the selected values of a variable, piece by piece, in the format that the name of `file` ends in.

    `.npy` holds an array of the selection's shape and the variable's dtype (bfloat16, which numpy does not know, as
    float32). `.csv` holds a matrix row by row, one value a line where there is one axis, and with more axes a line for
    each value: its index and itself, below a heading.
    """
    from weightscope.measure.closeup.slicing import parse_slice, whole

    shape = variable.info.shape
    cut = whole(shape) if selection is None else parse_slice(selection, shape)
    return WRITERS[Path(file).suffix.lower()](cut.shape, cut.pieces(variable))


#: Values and the index of the first of them; one piece after the other, in C order.
Pieces = Iterator[tuple[tuple[int, ...], Array]]


def _npy(shape: tuple[int, ...], pieces: Pieces) -> Iterator[bytes]:
    import numpy as np

    for number, (_, values) in enumerate(pieces):
        whole = values if values.dtype.kind in "biufc" else values.astype(np.float32)
        if not number:
            header: Any = {"descr": whole.dtype.str, "fortran_order": False, "shape": shape}
            head = io.BytesIO()
            np.lib.format.write_array_header_2_0(head, header)
            yield head.getvalue()
        yield np.ascontiguousarray(whole).tobytes()


def _csv(shape: tuple[int, ...], pieces: Pieces) -> Iterator[bytes]:
    import numpy as np

    if len(shape) > 2:
        yield _lines([[*(f"axis_{axis}" for axis in range(len(shape))), "value"]])
    row: list[str] = []
    for start, values in pieces:
        if len(shape) > 2:
            yield _lines(
                [*map(sum, zip(index, start, strict=True)), _word(value)] for index, value in np.ndenumerate(values)
            )
            continue
        rows: list[list[str]] = []
        for value in values.ravel():
            row.append(_word(value))
            if len(shape) < 2 or len(row) == shape[1]:
                rows.append(row)
                row = []
        yield _lines(rows)


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _word(value: Any) -> str:
    from weightscope.measure.listing.preview import python_number

    number = python_number(value)
    return spreadsheet_text(number) if isinstance(number, str) else str(number)


#: What writes values to a file, by the end of its name.
WRITERS = {".npy": _npy, ".csv": _csv}
