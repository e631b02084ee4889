"""`weightscope diff A B`."""

from __future__ import annotations

from typing import Any, get_args

import click

from weightscope.cli.failure import DONE, FOUND, tell
from weightscope.cli.loading import inspection_asked_for, loading_options
from weightscope.cli.options import output_options
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.errors import UsageError
from weightscope.inspection.difference import Comparison, Match
from weightscope.measure.compare import SORT, Settings, Tolerance, compare

EPILOG = """\b
Examples:
  weightscope diff before.keras after.keras
  weightscope diff before.keras after.keras --only-changed --sort relative_l2
  weightscope diff model.keras model.weights.h5 --rtol 1e-5 --atol 1e-8
  weightscope diff before.keras after.keras --frozen
  weightscope diff before.keras after.keras --json | jq '.differences[] | select(.kind == "shape")'

\b
Exit codes: 0 nothing differs, 1 something does, 2 trouble.
"""

#: Formats for people, which show equal pairs unless they are told not to; the others only when they are told to.
_FOR_PEOPLE = ("table", "markdown")

#: Formats with a line a difference, where findings have no place.
_FLAT = ("jsonl", "csv")


@click.command(epilog=EPILOG)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--match",
    type=click.Choice(get_args(Match)),
    default="path",
    show_default=True,
    help="How layers and then their variables are paired: by path, then by their place in the file; what is left, with "
    "`order` by equal shapes in the order of the models, with `values` by identical content.",
)
@click.option("--rtol", type=float, default=0.0, metavar="R", help="Equal: |A-B| <= atol + rtol*|B|.")
@click.option("--atol", type=float, default=0.0, metavar="R", help="See --rtol.  [default: 0 both]")
@click.option("--only-changed", is_flag=True, help="Leave equal pairs out, which tables show.")
@click.option("--include-equal", is_flag=True, help="List equal pairs too, which json, jsonl and csv leave out.")
@click.option("--filter", "filters", metavar="GLOB", multiple=True, help="Only paths that match; repeatable.")
@click.option("--sort", metavar="KEY", default="model", show_default=True, help=f"In which order: {', '.join(SORT)}.")
@click.option("--by", type=click.Choice(["layer"]), help="One row a layer.")
@click.option(
    "--frozen",
    is_flag=True,
    help="A is from before, B from after a training: exit code 1 only if a weight moved that B says is frozen.",
)
@click.option("--optimizer", is_flag=True, help="Compare the optimizer's variables too.")
@loading_options
@output_options
def command(a: str, b: str, **options: Any) -> int:
    """Tell what differs between the weights of two models: values, shapes, dtypes, trainability, names."""
    output = Output.asked_for(options, a, b)
    settings = _settings(options, is_for_people=output.format_name in _FOR_PEOPLE)
    of_a, of_b = (inspection_asked_for(model, options, optimizer=options["optimizer"]) for model in (a, b))
    with progress_while(f"Comparing {a} and {b}", of_a.totals.bytes) as progress:
        comparison = compare(of_a, of_b, settings, progress)
    output.write([output.format.comparison(comparison, output.surface)])
    for note in comparison.notes:
        tell(note.level, note.message)
    if output.format_name in _FLAT:
        for finding in comparison.findings:
            tell(finding.level, f"{finding.rule}: {finding.variable}: {finding.message}")
    return FOUND if _is_found(comparison, settings) else DONE


def _settings(options: dict[str, Any], *, is_for_people: bool) -> Settings:
    """Returns what the options say.

    Raises:
        UsageError: It is to be sorted by what is not there, or equal pairs are both wanted and not.
    """
    sort = options["sort"].replace("-", "_")
    if sort not in SORT:
        raise UsageError(f"--sort {options['sort']}", "nothing to sort by", f"one of {', '.join(SORT)}")
    if options["only_changed"] and options["include_equal"]:
        raise UsageError("--only-changed --include-equal", "one leaves out what the other lists", "give one of them")
    return Settings(
        match=options["match"],
        tolerance=Tolerance(options["rtol"], options["atol"]),
        filters=options["filters"],
        sort=sort,
        by_layer=options["by"] == "layer",
        include_equal=options["include_equal"] or (is_for_people and not options["only_changed"]),
        frozen=options["frozen"],
    )


def _is_found(comparison: Comparison, settings: Settings) -> bool:
    rules = {finding.rule for finding in comparison.findings}
    if settings.frozen:
        return "frozen-moved" in rules
    return comparison.totals.equal < comparison.totals.compared or bool(rules)
