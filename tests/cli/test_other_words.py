"""Words of other tools lead to commands, options and values that exist."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from weightscope.cli import other_words
from weightscope.cli.command_list import COMMANDS, command_of
from weightscope.cli.main import program


def options(*commands: click.Command) -> Iterator[tuple[str, click.Parameter]]:
    """Yields every name of an option with the option."""
    return ((name, option) for one in commands for option in one.params for name in option.opts)


ALL = [*options(program, *map(command_of, COMMANDS))]
NAMES = {"--help", *(name for name, _ in ALL)}


def choices(name: str) -> set[str]:
    kinds = [option.type for found, option in ALL if found == name]
    return {str(choice) for kind in kinds if isinstance(kind, click.Choice) for choice in kind.choices}


@pytest.mark.parametrize("word", other_words.COMMANDS)
def test_a_word_for_a_command_leads_to_a_command_and_options_that_it_has(word: str) -> None:
    assert word not in COMMANDS
    first, *rest = other_words.COMMANDS[word]
    known = {"--help", *(name for name, _ in options(command_of(first) if first in COMMANDS else program))}
    assert first in COMMANDS or first in known
    assert {one for one in rest if one.startswith("-")} <= known


@pytest.mark.parametrize("word", other_words.OPTIONS)
def test_a_word_for_an_option_leads_to_an_option_and_a_value_that_it_takes(word: str) -> None:
    name, *values = other_words.OPTIONS[word]
    assert name in NAMES
    assert set(values) <= choices(name) or not choices(name)


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, of in other_words.VALUES.items() for word in of])
def test_a_word_for_a_value_leads_to_a_value_that_the_option_takes(name: str, word: str) -> None:
    assert other_words.VALUES[name][word] in choices(name)


def test_needless_options_are_those_of_commands() -> None:
    assert other_words.NEEDLESS.keys() <= COMMANDS.keys()
