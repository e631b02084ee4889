"""`weightscope check WEIGHTS --into TARGET`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from weightscope import api
from weightscope.cli.failure import DONE, FAILED, FOUND, report
from weightscope.cli.output import Output
from weightscope.errors import UsageError, WeightscopeError
from weightscope.inspection.finding import Report
from weightscope.view.formats import find_format

#: The options that mean nothing without --into.
_NEED_TARGET = ("by_name", "skip_mismatch", "plan")


def check_into(files: tuple[str, ...], options: dict[str, Any], output: Output) -> int:
    """Prints whether each file would load into the target, and returns the exit code."""
    failed: list[str] = []
    reports: list[Report] = []
    for file in files:
        try:
            reports.append(_checked(file, options))
        except WeightscopeError as error:
            report(error)
            failed.append(file)
    if reports:
        output.write(find_format(output.format_name).findings(iter(reports), output.surface))
    if failed:
        return FAILED
    return DONE if all(one.load is not None and one.load.verdict == "loads" for one in reports) else FOUND


def refuse_without_target(options: dict[str, Any]) -> None:
    """Refuses an option that needs --into.

    Raises:
        UsageError: There is one.
    """
    for name in _NEED_TARGET:
        if options[name]:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(option, "it is for --into", f"weightscope check weights.h5 --into model.keras {option}")


def _checked(file: str, options: dict[str, Any]) -> Report:
    found = api.check_load(file, options["into"], by_name=options["by_name"], skip_mismatch=options["skip_mismatch"])
    return replace(found, lists_plan=options["plan"], is_verbose=options["verbose"])
