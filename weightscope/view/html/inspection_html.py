"""An inspection in a notebook: a list of layers that unfold into their variables."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection.measured import GroupSum, Listing, Measured
from weightscope.view.html.card import MOST_ROWS, HtmlCell, card, findings_list, folded, heads, lines, more, table
from weightscope.view.html.variables_table import TRAINABLE_CLASSES, variables_table
from weightscope.view.pictures.spark_scale import SparkScale
from weightscope.view.tables.header import header
from weightscope.view.text import words
from weightscope.view.text.element import Html, element, join, name, text
from weightscope.view.text.glyphs import Glyphs

_COLUMNS = "minmax(9em,3fr) minmax(8em,1.5fr) 5.5em 6.5em 5em 5.5em 4em minmax(2em,1fr)"

#: All layers of a model with so few variables are open.
_OPEN = 12

_MOST_NOTES = 20


def inspection_html(listing: Listing, layers: Listing) -> str:
    """Returns a card of a model.

    Args:
        listing: The first of the listed variables, at most `card.MOST_ROWS`.
        layers: The sums of the layers of all that are listed.
    """
    inspection = listing.inspection
    title, *facts = (line.plain for line in header(inspection, Glyphs()))
    rows = _by_layer(listing.rows)
    groups = [group for group in layers.groups or () if group.name in rows]
    slots = [row for row in listing.rows if row.info.role == "optimizer"]
    is_open = inspection.totals.variables <= _OPEN
    scale = SparkScale.of(row.statistics for row in listing.rows)
    parts = [_folded_layer(group, rows[group.name or ""], scale, is_open=is_open) for group in groups]
    left_out = sum(group.variables for group in layers.groups or ()) - sum(map(len, rows.values()))
    hidden = len(layers.groups or ()) - len(groups)
    return card(
        lines(text(title), *facts, _totals(layers)),
        heads(*_headings()),
        *parts,
        more(left_out, f"variables in {hidden:,} more layers" if hidden else "variables"),
        *([_optimizer(listing, slots, scale)] if inspection.optimizer else []),
        *([element("h4", text("Notes")), findings_list(inspection.notes, _MOST_NOTES)] if inspection.notes else []),
        columns=_COLUMNS,
    )


def _by_layer(rows: Sequence[Measured]) -> dict[str, list[Measured]]:
    """Returns the model's variables by the path of their layer."""
    found: dict[str, list[Measured]] = {}
    for row in rows:
        if row.info.role != "optimizer":
            found.setdefault(row.info.layer, []).append(row)
    return found


def _totals(listing: Listing) -> str:
    totals = listing.inspection.totals
    trained = f"{totals.trainable_parameters:,} trainable, {totals.non_trainable_parameters:,} not"
    unknown = f", {totals.unknown_parameters:,} unknown" if totals.unknown_parameters else ""
    variables = f"{totals.variables:,} variable{'s' * (totals.variables != 1)}"
    listed = listing.listed
    shown = f" · listed: {listed.variables:,} variables, {listed.parameters:,} parameters" if listed else ""
    return f"{variables} · {totals.parameters:,} parameters ({trained}{unknown}) · {words.size(totals.bytes)}{shown}"


def _headings() -> tuple[HtmlCell, ...]:
    numbers = ("variables", "parameters")
    return (
        *(HtmlCell(text(title)) for title in ("layer", "class")),
        *(HtmlCell(text(title), "number") for title in numbers),
        HtmlCell(text("trainable")),
        *(HtmlCell(text(title), "number") for title in ("size", "share")),
        HtmlCell(Html("")),
    )


def _folded_layer(
    group: GroupSum, rows: Sequence[Measured], scale: SparkScale | None, *, is_open: bool = False
) -> Html:
    word, style = _trained(group)
    summary = (
        HtmlCell(name(group.name or "(the model itself)")),
        HtmlCell(text(group.layer_class or "?"), "dim"),
        HtmlCell(text(words.count(group.variables)), "number"),
        HtmlCell(text(words.count(group.parameters)), "number"),
        HtmlCell(text(word), style),
        HtmlCell(text(words.size(group.bytes)), "number"),
        HtmlCell(text(words.percent(group.share)), "number"),
        HtmlCell(element("span", classes="bar", style=f"width:{100 * min(group.share, 1.0):.1f}%")),
    )
    left_out = more(group.variables - len(rows), "variables")
    return folded(summary, join(variables_table(rows, scale), left_out), is_open=is_open)


def _trained(group: GroupSum) -> tuple[str, str]:
    if group.trainable_parameters is None:
        return "?", TRAINABLE_CLASSES[None]
    if group.trainable_parameters in (0, group.parameters):
        is_trainable = group.trainable_parameters == group.parameters
        return words.trainable(is_trainable), TRAINABLE_CLASSES[is_trainable]
    return "partly", TRAINABLE_CLASSES[False]


def _optimizer(listing: Listing, slots: Sequence[Measured], scale: SparkScale | None) -> Html:
    whole = listing.inspection.optimizer or ()
    size = words.size(sum(one.info.bytes for one in whole))
    summary = (
        HtmlCell(text("optimizer"), "accent"),
        HtmlCell(text(f"{len(whole):,} variables")),
        HtmlCell(text(size), "number"),
    )
    return folded(summary, join(variables_table(slots, scale), more(len(whole) - len(slots), "variables")))


def groups_html(listing: Listing) -> str:
    """Returns a card of a listing that is summed by layer, class or dtype."""
    title, *facts = (line.plain for line in header(listing.inspection, Glyphs()))
    groups = listing.groups or ()
    headings = [HtmlCell(text(listing.by))]
    headings += [HtmlCell(text(one), "number") for one in ("variables", "parameters", "size", "share")]
    rows = [
        (
            HtmlCell(name(group.name or "?"), "path"),
            HtmlCell(text(words.count(group.variables)), "number"),
            HtmlCell(text(words.count(group.parameters)), "number"),
            HtmlCell(text(words.size(group.bytes)), "number"),
            HtmlCell(text(words.percent(group.share)), "number"),
        )
        for group in groups[:MOST_ROWS]
    ]
    left_out = more(len(groups) - len(rows), "groups")
    return card(lines(text(title), *facts, _totals(listing)), table(headings, rows, "flush"), left_out)
