"""A histogram as columns over an axis, as wide as the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.text import Text

from weightscope.inspection.statistics import Histogram
from weightscope.view.text import words
from weightscope.view.text.glyphs import Glyphs
from weightscope.view.text.surface import UNBOUNDED

#: The width of a picture in a pipe, where nothing folds.
_WIDTH_IN_A_PIPE = 120

_TICKS = 5

#: The usual width of the numbers of the vertical axis.
_USUAL_MARGIN = 10


def bins_that_fit(width: int | None, elements: int) -> int:
    """Returns the number of bins that fill a terminal of `width`, or a pipe: fewer and wider bins for few elements."""
    margin = max(_USUAL_MARGIN, len(words.count(elements)) + 2)  # no bin holds more than all of them
    room = max(10, (width or _WIDTH_IN_A_PIPE) - margin)
    columns = -(-room // max(10, 2 * math.isqrt(elements)))
    return room // columns


@dataclass(frozen=True, slots=True)
class HistogramChart:
    """Counts upwards, values to the right.

    Attributes:
        histogram: In bins of equal width.
        log: Whether the height of a column is the logarithm of its count.
        lines: The number of lines of the columns.
    """

    histogram: Histogram
    log: bool = False
    lines: int = 10

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yields the columns, both axes and their numbers."""
        glyphs = Glyphs.of(options)
        margin = len(words.count(max(self.histogram.counts)))
        available = _WIDTH_IN_A_PIPE if options.max_width >= UNBOUNDED else options.max_width
        room = max(8, available - margin - 2)
        counts, edges, columns = _fitted(self.histogram, room)
        heights = [_height(count, max(counts), self.lines * len(glyphs.heights), self.log) for count in counts]
        margin = len(words.count(max(counts)))
        for line in reversed(range(self.lines)):
            label = words.count(max(counts)) if line == self.lines - 1 else ""
            cells = "".join(_cell(height, line, glyphs) * columns for height in heights)
            yield Text.assemble((f"{label:>{margin}} {glyphs.axis}", "dim"), (cells.rstrip(), "cyan"))
        width = len(counts) * columns
        places = _places(width, available - margin - 2)
        ruler = "".join(glyphs.tick if place in places else glyphs.rule for place in range(width + 1))
        yield Text(f"{'0':>{margin}} {glyphs.corner}{ruler[1:]}", style="dim")
        yield Text(" " * (margin + 1) + _numbers(places, edges[0], edges[-1], width), style="dim")
        how = ", heights on a logarithmic scale" if self.log else ""
        wide = words.value(edges[-1] / len(counts) - edges[0] / len(counts))
        yield Text(f"{' ' * (margin + 2)}{len(counts)} bins, {wide} wide each{how}", style="dim")


def _fitted(histogram: Histogram, room: int) -> tuple[list[int], tuple[float, ...], int]:
    """Returns counts and edges with neighbours joined until all bins fit, and how many columns each takes."""
    together = -(-len(histogram.counts) // room)
    counts = [sum(histogram.counts[start : start + together]) for start in range(0, len(histogram.counts), together)]
    edges = (*histogram.edges[:-1:together], histogram.edges[-1])
    return counts, edges, max(1, room // len(counts))


def _height(count: int, most: int, steps: int, log: bool) -> int:
    """Returns the height of a column in steps; a bin with values has at least one."""
    share = math.log1p(count) / math.log1p(most) if log and most else count / most if most else 0.0
    return max(round(share * steps), 1) if count else 0


def _cell(height: int, line: int, glyphs: Glyphs) -> str:
    filled = height - line * len(glyphs.heights)
    if filled <= 0:
        return " "
    return glyphs.heights[min(filled, len(glyphs.heights)) - 1]


def _places(width: int, room: int) -> list[int]:
    """Returns the columns that have a number below them: the first, the last and some between them."""
    ticks = _TICKS if min(width, room) >= 10 * _TICKS else 3 if min(width, room) >= 30 else 2
    return [round(width * part / (ticks - 1)) for part in range(ticks)]


def _numbers(places: Sequence[int], first: float, last: float, width: int) -> str:
    """Returns the numbers below the axis, each centred below its tick where there is room."""
    line = ""
    for place in places:
        share = place / width
        label = words.value(_rounded_to_nothing(first * (1 - share) + last * share, last / 2 - first / 2))
        start = min(max(place - len(label) // 2, 0), width + 1 - len(label))
        line = line.ljust(max(start, len(line) + 1 if line else 0)) + label
    return line


def _rounded_to_nothing(number: float, half_range: float) -> float:
    """Returns 0.0 for a number that differs from 0 only by rounding."""
    return 0.0 if abs(number) < 1e-9 * half_range else number
