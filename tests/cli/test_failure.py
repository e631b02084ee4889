"""Errors that no code foresaw: two lines, and with --debug the traceback that is to be reported."""

from __future__ import annotations

import pytest

from weightscope.cli.failure import exit_code_of


@pytest.mark.parametrize("words", [["inspect"], ["inspect", "--debug"]])
def test_an_unexpected_error_is_two_lines_and_its_traceback_only_with_debug(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise KeyError("missing")

    assert exit_code_of(fails, words) == 2
    *before, error, hint = capsys.readouterr().err.splitlines()
    assert error == "error: weightscope: unexpected error: KeyError: 'missing'"
    assert hint == "hint: run it again with --debug, and report what it prints"
    assert ("--debug" in words) == any("test_failure.py" in line for line in before) == bool(before)
