"""The one place where errors become text on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from weightscope.cli.hints import as_typed
from weightscope.errors import WeightscopeError
from weightscope.source.bytes.location import without_secrets
from weightscope.view.text.words import escape

DONE, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130

#: Characters of a line on stderr; names in it come from files.
_LONGEST_LINE = 2000


class ClosedPipeError(Exception):
    """The reader of stdout has ended. Click answers a `BrokenPipeError` with exit code 1, which here means "found"."""


def exit_code_of(run: Callable[[], Any], words: Sequence[str]) -> int:
    """Runs the program and reports on stderr what goes wrong.

    Args:
        run: The program.
        words: Its command line, without its name.

    Returns:
        Its exit code.
    """
    try:
        result = run()
        sys.stdout.flush()
    except WeightscopeError as error:
        report_error(error, words)
    except click.UsageError as error:
        from weightscope.cli.suggestions import explain_usage

        report_error(explain_usage(error, words), words)
    except click.ClickException as error:
        report_error(WeightscopeError("weightscope", error.format_message(), "weightscope --help"), words)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except ClosedPipeError:
        # whoever read has seen enough; without this Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except RecursionError:
        report_error(WeightscopeError("weightscope", "nested too deeply for Python", "try a simpler model"), words)
    except Exception as error:
        report_error(_unexpected(error), words)
    else:
        return result if isinstance(result, int) else DONE
    return FAILED


def _unexpected(error: Exception) -> WeightscopeError:
    """Returns the error to report for one that no code foresaw; its traceback is that of `error`."""
    message = f"unexpected error: {type(error).__name__}: {error}"
    reported = WeightscopeError("weightscope", message, "run it again with --debug, and report what it prints")
    if isinstance(error, FileNotFoundError) and not _has_working_directory():
        reported = WeightscopeError("weightscope", "the working directory was deleted", "cd to a folder that exists")
    reported.__cause__ = error
    return reported


def _has_working_directory() -> bool:
    try:
        return Path.cwd().is_dir()
    except FileNotFoundError:
        return False


def report_error(error: WeightscopeError, words: Sequence[str] | None = None) -> None:
    """Prints an error's two lines on stderr, and before them, with --debug, where it was raised.

    Args:
        error: What went wrong.
        words: The command line, where the command does not run any more, or not yet.
    """
    if words is None:
        words = click.get_current_context().find_root().obj
    if "--debug" in words:
        import traceback

        click.echo(without_secrets("".join(traceback.format_exception(error.__cause__ or error))), err=True, nl=False)
    location = error.location or "''"
    print_line("error", f"{location}: {error.message}")
    print_line("hint", as_typed(error, words))


def print_line(kind: str, message: str) -> None:
    """Prints one line on stderr: `warning: ...`; what a terminal would obey is escaped, and very long names are cut.

    Addresses are shown without secrets, also those in messages of libraries.
    """
    line = escape(without_secrets(" ".join(message.split())))
    if len(line) > _LONGEST_LINE:
        line = f"{line[:_LONGEST_LINE]}... ({len(line):,} characters)"
    click.echo(f"{kind}: {line}", err=True)
