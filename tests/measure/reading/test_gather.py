"""One pass over many variables: results come in order, and while the rest is still unread."""

from __future__ import annotations

import tracemalloc

import numpy as np

from tests.measure.counting import Counting
from tests.records import InMemory, variable
from weightscope.inspection import Variable
from weightscope.measure.reading.gather import gather, gather_each
from weightscope.measure.statistics.statistics import StatisticsGatherer


def test_a_variable_is_done_before_all_others_are_read() -> None:
    stored = [Counting(np.full(4, place, "float32")) for place in range(6000)]
    variables = [Variable(variable(f"{place}/kernel", (4,)).info, values) for place, values in enumerate(stored)]
    gathered = gather_each(variables, lambda _: StatisticsGatherer())
    assert next(gathered).statistics().mean == 0.0
    assert sum(one.reads for one in stored) < 6000
    assert [one.statistics().mean for one in gathered] == list(range(1, 6000))


def test_variables_without_elements_have_a_result_too() -> None:
    shapes = [(0,), (3,), (0, 2), (2,), (0,)]
    variables = [variable(f"{place}/kernel", shape) for place, shape in enumerate(shapes)]
    assert [one.elements for one in gather(variables, lambda _: StatisticsGatherer())] == [0, 3, 0, 2, 0]


def test_what_many_variables_take_until_their_results_are_merged_is_little() -> None:
    values = InMemory(np.linspace(-1, 1, 1 << 17, dtype="float32"), (1 << 15,))  # chunks are read in threads
    variables = [Variable(variable(f"{place}/kernel", (1 << 17,)).info, values) for place in range(300)]
    tracemalloc.start()
    try:
        gather(variables, lambda _: StatisticsGatherer(), may_fork=True)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
