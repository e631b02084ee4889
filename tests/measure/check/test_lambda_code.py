"""What a Lambda's code calls is read from its bytecode, of this Python and of older ones, whatever bytes there are."""

from __future__ import annotations

import base64
import marshal
import struct
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.measure.check.lambda_code import names_called

module, number = sys, 2.5


def inner(x: Any, *more: Any) -> Any:
    return x


def other(x: Any) -> Any:
    return x


def closed_over() -> Callable[[Any], Any]:
    held = inner
    return lambda x: held(x) * number


#: Functions, and what is called by a global name.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "a name": (lambda x: inner(x), ("inner",)),
    "inside one another": (lambda x: other(inner(x, number)), ("other", "inner")),
    "with keywords": (lambda x: other(x=x), ("other",)),
    "in a list": (lambda x: [inner(one) for one in x], ("inner",)),
    "in a lambda": (lambda x: (lambda y: inner(y))(x), ("inner",)),
    "a module's function": (lambda x: (module.intern(x), number), ()),
    "a method": (lambda x: x.sum(axis=-1), ()),
    "Python's own": (lambda x: len(x) + max(x, key=len), ()),
    "no call": (lambda x: x * number, ()),
    "a closure": (closed_over(), ()),
}


def written(code: bytes) -> str:
    return base64.b64encode(code).decode()


@pytest.mark.parametrize("case", FUNCTIONS)
@pytest.mark.parametrize("notation", ["list", "object", "value"])
def test_names_that_are_called_are_found(case: str, notation: str) -> None:
    function, names = FUNCTIONS[case]
    text = written(marshal.dumps(function.__code__))
    forms: dict[str, Any] = {
        "list": [text, None, None],
        "object": {"class_name": "__lambda__", "config": {"code": text, "defaults": None, "closure": None}},
        "value": {"class_name": "__lambda__", "config": {"value": [text, None, None]}},
    }
    assert sorted(names_called(forms[notation])) == sorted(names)


def test_a_layer_in_the_closure_is_found() -> None:
    layer = {"class_name": "Dense", "config": {"name": "hidden"}}
    config: dict[str, Any] = {"code": written(marshal.dumps(closed_over().__code__)), "closure": [layer, 2.5]}
    tensor = {"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "float32"}}
    array = {"class_name": "__numpy__", "config": {"value": [1.0], "dtype": "float32"}}
    config["closure"] += [tensor, array]  # the config holds their values
    assert names_called({"class_name": "__lambda__", "config": config}) == ("hidden",)


def old_code(instructions: list[tuple[int, int]], names: list[str], numbers: int) -> str:
    """Returns a code object as Python 3.7 (five numbers) or 3.8 to 3.10 (six) marshals it."""
    code = bytes(part for pair in instructions for part in pair)
    texts = b"".join(b"\xda" + bytes([len(name)]) + name.encode() for name in names)
    rest = b")\x00" * 3 + b"z\x01f" + b"z\x01f" + struct.pack("<i", 1) + b"s" + struct.pack("<i", 0)
    head = b"\xe3" + struct.pack("<i", 1) * numbers + b"s" + struct.pack("<i", len(code)) + code
    return written(head + b")\x01N" + b")" + bytes([len(names)]) + texts + rest)


GLOBAL, FAST, CONST, CALL, CALL_KW, ATTR, METHOD, CALL_METHOD, RETURN, TIMES = (
    116, 124, 100, 131, 141, 106, 160, 161, 83, 20,
)  # fmt: skip

#: Instructions of Python 3.7 to 3.10 with the names `tf` and `inner`, and what they call.
OLD: dict[str, tuple[list[tuple[int, int]], tuple[str, ...]]] = {
    "inner(x)": ([(GLOBAL, 1), (FAST, 0), (CALL, 1), (RETURN, 0)], ("inner",)),
    "inner(tf.abs(x))": (
        [(GLOBAL, 1), (GLOBAL, 0), (METHOD, 0), (FAST, 0), (CALL_METHOD, 1), (CALL, 1), (RETURN, 0)],
        ("inner",),
    ),
    "inner(x, training=1)": ([(GLOBAL, 1), (FAST, 0), (CONST, 1), (CONST, 2), (CALL_KW, 2), (RETURN, 0)], ("inner",)),
    "tf.abs(x) * inner": (
        [(GLOBAL, 0), (METHOD, 0), (FAST, 0), (CALL_METHOD, 1), (GLOBAL, 1), (TIMES, 0), (RETURN, 0)],
        (),
    ),
    "tf.nn.relu(inner)": ([(GLOBAL, 0), (ATTR, 0), (METHOD, 0), (GLOBAL, 1), (CALL_METHOD, 1), (RETURN, 0)], ()),
}


@pytest.mark.parametrize("numbers", [5, 6], ids=["3.7", "3.8 to 3.10"])
@pytest.mark.parametrize("case", OLD)
def test_names_are_found_in_code_of_older_pythons(case: str, numbers: int) -> None:
    instructions, names = OLD[case]
    assert names_called([old_code(instructions, ["tf", "inner"], numbers), None, None]) == names


@given(st.data())
def test_bytes_that_were_changed_are_read_or_left_aside(data: st.DataObject) -> None:
    function, _ = FUNCTIONS[data.draw(st.sampled_from(sorted(FUNCTIONS)))]
    code = bytearray(marshal.dumps(function.__code__))
    for place in data.draw(st.lists(st.integers(0, len(code) - 1), max_size=4)):
        code[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(code)))
    assert all(isinstance(name, str) for name in names_called([written(bytes(code[:cut])), None, None]))


@pytest.mark.parametrize(
    "odd", [None, 3, "text", [], ["%%%", None, None], [3, 3, 3], {"config": 3}, {"config": {"code": "ä", "closure": 3}}]
)
def test_what_is_no_function_has_no_names(odd: Any) -> None:
    assert names_called(odd) == ()
