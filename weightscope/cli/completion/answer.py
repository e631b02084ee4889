r"""Answers a shell that asks what may stand at the cursor.

The script of the shell sets `_WEIGHTSCOPE_COMPLETE` to the shell's name. The words of the line up to the cursor are
the arguments; bash, which breaks words at `=` and `:`, hands over the line instead. Each line of the answer is
`KIND\tVALUE\tHELP`: a `word`, a `part` of a word (no space follows it), or `file` (the shell completes file names).
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from weightscope.cli.completion import COMPLETION_VARIABLE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_END = "\0"
_LONGEST_HELP = 80
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_SPECIAL = re.compile(r"([^\w@%+=:,./#-])", re.ASCII)


def print_answer(program: click.Group, words: Sequence[str]) -> None:
    """Prints what may stand at the cursor.

    Args:
        program: The program whose command line is completed.
        words: The words up to the cursor, the last of them incomplete or empty; for bash, the line decides.
    """
    as_typed: Callable[[str], str] = str
    if os.environ[COMPLETION_VARIABLE] == "bash":
        line = os.environ.get("COMP_LINE", "")
        words = split_line(line)[1:]
        as_typed = _bash_quoting(line, words[-1] if words else "", os.environ.get("COMP_WORDBREAKS", ""))
    if words:
        for item in _candidates(program, words):
            print(_line_of(item, as_typed))


def _line_of(item: CompletionItem, as_typed: Callable[[str], str]) -> str:
    if item.type == "file":
        return "file\t\t"
    kind = "part" if item.value.endswith("=") else "word"
    help_text = " ".join((item.help or "").split()).partition(". ")[0][:_LONGEST_HELP]
    return f"{kind}\t{as_typed(item.value)}\t{help_text}"


def _candidates(program: click.Group, words: Sequence[str]) -> Iterator[CompletionItem]:
    """Yields what may stand for the last word, each as the whole word."""
    from click.shell_completion import CompletionItem, ShellComplete

    *before, incomplete = words
    shell = ShellComplete(program, {"obj": before.copy()}, "weightscope", COMPLETION_VARIABLE)
    option = re.match(r"--[\w-]+=", incomplete)
    for item in shell.get_completions(before, incomplete):
        if _NOT_PRINTABLE.search(item.value):
            continue  # such a name cannot be typed
        value = item.value if option is None or item.type == "file" else option[0] + item.value
        yield CompletionItem(value, item.type, item.help)


def split_line(line: str) -> list[str]:
    """Returns the words of a command line that is being typed, without their quotes; the last may be empty."""
    for open_quote in ("", '"', "'"):
        try:
            words = shlex.split(f"{line}{_END}{open_quote}")
        except ValueError:
            continue
        return [word.removesuffix(_END) for word in words]
    return []


def _bash_quoting(line: str, incomplete: str, breaks: str) -> Callable[[str], str]:
    """Returns the function from a whole word to what bash puts in place of what it takes for the word at the cursor.

    Bash takes a word to begin after the last `=` or `:` that is not quoted, and puts in candidates as they are.
    """
    try:
        shlex.split(line)
    except ValueError:  # within quotes
        return str
    typed = line.rpartition(" ")[2]
    before = max(incomplete.rfind(mark) for mark in ":=" if mark in breaks) + 1 if set(":=") & set(breaks) else 0
    start = before if any(mark in typed for mark in ":=") else 0
    return lambda word: _SPECIAL.sub(r"\\\1", word[start:])
