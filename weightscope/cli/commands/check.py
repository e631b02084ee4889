"""`weightscope check MODEL...`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from weightscope import api
from weightscope.cli.command import LISTED, Command, option
from weightscope.cli.commands.check_into import loading_check
from weightscope.cli.completion import candidates
from weightscope.cli.each_model import each_model
from weightscope.cli.failure import DONE, FAILED, FOUND, print_line
from weightscope.cli.hints import command_line, models_here
from weightscope.cli.loading import loading_options
from weightscope.cli.notes import first_findings
from weightscope.cli.options import filter_options, output_options_for, report_unmatched, top_option
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.cli.settings import FAILING, check_settings, check_table, fail_on_of
from weightscope.errors import UsageError
from weightscope.inspection.check_result import CheckResult
from weightscope.measure.check.rules import find_rule
from weightscope.measure.check.settings import CheckSettings
from weightscope.view.formats import FINDING_FORMATS
from weightscope.view.rules_text import explain_rule, list_rules

EXAMPLES = (
    "weightscope check model.keras",
    "weightscope check models/*.keras --fail-on warning --ignore optimizer-in-file",
    "weightscope check model.keras --select nan-values,infinite-values",
    "weightscope check model.keras --format sarif -o findings.sarif",
    "weightscope check --explain untrained-weights",
    "weightscope check trained.weights.h5 --into model.keras",
    "weightscope check trained.weights.h5 --into my_models.py:build_model --plan",
)

RULES_GROUP = "The rules"
LOAD_GROUP = "Would it load?"


@click.command(cls=Command, examples=EXAMPLES, found="Something was found at or above --fail-on.")
@click.argument("models", nargs=-1, metavar="MODEL...", shell_complete=candidates.files)
@option(
    RULES_GROUP,
    "--fail-on",
    type=click.Choice(list(FAILING)),
    help="End with exit code 1 for findings of this level or worse.  [default: error]",
)
@option(
    RULES_GROUP,
    "--select",
    metavar="RULE,...",
    multiple=True,
    shell_complete=candidates.rules,
    help="Check only these rules. Repeatable.",
)
@option(
    RULES_GROUP,
    "--ignore",
    metavar="RULE,...",
    multiple=True,
    shell_complete=candidates.rules,
    help="Do not check these rules. Repeatable.",
)
@option(
    RULES_GROUP,
    "--set",
    "limits",
    metavar="RULE=NUMBER",
    shell_complete=candidates.limits,
    multiple=True,
    help="Set the limit of a rule that has one; --rules shows them. Repeatable.",
)
@option(RULES_GROUP, "--rules", "lists_rules", is_flag=True, help="List the rules, and do nothing else.")
@option(
    RULES_GROUP,
    "--explain",
    metavar="RULE",
    shell_complete=candidates.rules,
    help="Explain a rule, and do nothing else.",
)
@option(
    LOAD_GROUP,
    "--into",
    metavar="TARGET",
    shell_complete=candidates.files,
    help="Check whether load_weights(MODEL) would work on this model or code.",
)
@option(LOAD_GROUP, "--by-name", is_flag=True, help="Pair layers by name, as load_weights(by_name=True) does.")
@option(LOAD_GROUP, "--skip-mismatch", is_flag=True, help="Skip what does not fit, as load_weights does.")
@option(
    LOAD_GROUP, "--arg", "arguments", metavar="NAME=VALUE", multiple=True, help="Call the code with this. Repeatable."
)
@option(LOAD_GROUP, "--plan", is_flag=True, help="List what would be read into what.")
@option(RULES_GROUP, "--verbose", is_flag=True, help="List each finding in the table.")
@filter_options
@top_option
@loading_options
@option(LISTED, "--optimizer", is_flag=True, help="Look for NaN and infinities in the optimizer's variables too.")
@output_options_for(FINDING_FORMATS)
def command(models: tuple[str, ...], **options: Any) -> int:
    """Look for what is wrong with the weights of saved models: where it is, and what to do about it.

    Exit code 1 when something was found at or above --fail-on. Defaults are read from [tool.weightscope.check] in the
    nearest pyproject.toml: select, ignore, fail-on, and limits by the id of their rule.
    """
    output = Output.asked_for(options, *models, formats=FINDING_FORMATS)
    if options["lists_rules"] or options["explain"]:
        return _explain(options, output)
    if not models:
        into = ["--into", options["into"]] if options["into"] else []
        model = "trained.weights.h5" if into else models_here()[0]
        raise UsageError("weightscope check", "no model is named", command_line(["check", model, *into]))
    loads = loading_check(options)
    if loads is not None:
        return loads(models, options, output)
    table, file = check_table()
    settings = check_settings(options, table, file)
    fail_on = options["fail_on"] or fail_on_of(table, file)
    failed: list[str] = []
    levels: set[str] = set()
    paths: list[str] = []

    def report_on(model: str) -> CheckResult:
        if not Path(model).exists() and (rule := _rule_meant(model)) is not None:
            raise _select_instead(model, rule, models)
        found = _check(model, settings, paths)
        levels.update(one.level for one in found.findings)
        return found

    output.write(_texts(first_findings(each_model(models, report_on, failed), options), output))
    if len(failed) < len(models):
        report_unmatched(options, paths)
    if failed:
        return FAILED
    return FOUND if levels & set(FAILING[fail_on]) else DONE


def _explain(options: dict[str, Any], output: Output) -> int:
    """Prints all rules, or one, and returns the exit code."""
    if output.format_name != "table" or (options["lists_rules"] and options["explain"]):
        raise UsageError(
            "weightscope check", "rules are printed as text, all of them or one", "weightscope check --rules"
        )
    output.write([list_rules() if options["lists_rules"] else explain_rule(find_rule(options["explain"]))])
    return DONE


def _rule_meant(word: str) -> str | None:
    from weightscope.cli.option_suggestions import rule_like  # only a mistyped line needs them

    return rule_like(word)


def _select_instead(word: str, rule: str, models: tuple[str, ...]) -> UsageError:
    others = [model for model in models if model != word]
    return UsageError(word, "a rule, not a model", command_line(["check", *others, "--select", rule]))


def _texts(reports: Iterator[CheckResult], output: Output) -> Iterable[str]:
    """Returns the text of all reports; none of it where there is not one report."""
    first = next(reports, None)
    if first is None:
        return []
    return output.findings_format.findings(_again(first, reports), output.surface)


def _again(first: CheckResult, rest: Iterator[CheckResult]) -> Iterator[CheckResult]:
    yield first
    yield from rest


def _check(model: str, settings: CheckSettings, paths: list[str]) -> CheckResult:
    """Returns the findings about wanted variables; the paths of all variables are added to `paths`."""
    inspection = api.inspect_model(model, optimizer=True)
    found = api.check_weights(inspection, settings, show_progress=partial(progress_while, f"Reading {model}"))
    for note in inspection.notes:
        if note.code == "unbuilt-model":
            print_line("warning", f"{model}: {note.message}; there are no weights to check")
        if note.code == "weights-only":
            print_line("note", f"{command_line(['check', model, '--into', 'MODEL'])} says whether it would load")
    if inspection.source.format == "saved-model" and inspection.signatures:
        layer = f"keras.layers.TFSMLayer({model!r}, call_endpoint={inspection.signatures[0].name!r})"
        print_line("note", f"{model}: load_model of Keras 3 does not read a SavedModel; {layer} calls it")
    paths.extend(variable.info.path for variable in inspection.all_variables)
    return found
