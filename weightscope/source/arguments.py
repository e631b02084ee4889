"""Constructor arguments as a user types them: JSON, numbers, text, or a layer such as `Dense(units=3)`."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weightscope.errors import UsageError


@dataclass(frozen=True, slots=True)
class MadeBy:
    """An argument whose value is the result of a call: `Dense(units=3)`, `build_encoder()`.

    Attributes:
        name: The class or function, without a module prefix such as `keras.layers.`.
        positional: The positional arguments.
        named: The keyword arguments.
    """

    name: str
    positional: tuple[Any, ...]
    named: Mapping[str, Any]

    def __repr__(self) -> str:
        """Returns the call as the user types it."""
        named = [f"{name}={value!r}" for name, value in self.named.items()]
        return f"{self.name}({', '.join([*map(repr, self.positional), *named])})"


def parse_argument(text: str) -> tuple[str, Any]:
    """Returns the name and the value of `--arg NAME=VALUE`.

    The value is parsed as JSON, as a tuple of numbers (`3,3`), or as a call or a list of calls (`Dense(units=3)`).
    Otherwise it is a string.

    Raises:
        UsageError: The text has no `=`, or the name before it is not an identifier.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise UsageError(f"--arg {text}", "not in the form NAME=VALUE", "--arg filters=32")
    return name.strip(), _parse_value(value.strip())


def _parse_value(text: str) -> Any:
    for parse in (json.loads, _numbers, _calls):
        try:
            return parse(text)
        except (ValueError, RecursionError, SyntaxError, MemoryError):  # `ast.parse` raises all of them
            continue
    return text


def _numbers(text: str) -> tuple[int | float, ...]:
    numbers = json.loads(f"[{text.strip('()').rstrip(',')}]")
    if not numbers or not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in numbers):
        raise ValueError("not numbers")
    return tuple(numbers)


def _calls(text: str) -> Any:
    expression = ast.parse(text, mode="eval").body
    parts = expression.elts if isinstance(expression, (ast.List, ast.Tuple)) else [expression]
    if not any(isinstance(part, ast.Call) for part in parts):
        raise ValueError("no call")
    return _value(expression)


def _value(node: ast.expr) -> Any:
    """Returns the value of an expression. A bare name is a string, as it is outside of calls.

    Raises:
        ValueError: The expression is neither a literal nor a call.
    """
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            named = {one.arg: _value(one.value) for one in node.keywords if one.arg is not None}
            if len(named) != len(node.keywords):
                raise ValueError("**mapping")
            return MadeBy(name, tuple(map(_value, node.args)), named)
        case ast.List():
            return [_value(one) for one in node.elts]
        case ast.Tuple():
            return tuple(_value(one) for one in node.elts)
        case ast.Dict(keys=keys) if None not in keys:
            return {_value(key): _value(one) for key, one in zip(keys, node.values, strict=True) if key is not None}
        case ast.Name(id=name):
            return name
    return ast.literal_eval(node)
