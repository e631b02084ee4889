"""Parses the shapes of dummy inputs, and checks the memory that they need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from weightscope.errors import UsageError, nearest
from weightscope.inspection.dtype import storage_bytes

#: Bytes for all dummy inputs, and for all variables that a layer makes. More is refused before it is allocated.
MEMORY_BOUND = 4 << 30

#: The dtypes of Keras 3.
DTYPES = (
    *("float32", "float16", "float64", "bfloat16", "float8_e4m3fn", "float8_e5m2"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("bool", "string", "complex64", "complex128"),
)

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InputShape:
    """One dummy input.

    Attributes:
        shape: The sizes, with the batch first.
        name: The argument of `call` that receives the input; None for the first argument.
        dtype: The dtype of this input; None for the common dtype of all inputs.
    """

    shape: Shape
    name: str | None = None
    dtype: str | None = None


_INPUT = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*=)?(?P<sizes>[^=:]*)(?::\s*(?P<dtype>\w+)\s*)?")
_SIZE = re.compile(r"[+-]?\d{1,18}")
_OPEN = ("None", "none", "?")


def parse_input_shapes(text: str) -> tuple[InputShape, ...]:
    """Returns the inputs that one `--input-shape` describes: `1,28,28,3`, `ids=2,3:int32`, `states=[2,4],[2,4]`.

    A shape may also be written `1x28x28x3`, `1 28 28 3`, `(1, 28, 28, 3)` or `None,28,28,3`, where None is a batch
    of 1. `()` is a scalar.

    Raises:
        UsageError: The text is not a shape, a size is zero or negative, or the dtype is unknown.
    """
    parts = _INPUT.fullmatch(text)
    if parts is None:
        raise _not_a_shape(text)
    dtype = parts["dtype"]
    if dtype is not None and dtype not in DTYPES:
        close = nearest(dtype, DTYPES)
        right = f"{text.rpartition(':')[0]}:{close[0] if close else 'float32'}"
        raise UsageError(f"--input-shape {text}", f"{dtype} is not a dtype", f"--input-shape {right}")
    sizes = parts["sizes"].strip()
    grouped = re.findall(r"[\[(]([^\[\]()]*)[\])]", sizes)
    if len(grouped) > 1 and re.fullmatch(
        r"[\[(]?\s*[\[(][^\[\]()]*[\])](\s*,\s*[\[(][^\[\]()]*[\])])+\s*[\])]?", sizes
    ):
        shapes = [_sizes(group, text) for group in grouped]
    else:
        shapes = [() if sizes in ("()", "[]") else _sizes(_unwrapped(sizes), text)]
    return tuple(valid_shape(InputShape(shape, parts["name"], dtype)) for shape in shapes)


def parse_input_shape(text: str) -> InputShape:
    """Returns the single input that `--input-shape` describes; see `parse_input_shapes`.

    Raises:
        UsageError: The text is not a shape, or it has several shapes.
    """
    shapes = parse_input_shapes(text)
    if len(shapes) != 1:
        raise _not_a_shape(text)
    return shapes[0]


def _unwrapped(sizes: str) -> str:
    is_wrapped = sizes[:1] + sizes[-1:] in ("()", "[]")
    return sizes[1:-1] if is_wrapped else sizes


def _sizes(text: str, whole: str) -> Shape:
    parts = [part.strip() for part in re.split("[,xX]", text.strip().removesuffix(","))]
    if len(parts) == 1:
        parts = text.split() or [""]
    if not all(_SIZE.fullmatch(part) or (part in _OPEN and place == 0) for place, part in enumerate(parts)):
        raise _not_a_shape(whole)
    return tuple(1 if part in _OPEN else int(part) for part in parts)


def _not_a_shape(text: str) -> UsageError:
    return UsageError(
        f"--input-shape {text}",
        "not a valid shape",
        "--input-shape 1,28,28,3 (whole numbers, the batch first), or query=1,4,8 for a named input",
    )


def valid_shape(given: InputShape) -> InputShape:
    """Returns `given` if all its sizes are at least 1.

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
    """Returns the input as the user types it: `query=1,4,8`, `ids=2,3:int32`."""
    sizes = ",".join(str(size) for size in given.shape) or "()"
    name = f"{given.name}=" if given.name else ""
    dtype = f":{given.dtype}" if given.dtype else ""
    return f"{name}{sizes}{dtype}"


def check_memory(shapes: list[tuple[Shape, str]]) -> None:
    """Checks that dummy inputs of these (shape, dtype) pairs need at most `MEMORY_BOUND` bytes together.

    Raises:
        UsageError: They need more. Nothing was allocated.
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
