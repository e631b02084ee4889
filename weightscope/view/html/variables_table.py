"""The table of the variables of a layer in a notebook, with statistics where they were taken."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection.measured import Measured
from weightscope.view.html.card import HtmlCell, table
from weightscope.view.pictures.spark_scale import SparkScale
from weightscope.view.tables.statistics_cells import statistics_cells, statistics_columns
from weightscope.view.text import words
from weightscope.view.text.element import Html, join, name, span, text
from weightscope.view.text.glyphs import Glyphs

#: The class of the word for each.
TRAINABLE_CLASSES = {True: "good", False: "warn", None: "unknown"}

_VALUES = 5

#: The classes of the styles that a terminal has.
_CLASSES = {"bold red": "bad", "cyan": "blocks", "dim": "dim"}


def variables_table(rows: Sequence[Measured], scale: SparkScale | None) -> Html:
    """Returns a row for each variable: with its statistics, if any has them, else with its first values.

    Args:
        rows: The variables.
        scale: Of the distributions of all tables of the card.
    """
    headings = [HtmlCell(text(title)) for title in ("variable", "shape", "dtype")]
    headings += [HtmlCell(text("parameters"), "number"), HtmlCell(text("trainable"))]
    if any(row.statistics for row in rows):
        *numbers, distributions = statistics_columns()
        title = f"{distributions.title}, {scale.words}" if scale else distributions.title
        headings += [*(HtmlCell(text(one.title), "number") for one in numbers), HtmlCell(text(title))]
        return table(headings, [(*_row(row), *_statistics(row, scale)) for row in rows])
    return table([*headings, HtmlCell(text("values"))], [(*_row(row), HtmlCell(_preview(row))) for row in rows])


def _statistics(row: Measured, scale: SparkScale | None) -> list[HtmlCell]:
    *numbers, distribution = statistics_cells(row.statistics, Glyphs(), scale, is_absent=not row.has_values)
    cells = [HtmlCell(text("".join(piece for piece, _ in cell)), "number") for cell in numbers]
    return [*cells, HtmlCell(join(*(span(piece, _CLASSES.get(style, "")) for piece, style in distribution)))]


def _row(row: Measured) -> tuple[HtmlCell, ...]:
    info = row.info
    own = info.path.removeprefix(f"{info.layer}/") if info.layer and info.role != "optimizer" else info.path
    flag = words.trainable(info.trainable) + ("" if info.role in ("weight", "optimizer") else f", {info.role}")
    return (
        HtmlCell(name(own, "name accent"), "path"),
        HtmlCell(text(words.shape(info.shape))),
        HtmlCell(text(info.dtype)),
        HtmlCell(text(words.count(info.parameters)), "number"),
        HtmlCell(span(flag, TRAINABLE_CLASSES[info.trainable])),
    )


def _preview(row: Measured) -> Html:
    if row.preview is None:
        return Html("")
    pieces: list[Html] = []
    for number in row.preview.values[:_VALUES]:
        word = words.value(number)
        pieces += [span(word, "bad" if word in ("NaN", "Inf", "-Inf") else "dim"), Html(" ")]
    return join(*pieces, *([] if row.preview.is_whole else [span("…", "dim")]))
