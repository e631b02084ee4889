"""Listings to look at, and a way to look at them in every format."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.records import HOSTILE_NAMES, inspection, variable
from weightscope.inspection import Inspection
from weightscope.measure import Choice, list_measured
from weightscope.view.formats import find_format
from weightscope.view.text.surface import Surface

Show = Callable[..., str]

STRANGE = np.asarray([np.nan, np.inf, -np.inf, 0.1, -0.0], "float32")


@pytest.fixture
def show() -> Show:
    """Returns what a format makes of an inspection on some surface."""

    def show_inspection(
        one: Inspection, format_name: str = "table", surface: Surface | None = None, choice: Choice | None = None
    ) -> str:
        listing = list_measured(one, choice or Choice())
        return "".join(find_format(format_name).inspections([listing], surface or Surface()))

    return show_inspection


@pytest.fixture
def network() -> Inspection:
    """A model with every kind of variable there is to show."""
    return inspection(
        variable("conv/kernel", (3, 3, 3, 8), trainable=False),
        variable("conv/bias", (8,)),
        variable("a_rather_long_outer_block/an_inner_block_with_a_name/the_layer_itself/kernel", (1024, 1024)),
        variable("norm/moving_mean", (5,), trainable=None, values=STRANGE),
        variable("dropout/state", (2,), trainable=False, dtype="int64", role="seed", values=np.asarray([1, 2])),
        variable("step", (), values=np.asarray(3, "int32"), dtype="int32"),
        variable("empty", (0, 4)),
    )


@pytest.fixture
def hostile() -> Inspection:
    """A model whose every name was written by somebody who means harm, or who is careless."""
    return inspection(
        *(variable(name, (2,), layer_class=name.split("/", maxsplit=1)[0]) for name in HOSTILE_NAMES),
        location="models/[red]\x1b[31m\nevil\u202e.keras",
        name="[/]\x07",
    )
