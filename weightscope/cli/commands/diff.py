"""`weightscope diff A B`."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

import click

from weightscope import api
from weightscope.cli.command import LISTED, Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE, FOUND, print_line
from weightscope.cli.hints import command_line
from weightscope.cli.loading import inspection_asked_for, loading_options
from weightscope.cli.notes import Line, print_lines
from weightscope.cli.options import (
    filter_options,
    optimizer_option,
    output_options,
    report_unmatched,
    top_option,
    wanted_variables,
)
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.errors import UsageError
from weightscope.inspection import Inspection
from weightscope.inspection.difference import Comparison, Match
from weightscope.measure.compare.settings import SORT, SORT_ALIASES, CompareSettings, Tolerance
from weightscope.measure.listing.sort_key import find_sort_key

EXAMPLES = (
    "weightscope diff before.keras after.keras",
    "weightscope diff before.keras after.keras --only-changed --sort relative_l2",
    "weightscope diff model.keras model.weights.h5 --rtol 1e-5 --atol 1e-8",
    "weightscope diff before.keras after.keras --frozen",
    "weightscope diff before.keras after.keras --json | jq '.differences[] | select(.kind == \"shape\")'",
)

COMPARED = "What is compared"

#: Formats for people show equal pairs by default; the others show them with --include-equal.
_FOR_PEOPLE = ("table", "markdown")

#: Formats with a line a difference, where findings have no place.
_FLAT = ("jsonl", "csv")


@click.command(cls=Command, examples=EXAMPLES, found="Something differs.")
@click.argument("a", metavar="A", shell_complete=candidates.files)
@click.argument("b", metavar="B", shell_complete=candidates.files)
@option(
    COMPARED,
    "--rtol",
    type=float,
    default=0.0,
    metavar="R",
    help="Take values as equal if |A-B| <= atol + rtol*|B|.  [default: 0]",
)
@option(COMPARED, "--atol", type=float, default=0.0, metavar="R", help="See --rtol.  [default: 0]")
@option(
    COMPARED,
    "--match",
    type=click.Choice(get_args(Match)),
    default="path",
    show_default=True,
    help="Pair layers and then their variables by path, then by their place in the file. What is left is paired, with "
    "`order`, by equal shapes in the order of the models, with `values`, by identical content.",
)
@option(
    COMPARED,
    "--frozen",
    is_flag=True,
    help="A is from before, B from after a training: end with exit code 1 only if a weight moved that is frozen in B.",
)
@option(LISTED, "--only-changed", is_flag=True, help="Leave equal pairs out, which tables show.")
@option(LISTED, "--include-equal", is_flag=True, help="List equal pairs too, which json, jsonl and csv leave out.")
@filter_options
@option(
    LISTED,
    "--sort",
    metavar="KEY",
    shell_complete=candidates.difference_sort_keys,
    default="model",
    show_default=True,
    help=f"Sort by {', '.join(SORT)}. The largest number comes first.",
)
@top_option
@option(LISTED, "--by", type=click.Choice(["layer"]), help="List one row a layer.")
@optimizer_option
@output_options
@loading_options
def command(a: str, b: str, **options: Any) -> int:
    """Show what differs between the weights of two models: values, shapes, dtypes, trainability, names."""
    output = Output.asked_for(options, a, b)
    settings = _settings(options, is_for_people=output.format_name in _FOR_PEOPLE)
    # the averages that an optimizer keeps may explain a difference
    of_a, of_b = (inspection_asked_for(model, options, optimizer=True) for model in (a, b))
    show_progress = partial(progress_while, f"Comparing {a} and {b}")
    comparison = api.compare_weights(of_a, of_b, settings, show_progress=show_progress)
    output.write(output.format.comparison(comparison, output.surface))
    listed = (one.all_variables if options["optimizer"] else one.variables for one in (of_a, of_b))
    report_unmatched(options, [variable.info.path for variables in listed for variable in variables])
    print_lines(Line(one.code, one.level, one.message) for one in comparison.notes)
    if output.format_name in _FLAT:
        findings = [(one, f"{one.code}: {one.variable}: {one.message}") for one in comparison.findings]
        print_lines((Line(one.code, one.level, text) for one, text in findings), after=" (--format json lists each)")
    _tell_next_step(comparison, of_b)
    return FOUND if _is_found(comparison, settings) else DONE


def _tell_next_step(comparison: Comparison, of_b: Inspection) -> None:
    """Names the command that says what loading A into B would do, where the two do not have the same variables."""
    has_other_structure = any(one.kind in ("only-in-a", "only-in-b", "shape") for one in comparison.differences)
    is_file = comparison.a.format in _LOADABLE and comparison.b.format in _LOADABLE
    if has_other_structure and is_file and of_b.layers:
        step = command_line(["check", comparison.a.location, "--into", comparison.b.location])
        print_line("note", f"{step} says what load_weights would do")


#: The formats that `load_weights` reads.
_LOADABLE = ("keras", "weights-h5", "sharded-weights", "legacy-h5", "legacy-weights-h5")


def _settings(options: dict[str, Any], *, is_for_people: bool) -> CompareSettings:
    """Returns what the options say.

    Raises:
        UsageError: It is to be sorted by what is not there, or equal pairs are both wanted and not.
    """
    if options["only_changed"] and options["include_equal"]:
        raise UsageError("--only-changed --include-equal", "one leaves out what the other lists", "give one of them")
    return CompareSettings(
        match=options["match"],
        tolerance=Tolerance(options["rtol"], options["atol"]),
        wanted=wanted_variables(options),
        sort=find_sort_key(options["sort"], SORT, SORT_ALIASES),
        top=options["top"],
        by_layer=options["by"] == "layer",
        include_equal=options["include_equal"] or (is_for_people and not options["only_changed"]),
        frozen=options["frozen"],
        optimizer=options["optimizer"],
    )


def _is_found(comparison: Comparison, settings: CompareSettings) -> bool:
    rules = {finding.code for finding in comparison.findings}
    if settings.frozen:
        return "frozen-moved" in rules
    return comparison.totals.equal < comparison.totals.compared or bool(rules)
