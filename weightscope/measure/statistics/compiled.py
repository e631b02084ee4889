"""Loops over float32 values that numba compiles: run as a program, once for a machine, it writes their machine code.

Source of the limits: on one core, 1 MiB of float32 in its cache, sums and squares take 0.03 ns a byte, zeros as much,
bins 0.1 ns; numpy takes 0.1, 0.03 and 0.25.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numba import boolean, carray, cfunc, float32, float64, int64, njit, types, void

_SINGLES, _DOUBLES, _NUMBERS = (types.CPointer(kind) for kind in (float32, float64, int64))

#: Values that are summed up before their sum is added to the others: as exact as numpy's pairwise sum.
_ADDED_AT_ONCE = 1024

#: Bins, and how often each is there: a value is counted in the one that the value before it did not touch.
_BINS, _COPIES = 16, 4


# several sums at once, in an order that is the same each time; `range` over a slice is what becomes vector instructions
@njit(fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
def _sums_of_part(values: Any) -> tuple[float, float]:
    total = squares = 0.0
    for place in range(values.size):
        value = np.float64(values[place])
        total += value
        squares += value * value
    return total, squares


def _sums(pointer: Any, count: int, out: Any) -> None:
    values = carray(pointer, count)
    total = squares = 0.0
    for start in range(0, count, _ADDED_AT_ONCE):
        some, of_squares = _sums_of_part(values[start : start + _ADDED_AT_ONCE])
        total += some
        squares += of_squares
    out[0] = total
    out[1] = squares


def _zeros(pointer: Any, count: int) -> int:
    values = carray(pointer, count)
    found = 0
    for place in range(count):
        found += values[place] == 0
    return found


def _count_bins(pointer: Any, count: int, scale: float, is_whole: bool, out: Any) -> None:
    values, counts = carray(pointer, count), carray(out, _BINS * _COPIES)
    for place in range(count):
        value = np.floor(values[place]) if is_whole else values[place]
        number = np.int64(np.floor(value * scale)) & (_BINS - 1)
        counts[(place & (_COPIES - 1)) * _BINS + number] += 1


#: The loops and their types in C.
_LOOPS = {
    "sums": (_sums, void(_SINGLES, int64, _DOUBLES)),
    "zeros": (_zeros, int64(_SINGLES, int64)),
    "count_bins": (_count_bins, void(_SINGLES, int64, float32, boolean, _NUMBERS)),
}


def machine_code() -> dict[str, dict[str, str]]:
    """Returns the machine code of each loop, in base64, and the name of its symbol."""
    found = {}
    for name, (loop, kind) in _LOOPS.items():
        compiled = cfunc(kind)(loop)
        # numba has no public way to its machine code without a linker; tests/measure/statistics hold that it works
        code = compiled._library._get_compiled_object()
        found[name] = {"symbol": compiled.native_name, "object": base64.b64encode(code).decode("ascii")}
    return found


if __name__ == "__main__":
    content = json.dumps(machine_code())
    digest = hashlib.sha256(content.encode()).hexdigest()
    Path(sys.argv[1]).write_text(f"{digest}\n{content}", encoding="ascii")
