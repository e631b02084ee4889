"""Errors for constructors that refuse their arguments, with a corrected command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from weightscope.errors import LayerError
from weightscope.keras_facts.examples import EXAMPLES
from weightscope.source.advice import advice_for
from weightscope.source.arguments import MadeBy, parse_argument
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.signature import parameters_of, required_arguments, signature_text, takes_any_argument
from weightscope.source.live.targets import Target
from weightscope.source.spec import LayerSpec

_LONGEST_VALUE = 60


def refused(spec: LayerSpec, target: Target, arguments: Mapping[str, Any], error: BaseException) -> LayerError:
    """Returns the error for a constructor, or a function, that raised `error` for these arguments.

    Args:
        spec: The layer, and the arguments that the user gave.
        target: The class or function that was called.
        arguments: The user's arguments and the registered defaults.
        error: The exception.
    """
    if spec.serialized and target.name == "Lambda":
        return LayerError(
            spec.name,
            "refused: building it would run Python bytecode in the spec",
            "define the layer in a Python file, and name it: weightscope layer FILE.py:ClassName",
        )
    wrong = _Wrong.of(target, spec.arguments, arguments, error)
    if wrong.is_known:
        return LayerError(spec.name, wrong.message, wrong.meant + replace(spec, arguments=wrong.corrected).command())
    # from_config wraps the constructor's exception in one that repeats the whole config
    cause = error.__context__ if spec.serialized and isinstance(error.__context__, Exception) else error
    described = describe_error(cause)
    given = ", ".join(f"{name}={_short(value)}" for name, value in arguments.items())
    hint = advice_for(described) or f"{target.signature}; give arguments with --arg name=value"
    return LayerError(spec.name, f"the {_kind(target)} refused {given or 'no arguments'}: {described}", hint)


def refused_part(made: MadeBy, target: Target, error: BaseException) -> LayerError:
    """Returns the error for an argument such as `Dense(units=3)` whose call raised `error`."""
    names = list(parameters_of(target.thing))[: len(made.positional)]
    positional = dict(zip(names, made.positional, strict=False))
    wrong = _Wrong.of(target, made.named, {**target.defaults, **positional, **made.named}, error)
    if wrong.is_known:
        return LayerError(repr(made), wrong.message, f"{wrong.meant}{replace(made, named=wrong.corrected)!r}")
    hint = f"{made.name}{signature_text(target.thing)}"
    return LayerError(repr(made), f"the {_kind(target)} refused it: {describe_error(error)}", hint)


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The wrong or missing names of arguments.

    Attributes:
        message: The description of the problem; empty if there is none.
        meant: `did you mean ...? ` if a wrong name is similar to an existing name, or empty.
        corrected: The arguments under corrected names, and missing arguments with an example value.
    """

    message: str
    meant: str
    corrected: Mapping[str, Any]

    @property
    def is_known(self) -> bool:
        """Whether the names of the arguments explain the error."""
        return bool(self.message)

    @classmethod
    def of(cls, target: Target, typed: Mapping[str, Any], arguments: Mapping[str, Any], error: BaseException) -> _Wrong:
        """Returns the problems of `typed`, the arguments that the user typed among all `arguments` of the call."""
        taken = parameters_of(target.thing)
        missing = [name for name in required_arguments(target.thing) if name not in arguments]
        unknown = [
            name
            for name in typed
            if name not in taken
            and (not takes_any_argument(target.thing) or repr(name) in str(error) or _closest(name, missing))
        ]
        free = [*missing, *(name for name in taken if name not in arguments and name not in missing)]
        corrected: dict[str, Any] = {}
        meant = []
        for name, value in typed.items():
            close = _closest(name, free) if name in unknown else name
            corrected |= {close: value} if close else {}
            meant += [close] if close and name in unknown else []
        corrected |= {name: _example(target, name) for name in missing if name not in corrected}
        parts = [f"it has no argument {_listed(map(repr, unknown))}"] if unknown else []
        parts += [f"it needs {_listed(missing)}"] if missing else []
        message = f"the {_kind(target)} refused its arguments: {', and '.join(parts)}" if parts else ""
        return cls(message, f"did you mean {_listed(meant)}? " if meant else "", corrected)


def _kind(target: Target) -> str:
    return "constructor" if isinstance(target.thing, type) else "function"


def _closest(name: str, names: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)), None)


def _example(target: Target, name: str) -> Any:
    """Returns an example value for a required argument: a valid value for Keras' layers, otherwise `VALUE`."""
    example = EXAMPLES.get(getattr(target.thing, "__name__", ""))
    return dict(map(parse_argument, example.arguments)).get(name, "VALUE") if example else "VALUE"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
