"""Finds the outside names that the code of a Lambda layer calls. The bytecode is read and never run.

Code objects of Python 3.6 to 3.13 are supported; other code yields no names.
"""

from __future__ import annotations

import base64
import binascii
import builtins
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from weightscope.keras_facts.serialized import is_object, items, part
from weightscope.measure.check.marshalled import Code, code_objects

#: What Keras writes for tensors and arrays in a closure, whose values the config holds.
_VALUES: Final = ("__tensor__", "__numpy__")

#: A bound on the size of the code; no real lambda is larger.
_MOST_BYTES: Final = 1 << 20

#: The number of RESUME, and those of LOAD_GLOBAL and LOAD_ATTR, in Python 3.11 and 3.12, and in 3.13.
_SINCE_3_11: Final = {151: (116, 106), 149: (91, 82)}

#: EXTENDED_ARG of Python 3.6 to 3.12, and of 3.13.
_EXTENDED: Final = (144, 71)
_CACHE: Final = 0

# instructions of Python 3.6 to 3.10
_LOAD_GLOBAL: Final = 116
_CALL_FUNCTION, _CALL_FUNCTION_KW, _CALL_METHOD = 131, 141, 161

#: How many values other instructions pop from the stack and push; None means as many as their argument.
_STACK: Final[dict[int, tuple[int | None, int]]] = {
    **dict.fromkeys((100, 124, 135, 136), (0, 1)),  # LOAD_CONST, LOAD_FAST, LOAD_CLOSURE, LOAD_DEREF
    **dict.fromkeys((10, 11, 12, 15, 106), (1, 1)),  # UNARY_*, LOAD_ATTR
    **dict.fromkeys((16, 17, 19, 20, 22, 23, 24, 25, 26, 27, 62, 63, 64, 65, 66, 107), (2, 1)),  # BINARY_*, COMPARE_OP
    **dict.fromkeys((102, 103, 104, 133), (None, 1)),  # BUILD_TUPLE, BUILD_LIST, BUILD_SET, BUILD_SLICE
    160: (1, 2),  # LOAD_METHOD
}


def names_called(function: Any) -> tuple[str, ...]:
    """Returns the globals that a serialized function calls directly, and the layers that its closure holds.

    Python's own functions, and functions of modules (`tf.abs`), are left out.

    Args:
        function: The function in the config of a Lambda layer. Untrusted: it comes from a file.
    """
    text, closure = _parts(function)
    names: dict[str, None] = {}
    for code in code_objects(_bytes(text)):
        names.update(dict.fromkeys(_called(code)))
    own = [name for name in names if name not in vars(builtins)]
    held = [one for one in closure if is_object(one) and one["class_name"] not in _VALUES]
    layers = [str(part(one, "config").get("name") or one["class_name"]) for one in held]
    return tuple(dict.fromkeys((*own, *layers)))


def _parts(function: Any) -> tuple[Any, list[Any]]:
    """Returns the code and the closure; Keras 1 and 2 write a list of code, defaults and closure."""
    if isinstance(function, dict):
        config = part(function, "config")
        if "code" in config:
            return config["code"], items(config, "closure")
        function = config.get("value")
    if isinstance(function, list) and len(function) == 3:
        return function[0], function[2] if isinstance(function[2], list) else []
    return None, []


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) > _MOST_BYTES:
        return b""
    try:
        return base64.b64decode(text.encode("ascii", "replace"))
    except binascii.Error:
        return b""


def _called(code: Code) -> Iterator[str]:
    instructions = list(_instructions(code.code))
    first = {number for number, _ in instructions[:3]}
    resume = next((number for number in _SINCE_3_11 if number in first), None)
    if code.is_of_3_8_to_3_10 or resume is None:
        yield from _called_before_3_11(instructions, code.names)
        return
    load_global, load_attribute = _SINCE_3_11[resume]
    plain = [one for one in instructions if one[0] != _CACHE]
    for (number, argument), (following, _) in pairwise(plain):
        # the lowest bit pushes an extra slot for a call of the global, unless an attribute of it is called
        if number == load_global and argument & 1 and following != load_attribute and argument >> 1 < len(code.names):
            yield code.names[argument >> 1]


def _instructions(code: bytes) -> Iterator[tuple[int, int]]:
    extended = 0
    for place in range(0, len(code) - 1, 2):
        number, argument = code[place], code[place + 1] | extended
        extended = (argument << 8) & 0xFFFFFF if number in _EXTENDED and argument else 0
        if not extended:
            yield number, argument


def _called_before_3_11(instructions: list[tuple[int, int]], names: tuple[str, ...]) -> Iterator[str]:
    """Simulates the stack; stops at an instruction that does not occur in a plain expression."""
    stack: list[str | None] = []
    for number, argument in instructions:
        if number == _LOAD_GLOBAL:
            stack.append(names[argument] if argument < len(names) else None)
            continue
        if number in (_CALL_FUNCTION, _CALL_FUNCTION_KW, _CALL_METHOD):
            taken, given = argument + 1 + (number != _CALL_FUNCTION), 1
        elif number in _STACK:
            fixed, given = _STACK[number]
            taken = argument if fixed is None else fixed
        else:
            return
        place = max(0, len(stack) - taken)
        if number in (_CALL_FUNCTION, _CALL_FUNCTION_KW) and place < len(stack) and (name := stack[place]) is not None:
            yield name
        stack[place:] = [None] * given
