"""Shapes of dummy inputs: as a user types them, and what memory they would take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from weightscope.errors import UsageError
from weightscope.inspection.dtype import storage_bytes

#: What dummy inputs, and the variables that a layer makes of them, may take together; more is refused unallocated.
MEMORY_BOUND = 4 << 30

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InputShape:
    """The shape of one dummy input, batch dimension included; `name` is the argument of `call` it goes to."""

    shape: Shape
    name: str | None = None


def parse_input_shape(text: str) -> InputShape:
    """Returns what `--input-shape` says: `1,28,28,3`, or `query=1,4,8`.

    Raises:
        UsageError: It is no shape, or a size is zero or negative.
    """
    name, _, sizes = text.rpartition("=")
    parts = [part.strip() for part in sizes.strip().strip("()[]").rstrip(",").split(",")]
    if (name and not name.isidentifier()) or not all(re.fullmatch(r"[+-]?\d{1,18}", part) for part in parts):
        raise UsageError(
            f"--input-shape {text}",
            "this is no shape",
            "--input-shape 1,28,28,3 (whole numbers, the batch first), or query=1,4,8 for a named input",
        )
    return checked(InputShape(tuple(int(part) for part in parts), name or None))


def checked(given: InputShape) -> InputShape:
    """Returns `given` when all its sizes are at least 1.

    Raises:
        UsageError: A size is zero or negative.
    """
    for size in given.shape:
        if size < 1:
            raise UsageError(
                f"--input-shape {describe(given)}",
                f"a size of {size} in a shape",
                "give sizes of 1 or more; the batch may be 1",
            )
    return given


def describe(given: InputShape) -> str:
    """Returns the shape as it is typed: `query=1,4,8`."""
    sizes = ",".join(str(size) for size in given.shape)
    return f"{given.name}={sizes}" if given.name else sizes


def check_memory(shapes: list[tuple[Shape, str]]) -> None:
    """Checks that dummy inputs of these (shape, dtype) pairs stay within `MEMORY_BOUND` together.

    Raises:
        UsageError: They do not; nothing has been allocated.
    """
    needed = sum(storage_bytes(dtype, prod(shape)) for shape, dtype in shapes)
    if needed > MEMORY_BOUND:
        raise UsageError(
            " ".join(f"--input-shape {describe(InputShape(shape))}" for shape, _ in shapes),
            f"dummy inputs of this size take {gibibytes(needed)}; {gibibytes(MEMORY_BOUND)} are allowed",
            "give a smaller shape; the batch may be 1",
        )


def gibibytes(count: int) -> str:
    """Returns a number of bytes as text in GiB."""
    return f"{count / (1 << 30):,.1f} GiB"
