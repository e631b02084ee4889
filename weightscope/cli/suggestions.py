"""What to type instead of a command line that was not understood: the line itself, corrected, where that is clear."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from weightscope.cli import other_words
from weightscope.cli.commands import COMMANDS
from weightscope.cli.hints import command_line, models_here
from weightscope.errors import UsageError, WeightscopeError, nearest
from weightscope.inspection.file_format import MODEL_ENDS
from weightscope.measure.check.rules import RULES
from weightscope.source.layer_names import is_argument_of_keras

_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)")


def no_such_command(words: Sequence[str]) -> UsageError:
    """Returns the error for a command line whose first word is no command."""
    word, rest = words[0], list(words[1:])
    lower = word.lower()
    if lower == "help" and rest:
        hint = command_line([rest[0], "--help"])
    elif lower in COMMANDS:
        hint = command_line([lower, *rest])
    elif lower in other_words.COMMANDS:
        meant = other_words.COMMANDS[lower]
        hint = command_line([*meant, *(rest or _placeholders(meant))])
    elif looks_like_model(word):
        hint = command_line(["inspect", *words])
    elif any(one.startswith(("--input-shape", "--arg")) for one in rest):
        hint = command_line(["layer", *words])
    else:
        near = nearest(word, COMMANDS)
        hint = command_line([near[0], *rest]) if near else "weightscope --help"
    return UsageError("weightscope", f"no such command: {word}", hint)


def looks_like_model(word: str) -> bool:
    """Returns whether a word names a file or folder, or looks as if it did."""
    return word.lower().endswith(MODEL_ENDS) or (not word.startswith("-") and Path(word).exists())


def _placeholders(meant: Sequence[str]) -> list[str]:
    """Returns what the command needs besides its name: a model that is here, or a word for one."""
    needs = {"inspect": 1, "show": 1, "check": 1, "diff": 2, "report": 1}.get(meant[-1], 0)
    return models_here()[:needs]


def explain_usage(error: click.UsageError, words: Sequence[str]) -> WeightscopeError:
    """Returns the error to report for one of click's: with the corrected command line, or else the help, as its hint.

    Args:
        error: What click found.
        words: The command line, without the program's name.
    """
    context = error.ctx
    path = context.command_path if context else "weightscope"
    message = error.format_message().rstrip(".")
    hint: str | None = None
    if isinstance(error, click.NoSuchOption):
        message = f"no such option: {error.option_name}"
        hint = _no_such_option(error.option_name, words, context)
    elif isinstance(error, click.MissingParameter):
        hint = command_line([*words, *_missing(error.ctx)])
    elif isinstance(error, click.BadParameter):
        hint = _bad_value(error, words)
    elif isinstance(error, click.BadOptionUsage) and words and words[-1] == error.option_name:
        path = f"weightscope {words[0]}"
        hint = command_line([*words, _metavar(error.option_name, words)])
    elif (extra := _EXTRA.search(message)) is not None and context is not None:
        hint = _extra_words(extra[1].split(), words, context.info_name or "")
    return UsageError(path, message, hint or f"{path} --help")


def _no_such_option(name: str, words: Sequence[str], context: click.Context | None) -> str | None:
    if context is None:
        return None
    if context.parent is None:
        return _option_before_command(name, words)
    known = {option for parameter in context.command.params for option in parameter.opts}
    dashed = name.replace("_", "-").lower()
    instead = (dashed,) if dashed in known else other_words.OPTIONS.get(dashed, ())
    if instead == ("--format",) and dashed.removeprefix("--") in _choices(context, "--format"):
        instead = ("--format", dashed.removeprefix("--"))
    if instead and instead[0] in (*known, "--help"):
        return command_line(_replaced(words, name, instead))
    command = context.info_name or ""
    if dashed in other_words.NEEDLESS.get(command, ()):
        return command_line(_replaced(words, name, ()))
    if dashed in other_words.QUIET:
        return f"{command_line(_replaced(words, name, ()))} 2>/dev/null"
    near = _near_options(dashed, known, command)
    if near:
        return command_line(_replaced(words, name, near[:1]))
    if command == "layer" and dashed.startswith("--"):
        return command_line(_as_argument(words, name))
    owner = next((one for one in COMMANDS if any(dashed in each.opts for each in _command(one).params)), None)
    if owner in (None, "layer"):
        return owner and f"weightscope {owner} --help"
    return command_line([owner or "", *words[1:]])


def _near_options(dashed: str, known: Iterable[str], command: str) -> list[str]:
    """Returns the options that may be meant; none for an argument of a layer, such as `--filters`."""
    if command == "layer" and is_argument_of_keras(dashed.lstrip("-").replace("-", "_")):
        return []
    long = [one for one in known if one.startswith("--")]
    return [one for one in long if one.startswith(dashed) or dashed.startswith(one)] or nearest(
        dashed, long, cutoff=0.7
    )


def _option_before_command(name: str, words: Sequence[str]) -> str:
    place = next((place for place, word in enumerate(words) if word in COMMANDS), None)
    if place is not None:
        return command_line([words[place], *words[place + 1 :], *words[:place]])
    if name in other_words.OPTIONS and len(words) == 1:
        return command_line(other_words.OPTIONS[name])
    models = [word for word in words if looks_like_model(word)]
    if models:
        return command_line(["inspect", *models, *(word for word in words if word not in models)])
    return "weightscope --help"


def _replaced(words: Sequence[str], name: str, instead: Sequence[str]) -> list[str]:
    """Returns the words with `name`, or `name=VALUE`, replaced."""
    line: list[str] = []
    for word in words:
        option, equals, value = word.partition("=")
        line += [*instead, *([value] if equals else [])] if option == name else [word]
    return line


def _as_argument(words: Sequence[str], name: str) -> list[str]:
    """Returns the words with `--units 3` or `--units=3` replaced by `--arg units=3`."""
    place = next(place for place, word in enumerate(words) if word.partition("=")[0] == name)
    _, equals, value = words[place].partition("=")
    after = place + 1
    if not equals and after < len(words) and not words[after].startswith("--"):
        value, after = words[after], after + 1
    argument = f"{name.removeprefix('--').replace('-', '_')}={value or 'true'}"
    return [*words[:place], "--arg", argument, *words[after:]]


def _missing(context: click.Context | None) -> list[str]:
    """Returns words for the arguments that are missing: models that are here, or the arguments' names."""
    if context is None:
        return []
    missing = [one for one in context.command.params if isinstance(one, click.Argument) and one.required]
    here = models_here()
    a = context.params.get("a") or here[0]
    names = {"models": here[0], "model": here[0], "a": a, "b": next(one for one in here if one != a)}
    return [
        names.get(one.name or "", (one.metavar or "").strip("."))
        for one in missing
        if not context.params.get(one.name or "")
    ]


def _choices(context: click.Context, name: str) -> Sequence[str]:
    kinds = [parameter.type for parameter in context.command.params if name in parameter.opts]
    return next((kind.choices for kind in kinds if isinstance(kind, click.Choice)), ())


def _bad_value(error: click.BadParameter, words: Sequence[str]) -> str | None:
    parameter = error.param
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
        return command_line(
            [*before, option, str(parameter.default if isinstance(parameter.default, int) else 10), *after]
        )
    choices = parameter.type.choices
    if option == "--only" and error.ctx is not None and error.ctx.info_name == "check" and value in RULES:
        return command_line([*before, "--select", value, *after])
    instead = other_words.VALUES.get(parameter.opts[-1], {}).get(value.lower())
    if instead not in choices:
        instead = next(iter(nearest(value, choices)), None)
    if instead is None and option == "--only":
        return command_line([*before, "--filter", value, *after])
    return command_line([*before, option, instead, *after]) if instead else f"one of {', '.join(choices)}"


def _command(name: str) -> click.Command:
    command: click.Command = importlib.import_module(COMMANDS[name][0]).command
    return command


def _metavar(name: str, words: Sequence[str]) -> str:
    """Returns the word for the value of an option of the command that the words begin with."""
    parameters = _command(words[0]).params if words[0] in COMMANDS else []
    return next((one.metavar for one in parameters if name in one.opts and one.metavar), "VALUE")


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
    if command == "layer" and first and all(word.isdigit() for word in extra):
        return command_line(
            [*words[: first - 1], ",".join(words[first - 1 : first + len(extra)]), *words[first + len(extra) :]]
        )
    if command == "show" and re.fullmatch(r"[\d:,.\[\]-]+", extra[0]):
        return command_line([*without, "--slice", extra[0].strip("[]")])
    return command_line(without) if command in ("diff", "show", "schema") else None
