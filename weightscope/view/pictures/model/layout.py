"""Lays out the picture of a model: a row for each layer, from the input at the top to the output at the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

from weightscope.inspection.measured import Listing
from weightscope.view.pictures.color_map import NAN
from weightscope.view.pictures.model.axis import ValueAxis
from weightscope.view.pictures.model.rows import LayerPicture, Spread, model_rows
from weightscope.view.pictures.model.scene import CHARACTER, Box, Label, Scene
from weightscope.view.text import words

#: The colours of variables that are trainable, are not, or may be; and their names.
_KINDS = {
    True: ("#2f79b5", "trainable"),
    False: ("#c77d1e", "not trainable"),
    None: ("#8a63ad", "trainability unknown"),
}
_DIM, _RULE, _STRIPE, _ALARM, _BAD, _MEAN = "#57606a", "#c5cad0", "#f4f6f8", "#fff1b8", "#b3121d", "#ffffff"

#: In pixels: around all, between columns, and the columns whose width is always the same.
_MARGIN, _GAP = 18, 18
_NUMBER, _BAR, _SPREAD, _STRANGE = 84, 150, 430, 170

#: In pixels: the size of the font, a line of text, a spread, and the room around a row's contents.
_FONT, _LINE, _LANE, _PADDING = 12.0, 15, 6, 8

#: Lines above the rows.
_HEAD = 7

_LONGEST_CLASS = 24

#: Cells of a line, and lines of a name.
_NAME_WIDTH, _NAME_LINES = 44, 4

#: The parts of a name between which a line may break.
_NAME_PARTS = re.compile(r"[^/_ ]*[/_ ]+|[^/_ ]+")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each column begins, in pixels; the number of parameters ends at `number`."""

    layer_class: float
    number: float
    bar: float
    spread: float
    strange: float
    right: float

    @classmethod
    def of(cls, rows: Sequence[LayerPicture], names: Sequence[list[str]]) -> _Columns:
        """Returns the columns, as wide as the longest name and class need."""
        longest = max((cell_len(line) for name in names for line in name), default=0)
        longest_class = max((len(_class_of(row)) for row in rows), default=0)
        layer_class = _MARGIN + 6 + max(longest, len("layer")) * CHARACTER * _FONT + _GAP
        number = layer_class + max(longest_class, len("class")) * CHARACTER * _FONT + _GAP + _NUMBER
        bar = number + 8
        spread = bar + _BAR + 2 * _GAP
        strange = spread + _SPREAD + _GAP
        has_strange = any(row.nan or row.infinite for row in rows)
        return cls(layer_class, number, bar, spread, strange, strange + (_STRANGE if has_strange else 0))


@dataclass(frozen=True, slots=True)
class _Place:
    """A row of the picture, its name in lines, and where it is."""

    row: LayerPicture
    name: list[str]
    top: float
    height: float

    @property
    def baseline(self) -> float:
        """Where the first of its lines of text stands, so that all of them are in the middle."""
        return self.top + (self.height - len(self.name) * _LINE) / 2 + _LINE - 4


def model_scene(listing: Listing) -> Scene:
    """Returns the picture of the listed variables or groups, which have statistics."""
    rows = model_rows(listing)
    names = [_folded(row.name) for row in rows]
    columns = _Columns.of(rows, names)
    places: list[_Place] = []
    bottom = float(_MARGIN + _HEAD * _LINE)
    for row, name in zip(rows, names, strict=True):
        height = max(len(name) * _LINE, len(row.spreads) * _LANE) + _PADDING
        places.append(_Place(row, name, bottom, height))
        bottom += height
    axis = ValueAxis.of(max(abs(one.minimum), abs(one.maximum)) for row in rows for one in row.spreads)
    shapes = (
        *_stripes(places, columns),
        *_head(listing, rows, columns),
        *_axis(axis, columns, bottom),
        *(shape for place in places for shape in _texts(place, columns)),
        *_bars(places, columns),
        *(shape for place in places for shape in _spreads(place, columns, axis)),
    )
    return Scene(round(columns.right) + _MARGIN, round(bottom) + 2 * _MARGIN, shapes)


def _stripes(places: Sequence[_Place], columns: _Columns) -> Iterator[Box]:
    for number, place in enumerate(places):
        is_sick = place.row.nan or place.row.infinite
        if is_sick or number % 2:
            width = columns.right - _MARGIN
            yield Box(_MARGIN, place.top, width, place.height, _ALARM if is_sick else _STRIPE)
        if is_sick:
            yield Box(_MARGIN, place.top, 4, place.height, NAN)


def _head(listing: Listing, rows: Sequence[LayerPicture], columns: _Columns) -> Iterator[Box | Label]:
    """Yields the name of the model, its totals, what the colours mean, and the headings of the columns."""
    source, totals = listing.inspection.source, listing.inspection.totals
    y = float(_MARGIN + _LINE - 3)
    yield Label(_MARGIN, y, "".join(_folded(source.location)), size=15, is_bold=True)
    facts = f"{totals.variables:,} variables, {totals.parameters:,} parameters, {words.size(totals.bytes)}"
    listed = listing.listed
    if listed is not None:
        facts += f"; shown: {listed.variables:,} variables, {listed.parameters:,} parameters"
    yield Label(_MARGIN, y + _LINE + 3, facts, _DIM)
    x, y = float(_MARGIN), y + 2 * _LINE + 10
    for kind, (color, name) in _KINDS.items():
        if any(row.parameters.get(kind) for row in rows):
            yield Box(x, y - 9, 10, 10, color)
            yield Label(x + 16, y, name, _DIM)
            x += 16 + len(name) * CHARACTER * _FONT + _GAP
    yield Label(columns.spread, y, "line: all values; bar: mean ± standard deviation", _DIM)
    y = float(_MARGIN + _HEAD * _LINE - 8)
    for place, title in ((_MARGIN + 6.0, "layer"), (columns.layer_class, "class")):
        yield Label(place, y, title, is_bold=True)
    yield Label(columns.number, y, "parameters", anchor="end", is_bold=True)


def _axis(axis: ValueAxis, columns: _Columns, bottom: float) -> Iterator[Box | Label]:
    """Yields a line for each round number, with its label above and below the rows."""
    top = float(_MARGIN + _HEAD * _LINE)
    for tick in axis.ticks():
        x = _x(axis.place(tick), columns)
        yield Box(x - 0.5, top - 4, 1, bottom - top + 8, _DIM if tick == 0 else _RULE)
        label = "0" if tick == 0 else f"{tick:g}"
        yield Label(x, top - 8, label, _DIM, 11, "middle", is_bold=tick == 0)
        yield Label(x, bottom + _LINE, label, _DIM, 11, "middle", is_bold=tick == 0)


def _x(place: float, columns: _Columns) -> float:
    return columns.spread + (max(-1.0, min(1.0, place)) + 1) / 2 * _SPREAD


def _texts(place: _Place, columns: _Columns) -> Iterator[Label]:
    row, y = place.row, place.baseline
    for number, line in enumerate(place.name):
        yield Label(_MARGIN + 6, y + number * _LINE, line)
    middle = place.top + place.height / 2 + 4
    yield Label(columns.layer_class, middle, _class_of(row), _DIM)
    yield Label(columns.number, middle, words.count(row.size), anchor="end")
    counts = (("NaN", row.nan), ("Inf", row.infinite))
    strange = ", ".join(f"{name} x {words.count(count)}" for name, count in counts if count)
    if strange:
        yield Label(columns.strange, middle, strange, _BAD, is_bold=True)


def _class_of(row: LayerPicture) -> str:
    name = words.escape(row.layer_class)
    return name if len(name) <= _LONGEST_CLASS else f"{name[: _LONGEST_CLASS - 3]}..."


def _bars(places: Sequence[_Place], columns: _Columns) -> Iterator[Box]:
    """Yields a bar for the parameters of each row, in the colours of its parts; what is not nothing is seen."""
    largest = max((place.row.size for place in places), default=0) or 1
    for place in places:
        x = columns.bar
        for kind, (color, name) in _KINDS.items():
            count = place.row.parameters.get(kind, 0)
            if count:
                width = max(1.0, count / largest * _BAR)
                yield Box(x, place.top + place.height / 2 - 5, width, 10, color, f"{words.count(count)} {name}")
                x += width


def _spreads(place: _Place, columns: _Columns, axis: ValueAxis) -> Iterator[Box]:
    """Yields a line from the smallest to the largest value of each variable, and a bar around the mean."""
    row = place.row
    y = place.top + (place.height - len(row.spreads) * _LANE) / 2
    for spread in row.spreads:
        color, tip = _KINDS[spread.trainable][0], _tip(spread)
        ends = (spread.minimum, spread.maximum)
        around = (max(spread.mean - spread.deviation, ends[0]), min(spread.mean + spread.deviation, ends[1]))
        for (low, high), thickness in ((ends, 1.0), (around, _LANE - 1.0)):
            left, right = _x(axis.place(low), columns), _x(axis.place(high), columns)
            width = max(right - left, 2.0)
            yield Box((left + right - width) / 2, y + (_LANE - thickness) / 2, width, thickness, color, tip)
        yield Box(_x(axis.place(spread.mean), columns) - 0.5, y + 0.5, 1, _LANE - 1, _MEAN)
        y += _LANE


def _tip(spread: Spread) -> str:
    numbers = (("min", spread.minimum), ("mean", spread.mean), ("std", spread.deviation), ("max", spread.maximum))
    return f"{words.escape(spread.name)}: " + ", ".join(f"{name} {words.value(value)}" for name, value in numbers)


def _folded(name: str) -> list[str]:
    """Returns a name in lines, broken after `/` and `_` where that is possible; a very long one ends with `...`."""
    lines = [""]
    for part in _NAME_PARTS.findall(words.escape(name)):
        for piece in chop_cells(part, _NAME_WIDTH) if cell_len(part) > _NAME_WIDTH else [part]:
            if cell_len(lines[-1]) + cell_len(piece.rstrip()) > _NAME_WIDTH and lines[-1]:
                lines.append("")
            lines[-1] += piece
    if len(lines) <= _NAME_LINES:
        return lines
    return [*lines[: _NAME_LINES - 1], f"{lines[_NAME_LINES - 1][: _NAME_WIDTH - 3]}..."]
