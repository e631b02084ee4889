"""What to type instead of a layer that was written as Python has it: `Dense(10)`, `Dense 10`, `my_layers`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from weightscope.cli.hints import command_line
from weightscope.errors import UsageError

#: A class of Keras by its whole name.
_OF_KERAS = re.compile(r"(?:(?:tf|tensorflow)\.)?(?:tf_)?(?:keras\.)?layers\.(\w+)")
_OF_MODULE = re.compile(r"((?:[A-Za-z_]\w*\.)+)([A-Z]\w*)")
_CALL = re.compile(r"([\w.:/]+)\((.*)\)")
#: Python's words for the constants of JSON, which an argument is read as.
_CONSTANTS = {"True": "true", "False": "false", "None": "null"}
_QUOTES = "'\""
_SIMPLE = re.compile(r"[\w.+-]+|'[^']*'|\"[^\"]*\"")


def check_is_a_name(name: str, words: Sequence[str]) -> None:
    """Checks that a layer is named without arguments, a file with its end, and a class apart from its module.

    Args:
        name: The name that was typed.
        words: The whole command line, without the program's name.

    Raises:
        UsageError: It is not; the hint is the command line that was meant.
    """
    call = _CALL.fullmatch(name)
    if call is not None:
        layer = call[1].rpartition(".")[2] if call[1].startswith(("keras.", "tf.", "layers.")) else call[1]
        instead = [layer, *_arguments(layer, call[2])]
        raise UsageError(name, "a layer is named without its arguments", _replaced(words, name, instead))
    of_keras, of_module = _OF_KERAS.fullmatch(name), _OF_MODULE.fullmatch(name)
    if of_keras is not None:
        raise UsageError(name, "a layer of Keras is named without its module", _replaced(words, name, [of_keras[1]]))
    if of_module is not None and not Path(name).exists():
        instead = [f"{of_module[1].rstrip('.')}:{of_module[2]}"]
        raise UsageError(name, "a colon stands between a module and a class", _replaced(words, name, instead))
    if name.isidentifier() and not Path(name).exists() and Path(f"{name}.py").is_file():
        raise UsageError(name, "a file is named with its end", _replaced(words, name, [f"{name}.py"]))


def with_first_argument(words: Sequence[str], value: str) -> str | None:
    """Returns the command line `layer Dense 10` with the value as the layer's first argument; None if it has none."""
    layer = next((word for word in words[1:] if not word.startswith("-")), "")
    argument = _first_argument(layer)
    if argument is None:
        return None
    place = len(words) - 1 - list(reversed(words)).index(value)
    return command_line([*words[:place], "--arg", f"{argument}={value}", *words[place + 1 :]])


def _arguments(layer: str, written: str) -> list[str]:
    """Returns the options for the arguments of a call; those that are not simple are left out."""
    options = []
    for place, text in enumerate(filter(None, map(str.strip, written.split(",")))):
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            name, value = (_first_argument(layer) if place == 0 else None) or "", name
        if name.isidentifier() and _SIMPLE.fullmatch(value):
            options += ["--arg", f"{name}={_CONSTANTS.get(value, value).strip(_QUOTES)}"]
    return options


def _first_argument(layer: str) -> str | None:
    """Returns the name of the first argument that a layer of Keras needs."""
    from weightscope.keras_facts.examples import EXAMPLES

    by_lower = {name.lower(): example for name, example in EXAMPLES.items()}
    example = by_lower.get(layer.lower())
    return example.arguments[0].partition("=")[0] if example is not None and example.arguments else None


def _replaced(words: Sequence[str], name: str, instead: Sequence[str]) -> str:
    return command_line([one for word in words for one in (instead if word == name else [word])])
