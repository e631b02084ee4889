"""What to type instead of an option that a command does not have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from weightscope.cli import other_words
from weightscope.cli.command_list import COMMANDS, command_of
from weightscope.cli.hints import command_line, looks_like_model
from weightscope.errors import nearest
from weightscope.measure.check.rules import RULES
from weightscope.source.layer_names import is_argument_of_keras


def no_such_option(name: str, words: Sequence[str], context: click.Context | None) -> str | None:
    """Returns the command line that was meant with an option that there is not; None if nothing is near.

    Args:
        name: The option, as typed.
        words: The command line, without the program's name.
        context: Of the command; None if it is unknown.
    """
    if context is None:
        return None
    if context.parent is None:
        return _option_before_command(name, words)
    line = _line_meant(name, words, context)
    if line is not None:
        return line
    known = _known(context)
    dashed, command = name.replace("_", "-").lower(), context.info_name or ""
    near = _near_options(dashed, known, command)
    if near:
        return command_line(replaced(words, name, near[:1]))
    if command == "layer" and dashed.startswith("--"):
        return command_line(_as_argument(words, name))
    owner = next((one for one in COMMANDS if any(dashed in each.opts for each in command_of(one).params)), None)
    if owner in (None, "layer"):
        return owner and f"weightscope {owner} --help"
    return command_line([owner or "", *words[1:]])


def _line_meant(name: str, words: Sequence[str], context: click.Context) -> str | None:
    """Returns the line with the option that another word stands for; None if none is known."""
    dashed, command = name.replace("_", "-").lower(), context.info_name or ""
    of_command = other_words.OPTIONS_OF.get(command, {})
    known = _known(context)
    if dashed in of_command:
        return command_line(replaced(words, name, of_command[dashed]))
    rule = rule_like(dashed.lstrip("-")) if command == "check" else None
    if rule is not None:
        return command_line([*replaced(words, name, ()), "--select", rule])
    instead = (dashed,) if dashed in known else other_words.OPTIONS.get(dashed, ())
    if instead == ("--format",) and dashed.removeprefix("--") in choices_of(context, "--format"):
        instead = ("--format", dashed.removeprefix("--"))
    if instead and instead[0] in (*known, "--help"):
        return command_line(replaced(words, name, instead))
    if dashed in other_words.NEEDLESS.get(command, ()):
        return command_line(_without(words, name, has_value=dashed in other_words.NEEDLESS_WITH_VALUE))
    if dashed in other_words.QUIET:
        return f"{command_line(replaced(words, name, ()))} 2>/dev/null"
    return None


def _known(context: click.Context) -> set[str]:
    return {option for parameter in context.command.params for option in parameter.opts}


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
        before = replaced(words[:place], name, other_words.OPTIONS.get(name, (name,)))
        return command_line([words[place], *words[place + 1 :], *before])
    if name in other_words.OPTIONS and len(words) == 1:
        return command_line(other_words.OPTIONS[name])
    models = [word for word in words if looks_like_model(word)]
    if models:
        return command_line(["inspect", *models, *(word for word in words if word not in models)])
    return "weightscope --help"


def replaced(words: Sequence[str], name: str, instead: Sequence[str]) -> list[str]:
    """Returns the words with `name`, or `name=VALUE`, replaced."""
    line: list[str] = []
    for word in words:
        option, equals, value = word.partition("=")
        line += [*instead, *([value] if equals else [])] if option == name else [word]
    return line


def _without(words: Sequence[str], name: str, *, has_value: bool) -> list[str]:
    """Returns the words without `name` and the value that follows it."""
    place = next(place for place, word in enumerate(words) if word.partition("=")[0] == name)
    end = place + 1 + (has_value and "=" not in words[place])
    return [*words[:place], *words[end:]]


def _as_argument(words: Sequence[str], name: str) -> list[str]:
    """Returns the words with `--units 3` or `--units=3` replaced by `--arg units=3`."""
    place = next(place for place, word in enumerate(words) if word.partition("=")[0] == name)
    _, equals, value = words[place].partition("=")
    after = place + 1
    if not equals and after < len(words) and not words[after].startswith("--"):
        value, after = words[after], after + 1
    argument = f"{name.removeprefix('--').replace('-', '_')}={value or 'true'}"
    return [*words[:place], "--arg", argument, *words[after:]]


def choices_of(context: click.Context, name: str) -> Sequence[str]:
    """Returns the values that an option of the command takes; none where they are not listed."""
    kinds = [parameter.type for parameter in context.command.params if name in parameter.opts]
    return next((kind.choices for kind in kinds if isinstance(kind, click.Choice)), ())


def rule_like(word: str) -> str | None:
    """Returns the one rule of `check` that a word names, as a whole or by one of its parts: `nan` is `nan-values`."""
    if word in RULES:
        return word
    found = [rule for rule in RULES if word in rule.split("-")]
    return found[0] if len(found) == 1 else None
