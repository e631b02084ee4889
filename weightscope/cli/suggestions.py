"""What to type instead of a command line that was not understood: the line itself, corrected, where that is clear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from weightscope.cli import other_words
from weightscope.cli.command_list import COMMANDS, command_of
from weightscope.cli.hints import command_line, looks_like_model, models_here
from weightscope.cli.layer_suggestions import with_first_argument
from weightscope.cli.option_suggestions import no_such_option
from weightscope.errors import UsageError, WeightscopeError, nearest
from weightscope.measure.check.rules import RULES

#: The ends of what `export` writes, which are no values of its --format.
_EXPORTED = (".npz", ".safetensors", ".keras", ".weights.h5")

_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)")


def no_such_command(words: Sequence[str]) -> UsageError:
    """Returns the error for a command line whose first word is no command."""
    word, rest = words[0], list(words[1:])
    lower = word.lower()
    if lower == "help" and rest:
        hint = command_line([rest[0], "--help"])
    elif lower in COMMANDS:
        hint = command_line([lower, *rest])
    elif lower in other_words.COMMANDS and not Path(word).exists():
        meant = other_words.COMMANDS[lower]
        hint = command_line([*meant, *_in_place(meant, rest or _placeholders(meant))])
    elif looks_like_model(word):
        is_variable = len(rest) == 1 and not rest[0].startswith("-") and not looks_like_model(rest[0])
        hint = command_line(["show" if is_variable else "inspect", *words])
    elif any(one.startswith(("--input-shape", "--arg")) for one in rest):
        hint = command_line(["layer", *words])
    else:
        near = nearest(word, COMMANDS)
        hint = command_line([near[0], *rest]) if near else "weightscope --help"
    return UsageError("weightscope", f"no such command: {word}", hint)


def _placeholders(meant: Sequence[str]) -> list[str]:
    """Returns what the command needs besides its name: a model that is here, or a word for one."""
    of_one = ("inspect", "show", "check", "report", "export", "--stats", "model")
    needs = {"diff": 2, **dict.fromkeys(of_one, 1)}.get(meant[-1], 0)
    return models_here()[:needs]


def _in_place(meant: Sequence[str], rest: list[str]) -> list[str]:
    """Returns the words after a command of two files: the second is what is written, or what is loaded into."""
    option = {"export": "-o", "check": "--into"}.get(meant[-1])
    return [rest[0], option, *rest[1:]] if option and len(rest) == 2 and not rest[1].startswith("-") else rest


def explain_usage(error: click.UsageError, words: Sequence[str]) -> WeightscopeError:
    """Returns the error to report for one of click's: with the corrected command line, or else the help, as its hint.

    Args:
        error: What click found.
        words: The command line, without the program's name.
    """
    words = [word for word in words if word]  # an empty name, as of a shell's variable without a value, is no help
    context = error.ctx
    path = context.command_path if context else "weightscope"
    message = error.format_message().rstrip(".")
    hint: str | None = None
    if isinstance(error, click.NoSuchOption):
        message = f"no such option: {error.option_name}"
        hint = no_such_option(error.option_name, words, context)
    elif isinstance(error, click.MissingParameter):
        is_option = isinstance(error.param, click.Option)
        line = [*words, *_missing(error.ctx)]
        hint = command_line(_with_out(line) if is_option else line)
    elif isinstance(error, click.BadParameter):
        hint = _bad_value(error, words)
    elif isinstance(error, click.BadOptionUsage) and words and words[-1] == error.option_name:
        path = f"weightscope {words[0]}"
        is_before = error.option_name == "--into" and len(words) > 3 and looks_like_model(words[-2])
        line = [*words[:-2], "--into", words[-2]] if is_before else [*words, _metavar(error.option_name, words)]
        hint = command_line(line)
    elif (extra := _EXTRA.search(message)) is not None and context is not None:
        hint = _extra_words(extra[1].split(), words, context.info_name or "")
    return UsageError(path, message, hint or f"{path} --help")


def _with_out(words: Sequence[str]) -> list[str]:
    """Returns the words of an export with the file to write: the second file on the line, if there is one."""
    files = [word for word in words[1:] if looks_like_model(word)]
    if len(files) != 2:
        return [*words, "-o", "weights.npz"]
    place = len(words) - 1 - list(reversed(words)).index(files[1])
    return [*words[:place], "-o", *words[place:]]


def _missing(context: click.Context | None) -> list[str]:
    """Returns words for the arguments that are missing: models that are here, or the arguments' names."""
    if context is None:
        return []
    missing = [one for one in context.command.params if isinstance(one, click.Argument) and one.required]
    here = models_here()
    a = context.params.get("a") or here[0]
    names = {
        "paths": ".",
        "checkpoints": ".",
        "models": here[0],
        "model": here[0],
        "a": a,
        "b": next(one for one in here if one != a),
    }
    return [
        names.get(one.name or "", (one.metavar or "").strip(".").partition("|")[0])
        for one in missing
        if not context.params.get(one.name or "")
    ]


def _bad_value(error: click.BadParameter, words: Sequence[str]) -> str | None:
    parameter = error.param
    if isinstance(parameter, click.Argument) and isinstance(parameter.type, click.Choice):
        value = next((word for word in words[1:] if not word.startswith("-")), "")
        near = nearest(value, parameter.type.choices)
        line = [near[0] if near and word == value else word for word in words]
        return command_line(line) if near else f"one of {', '.join(parameter.type.choices)}"
    if parameter is None or not isinstance(parameter.type, click.Choice | click.IntRange):
        return None
    used = next((word for word in words if word.partition("=")[0] in parameter.opts), None)
    if used is None:
        return None
    place = list(words).index(used)
    option, equals, value = used.partition("=")
    value = value if equals else words[place + 1]
    before, after = words[:place], words[place + (1 if equals else 2) :]
    if isinstance(parameter.type, click.IntRange):
        likely = {"--depth": 1}.get(option, 10)
        return command_line(
            [*before, option, str(parameter.default if isinstance(parameter.default, int) else likely), *after]
        )
    choices = parameter.type.choices
    model = next((word for word in words[1:] if looks_like_model(word)), None)
    if option == "--format" and words[0] == "export" and model is not None and f".{value}" in _EXPORTED:
        return command_line([*before, *([] if "-o" in words else ["-o", f"{Path(model).stem}.{value}"]), *after])
    if option == "--only" and error.ctx is not None and error.ctx.info_name == "check" and value in RULES:
        return command_line([*before, "--select", value, *after])
    instead = other_words.VALUES.get(parameter.opts[-1], {}).get(value.lower())
    if instead not in choices:
        instead = next(iter(nearest(value, choices)), None)
    if instead is None and option == "--only":
        return command_line([*before, "--filter", value, *after])
    if option == "--format" and value.lower() == "parquet" and words[0] == "scan":
        return command_line([*before, "-o", "models.parquet", *after])
    return command_line([*before, option, instead, *after]) if instead else f"one of {', '.join(choices)}"


def _metavar(name: str, words: Sequence[str]) -> str:
    """Returns a value for an option of the command that the words begin with, or the word for one."""
    parameters = command_of(words[0]).params if words[0] in COMMANDS else []
    option = next((one for one in parameters if name in one.opts), None)
    if option is not None and isinstance(option.type, click.Choice):
        return str(option.type.choices[0])
    if option is not None and isinstance(option.type, click.IntRange):
        return str(option.default if isinstance(option.default, int) else 10)
    return (option and option.metavar) or "VALUE"


def _extra_words(extra: Sequence[str], words: Sequence[str], command: str) -> str | None:
    """Returns the line with words that have no place in it put where they belong, where that is clear."""
    first = list(words).index(extra[0]) if extra[0] in words else 0
    without = list(words)
    for word in extra:
        without.reverse()
        without.remove(word)
        without.reverse()
    if command == "layers":
        return command_line([*without, "--filter", extra[0]])
    if command == "layer" and all("=" in word for word in extra):
        return command_line([*without, *(part for word in extra for part in ("--arg", word))])
    if command == "layer" and len(extra) == 1 and extra[0].isdigit() and not words[first - 1].isdigit():
        return with_first_argument(words, extra[0])
    if command == "layer" and first and all(word.isdigit() for word in extra):
        return command_line(
            [*words[: first - 1], ",".join(words[first - 1 : first + len(extra)]), *words[first + len(extra) :]]
        )
    if command == "show" and re.fullmatch(r"[\d:,.\[\]-]+", extra[0]):
        return command_line([*without, "--slice", extra[0].strip("[]")])
    return command_line(without) if command in ("diff", "show", "schema") else None
