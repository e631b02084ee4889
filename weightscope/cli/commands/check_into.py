"""Would it load: `weightscope check WEIGHTS --into TARGET`, and `weightscope check MODEL --module FILE`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from weightscope import api
from weightscope.cli.each_model import each_model
from weightscope.cli.failure import DONE, FAILED, FOUND
from weightscope.cli.live import live_while
from weightscope.cli.notes import first_findings
from weightscope.cli.options import report_unmatched, wanted_variables
from weightscope.cli.output import Output
from weightscope.errors import UsageError
from weightscope.inspection import Inspection
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.inspection.variable_filter import select
from weightscope.source.arguments import parse_argument
from weightscope.source.bytes.location import is_far
from weightscope.source.spec import LayerSpec

#: The options that mean nothing without --into.
_NEED_TARGET = ("by_name", "skip_mismatch", "plan", "arguments")


#: How many seconds loading a model may take where --timeout does not say.
LONGEST_LOAD = 600.0

#: Prints what came of loading some files, and returns the exit code.
LoadingCheck = Callable[[tuple[str, ...], dict[str, Any], Output], int]


def loading_check(options: dict[str, Any]) -> LoadingCheck | None:
    """Returns the check that the options ask for; None if they ask for the rules of `check`.

    Raises:
        UsageError: An option needs --into, or means nothing where a file is loaded.
    """
    if options["into"] is not None:
        _refuse_what_loading_ignores(options)
        return check_into
    refuse_without_target(options)
    if not options["live"] and not options["modules"]:
        return None
    _refuse_what_loading_ignores(options)
    return check_with_keras


def check_into(files: tuple[str, ...], options: dict[str, Any], output: Output) -> int:
    """Prints whether each file would load into the target, and returns the exit code."""
    target = _built(options) if _is_code(options["into"]) else options["into"]

    def report_on(file: str) -> CheckResult:
        return api.check_load(file, target, by_name=options["by_name"], skip_mismatch=options["skip_mismatch"])

    return _print(files, report_on, options, output)


def check_with_keras(files: tuple[str, ...], options: dict[str, Any], output: Output) -> int:
    """Prints what Keras says when it loads each model, and returns the exit code."""

    def report_on(file: str) -> CheckResult:
        bounded = {**options, "timeout": options["timeout"] or LONGEST_LOAD}
        with live_while(file, f"Loading {file} with Keras", bounded):
            return api.check_loading(
                file, modules=options["modules"], input_shape=options["inputs"], safe_mode=not options["unsafe"]
            )

    return _print(files, report_on, options, output)


def refuse_without_target(options: dict[str, Any]) -> None:
    """Refuses an option that needs --into.

    Raises:
        UsageError: There is one.
    """
    for name in _NEED_TARGET:
        if options[name]:
            option = "--arg" if name == "arguments" else f"--{name.replace('_', '-')}"
            raise UsageError(option, "it is for --into", f"weightscope check weights.h5 --into model.keras {option}")


def _refuse_what_loading_ignores(options: dict[str, Any]) -> None:
    """Refuses the options that choose among values: loading reads all weights, and nothing of the optimizer.

    Raises:
        UsageError: There is one.
    """
    for name in ("only", "optimizer"):
        if options[name]:
            what = "what is loaded does not depend on it, and no value is looked at"
            raise UsageError(f"--{name}", what, f"leave --{name} out, or check the values without --into and --live")


def _print(
    files: tuple[str, ...], report_on: Callable[[str], CheckResult], options: dict[str, Any], output: Output
) -> int:
    failed: list[str] = []
    wanted = wanted_variables(options)
    found = list(each_model(files, report_on, failed))
    reports = [
        replace(
            one,
            findings=tuple(select(one.findings, wanted, infos=lambda _: (), paths=_paths)),
            lists_plan=options["plan"],
            plan_filter=wanted,
        )
        for one in found
    ]
    if reports:
        output.write(output.findings_format.findings(first_findings(reports, options), output.surface))
        report_unmatched(options, [path for one in found for path in _known_paths(one)])
    if failed:
        return FAILED
    return DONE if all(one.load is not None and one.load.verdict == "loads" for one in reports) else FOUND


def _known_paths(found: CheckResult) -> Iterator[str]:
    """Yields the paths that a pattern may match: of the variables on both sides, and in the findings."""
    for finding in found.findings:
        yield from _paths(finding)
    for one in found.load.assignments if found.load is not None else ():
        yield from (path for path in (one.stored, one.target) if path is not None)


def _paths(finding: Finding) -> list[str]:
    return [finding.variable] if finding.variable else []


def _is_code(name: str) -> bool:
    """Whether a target is code that builds a model, and not a saved model."""
    if is_far(name):
        return False
    file = name.partition(":")[0]
    return (name != file and not Path(name).exists()) or file.endswith((".py", ".ipynb"))


def _built(options: dict[str, Any]) -> Inspection:
    """Returns the model that the target's code builds."""
    name = options["into"]
    spec = LayerSpec(name, dict(map(parse_argument, options["arguments"])), options["inputs"])
    with live_while(name, f"Building {name} with Keras", options):
        return api.inspect_layer(spec, layout=True, modules=options["modules"])
