"""The one place where errors become text on stderr and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import click

from weightscope.errors import WeightscopeError
from weightscope.view.text import escape

DONE, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130


class ClosedPipeError(Exception):
    """Nobody reads stdout any more. Click answers a `BrokenPipeError` with exit code 1, which here means "found"."""


def exit_code_of(run: Callable[[], Any], debug: bool) -> int:
    """Runs the program; returns its exit code, having told on stderr what went wrong. A traceback only to debug."""
    try:
        result = run()
        sys.stdout.flush()
    except WeightscopeError as error:
        report(error, debug)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "weightscope"
        report(WeightscopeError(command, error.format_message(), f"{command} --help"), debug)
    except click.ClickException as error:
        report(WeightscopeError("weightscope", error.format_message(), "weightscope --help"), debug)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except ClosedPipeError:
        # whoever read has seen enough; without this Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except RecursionError:
        report(WeightscopeError("weightscope", "nested too deeply for Python", "try a simpler model"), debug)
    except Exception as error:
        told = f"unexpected error: {type(error).__name__}: {error}"
        report(
            WeightscopeError("weightscope", told, "run it again with --debug, and report what it prints"),
            debug,
        )
    else:
        return result if isinstance(result, int) else DONE
    return FAILED


def report(error: WeightscopeError, debug: bool) -> None:
    """Prints an error's two lines on stderr, and before them, to debug, where it was raised."""
    if debug:
        traceback.print_exception(error.__cause__ or error)
    location = error.location or "''"
    tell("error", f"{location}: {error.message}")
    tell("hint", error.hint)


def tell(kind: str, message: str) -> None:
    """Prints one line on stderr: `warning: ...`; what a terminal would obey is escaped."""
    click.echo(f"{kind}: {escape(' '.join(message.split()))}", err=True)
