"""Pages of hand-made models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.records import inspection, variable
from weightscope.api import report_model
from weightscope.inspection import Variable
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.measured import Measured
from weightscope.inspection.overview import Overview
from weightscope.inspection.statistics import Histogram, Statistics
from weightscope.view.report.model_page import model_page
from weightscope.view.report.template import fill_template

#: Names that strangers may give.
HOSTILE = (
    "</script><script>alert(1)</script>/kernel",
    "<img src=x onerror=alert(2)>/kernel",
    "\"'`onmouseover=alert(3)/kernel",
    "&lt;b&gt;/kernel",
    "\u202elenrek\u2066/kernel",
    "line\nbreak\u2028\x1b[31m/kernel",
    "${alert(4)}$title/kernel",
    "https://example.com/x.js/kernel",
    "name " * 2000 + "/kernel",
    "\udc80surrogate/kernel",
    "%2F%/kernel",
    "search",
)


def page_of(paths: Sequence[str]) -> str:
    """Returns the page of a model with a small variable at each of these paths."""
    variables = [variable(path, (3, 4), layer_class=path.partition("/")[0]) for path in paths]
    return report_model(inspection(*variables, name=paths[0]))


def large_page(count: int) -> str:
    """Returns the page of a model of many variables, whose statistics are made up: only the page is tested."""
    rng = np.random.default_rng(0)
    variables = [
        variable(f"block_{number // 8}/dense_{number // 2}/{('kernel', 'bias')[number % 2]}", (8, 8), values=_NOTHING)
        for number in range(count)
    ]
    numbers = rng.standard_normal((count, 5)).tolist()
    rows = tuple(_measured(one, mine) for one, mine in zip(variables, numbers, strict=True))
    whole = inspection(*variables)
    return fill_template(model_page(Overview(whole, rows, CheckResult(whole.source, (), count, 0, ()))))


_NOTHING = np.zeros(0)


def _measured(one: Variable, numbers: list[float]) -> Measured:
    low, high = sorted(numbers[:2])
    counts = tuple(range(1, 9)) * 2
    histogram = Histogram(tuple(float(edge) for edge in range(17)), counts)
    statistics = Statistics(64, low, high, numbers[2], abs(numbers[3]), abs(numbers[4]), 0, 0, 0, 0, histogram)
    return Measured(replace(one.info, trainable=len(one.info.path) % 3 > 0), statistics=statistics)
