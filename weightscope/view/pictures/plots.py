"""A picture of a variable in a file: its filters, a heat map, or a histogram. Needs matplotlib, the extra `plots`."""

from __future__ import annotations

import io
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from weightscope.inspection import VariableInfo
from weightscope.inspection.closeup import Closeup, Pool
from weightscope.measure.closeup.subject import Subject
from weightscope.measure.reading.gather import Block
from weightscope.measure.statistics.statistics import StatisticsGatherer, has_order
from weightscope.view.pictures.distribution import non_finite
from weightscope.view.pictures.matrix_axes import draw_matrix
from weightscope.view.pictures.picture_file import check_picture
from weightscope.view.pictures.plot_axes import draw_filters, draw_histogram
from weightscope.view.pictures.printable import printable
from weightscope.view.text import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLE_WIDTH = 80
_TITLE_LINES = 4
_DOTS_PER_INCH = 120


def draw_picture(closeup: Closeup, file: str | Path, pool: Pool = "rms") -> bytes:
    """Returns a picture of the slice that was asked for, or else of the whole variable, as the file's contents.

    Kernels of convolutions are drawn filter by filter, matrices as heat maps, everything else as a histogram. No
    display is needed.

    Args:
        closeup: What to draw.
        file: The end of its name decides the format; nothing is written.
        pool: How a cell of a heat map stands for several values.

    Raises:
        UsageError: The name's end is unknown, or there are no values with an order.
        WeightscopeError: matplotlib is not installed.
    """
    check_picture(file)
    import matplotlib.style

    with matplotlib.style.context("default"):  # a picture does not depend on who draws it
        figure = draw_figure(closeup, pool)
        drawn = io.BytesIO()
        kind = Path(file).suffix.lower().removeprefix(".")
        # no date: the same picture is the same file
        metadata = {"Date": None} if kind == "svg" else {}
        figure.savefig(drawn, format=kind, dpi=_DOTS_PER_INCH, bbox_inches="tight", metadata=metadata)
        return drawn.getvalue()


def draw_figure(closeup: Closeup, pool: Pool = "rms") -> Figure:
    """Returns the picture as a figure of matplotlib.

    Raises:
        UsageError: There are no values with an order.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    subject = Subject.of(closeup)
    info, kind = subject.variable.info, subject.kind_or_none
    if not has_order(info) or not info.parameters:
        _ = replace(subject, axes=()).kind  # says what is wrong
    figure = Figure(layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    if kind == "filters":
        caption = draw_filters(axes, subject)
    elif kind == "matrix":
        caption = draw_matrix(axes, subject, pool)
    else:
        caption = _draw_histogram(axes, closeup)
    title = figure.suptitle(_title(closeup, info, caption), fontsize=9, x=0.01, ha="left")
    title.set_parse_math(False)
    if axes.get_legend_handles_labels()[0]:
        figure.legend(loc="outside lower left", ncols=4, fontsize=8, frameon=False)
    return figure


def _draw_histogram(axes: Axes, closeup: Closeup) -> str:
    statistics, histogram = closeup.measured.statistics, closeup.histogram
    if closeup.slice is not None:
        gatherer = StatisticsGatherer()
        gatherer.add(Block((), closeup.slice.values))
        statistics = gatherer.statistics()
        histogram = statistics.histogram
    strange = [] if statistics is None else [text for text, _ in non_finite(statistics)]
    return ", ".join([draw_histogram(axes, histogram), *strange])


def _title(closeup: Closeup, info: VariableInfo, caption: str) -> str:
    chosen = f"[{closeup.slice.selection}]" if closeup.slice else ""
    name = printable(words.escape(f"{info.path}{chosen}"))
    lines = textwrap.wrap(name, _TITLE_WIDTH, max_lines=_TITLE_LINES, placeholder="...")
    facts = f"{words.shape(info.shape)} {words.escape(info.dtype)}"
    return "\n".join([*lines, facts, *([caption] if caption else [])])
