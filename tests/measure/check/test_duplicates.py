"""Variables with the same bytes are reported, each once, however many are equal."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.measure.counting import Counting
from tests.records import inspection, variable
from weightscope.inspection import Array, Variable
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.check.settings import CheckSettings

ONLY_DUPLICATES = CheckSettings(select=frozenset({"duplicate-variables"}))


@settings(max_examples=60, deadline=None)
@given(st.lists(arrays.arrays("float32", 6, elements=st.sampled_from([0.0, -0.0, 1.0, 3.0, np.nan])), max_size=8))
def test_what_numpy_calls_the_same_bytes_is_told_and_nothing_else(values: list[Array]) -> None:
    rich = [one for one in values if len(np.unique(one[np.isfinite(one)] + 0.0)) > 2]
    model = inspection(*(variable(f"d{place}/kernel", (6,), values=one) for place, one in enumerate(rich)))
    found = [one.variable for one in check_weights(model, ONLY_DUPLICATES).findings]
    seen = [one.tobytes() for one in rich]
    assert sorted(map(str, found)) == sorted(f"d{i}/kernel" for i, one in enumerate(seen) if one in seen[:i])


def test_many_variables_that_only_look_alike_are_read_twice_each() -> None:
    random = np.random.default_rng(0)
    values = [random.permutation(24).astype("float32") for _ in range(300)]
    stored = [Counting(one) for one in values]
    infos = [variable(f"d{place}/kernel", (24,)).info for place in range(300)]
    check_weights(inspection(*map(Variable, infos, stored)), ONLY_DUPLICATES)
    assert {one.reads for one in stored} == {2}
