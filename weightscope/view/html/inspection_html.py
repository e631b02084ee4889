"""An inspection in a notebook: a list of layers that unfold into their variables."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection.measured import GroupSum, Listing, Measured
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.html.card import HtmlCell, card, findings_list, folded, heads, lines, more, table
from weightscope.view.html.element import Html, element, join, name, span, text
from weightscope.view.tables.header import header

_COLUMNS = "minmax(14em,3fr) minmax(8em,1.2fr) 6em 9em 6em 6em 6em minmax(3em,1fr)"

#: All layers of a model with so few variables are open.
_OPEN = 12

_MOST_NOTES = 20

_TRAINABLE = {True: "good", False: "warn", None: "unknown"}
_VALUES = 5


def inspection_html(listing: Listing, layers: Listing) -> str:
    """Returns a card of a model.

    Args:
        listing: The first variables, at most `card.MOST_ROWS`, with previews.
        layers: The sums of all layers.
    """
    inspection = listing.inspection
    title, *facts = (line.plain for line in header(inspection, Glyphs()))
    rows = _by_layer(listing.rows)
    groups = [group for group in layers.groups or () if group.name in rows]
    slots = [row for row in listing.rows if row.info.role == "optimizer"]
    is_open = inspection.totals.variables <= _OPEN
    parts = [_folded_layer(group, rows[group.name or ""], is_open=is_open) for group in groups]
    left_out = len(inspection.variables) - sum(map(len, rows.values()))
    hidden = len(layers.groups or ()) - len(groups)
    return card(
        lines(text(title), *facts, _totals(listing)),
        heads(*_headings()),
        *parts,
        more(left_out, f"variables in {hidden:,} more layers" if hidden else "variables"),
        *([_optimizer(listing, slots)] if inspection.optimizer else []),
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
    return f"{variables} · {totals.parameters:,} parameters ({trained}{unknown}) · {words.size(totals.bytes)}"


def _headings() -> tuple[HtmlCell, ...]:
    numbers = ("variables", "parameters")
    return (
        *(HtmlCell(text(title)) for title in ("layer", "class")),
        *(HtmlCell(text(title), "number") for title in numbers),
        HtmlCell(text("trainable")),
        *(HtmlCell(text(title), "number") for title in ("size", "share")),
        HtmlCell(Html("")),
    )


def _folded_layer(group: GroupSum, rows: Sequence[Measured], *, is_open: bool) -> Html:
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
    return folded(summary, join(_variables(rows), more(group.variables - len(rows), "variables")), is_open=is_open)


def _trained(group: GroupSum) -> tuple[str, str]:
    if group.trainable_parameters is None:
        return "?", _TRAINABLE[None]
    if group.trainable_parameters in (0, group.parameters):
        is_trainable = group.trainable_parameters == group.parameters
        return words.trainable(is_trainable), _TRAINABLE[is_trainable]
    return "partly", _TRAINABLE[False]


def _variables(rows: Sequence[Measured]) -> Html:
    headings = [HtmlCell(text(title)) for title in ("variable", "shape", "dtype")]
    headings += [HtmlCell(text("parameters"), "number"), HtmlCell(text("trainable")), HtmlCell(text("values"))]
    return table(headings, [_row(row) for row in rows])


def _row(row: Measured) -> tuple[HtmlCell, ...]:
    info = row.info
    own = info.path.removeprefix(f"{info.layer}/") if info.layer and info.role != "optimizer" else info.path
    flag = words.trainable(info.trainable) + ("" if info.role in ("weight", "optimizer") else f", {info.role}")
    return (
        HtmlCell(name(own, "name accent"), "path"),
        HtmlCell(text(words.shape(info.shape))),
        HtmlCell(text(info.dtype)),
        HtmlCell(text(words.count(info.parameters)), "number"),
        HtmlCell(span(flag, _TRAINABLE[info.trainable])),
        HtmlCell(_preview(row)),
    )


def _preview(row: Measured) -> Html:
    if row.preview is None:
        return Html("")
    pieces: list[Html] = []
    for number in row.preview.values[:_VALUES]:
        word = words.value(number)
        pieces += [span(word, "bad" if word in ("NaN", "Inf", "-Inf") else "dim"), Html(" ")]
    return join(*pieces, *([] if row.preview.is_whole else [span("…", "dim")]))


def _optimizer(listing: Listing, slots: Sequence[Measured]) -> Html:
    whole = listing.inspection.optimizer or ()
    size = words.size(sum(one.info.bytes for one in whole))
    summary = (
        HtmlCell(text("optimizer"), "accent"),
        HtmlCell(text(f"{len(whole):,} variables")),
        HtmlCell(text(size), "number"),
    )
    return folded(summary, join(_variables(slots), more(len(whole) - len(slots), "variables")))
