"""Text folds where a reader expects it, and loses nothing but space."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.records import inspection, variable
from tests.view.conftest import Show
from weightscope.measure import Choice
from weightscope.view.text.folding import Folded, Packed, packed
from weightscope.view.text.surface import Surface

#: A million values that take no memory.
VALUES = np.broadcast_to(np.float32(-0.00931), (1, 1, 512, 2048))

TEXTS = st.text(st.sampled_from("ab_/ .-層"), max_size=60)


def without_space(text: str) -> str:
    return "".join(text.split())


@given(TEXTS, st.integers(12, 80), st.integers(0, 12), st.integers(0, 12))
def test_folded_text_fits_and_keeps_every_character(text: str, width: int, indent: int, hanging: int) -> None:
    drawn = Surface(width).draw(Folded(((text, ""),), indent, hanging))
    assert without_space(drawn) == without_space(text)
    assert all(cell_len(line) <= width and line == line.rstrip() for line in drawn.split("\n"))


@given(st.lists(TEXTS, max_size=8), st.integers(20, 120))
def test_a_fact_that_fits_a_line_stays_whole(facts: list[str], width: int) -> None:
    lines = Surface(width).draw(packed(facts, " | ")).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    for fact in facts:
        if cell_len(fact) <= width:
            assert any(fact.rstrip() in line for line in lines)


def test_lines_after_the_first_are_further_in() -> None:
    drawn = Surface(20).draw(Packed([(("one fact", ""),), (("another", ""),), (("third", ""),)], ", ", hanging=3))
    assert drawn == "one fact, another\n   third\n"


def test_most_rows_take_one_line_where_some_paths_are_long(show: Show) -> None:
    names = [f"conv2_block1_{place}_conv/kernel" for place in range(8)]
    wide = [*names, "conv2_block1_9_bn_with_a_longer_name/moving_variance"]
    model = inspection(*(variable(name, (1, 1, 512, 2048), values=VALUES) for name in wide))
    lines = show(model, choice=Choice(only="all"), surface=Surface(80)).splitlines()
    rows = [line for line in lines if line.startswith("conv2")]
    assert len(rows) == len(wide)
    assert all("1,048,576" in row and row.endswith("\u2026") for row in rows)
    assert "  moving_variance" in [line.replace("  longer_name/", "  ") for line in lines]


COLUMNS = ("class", "variables", "trainable")


def test_columns_of_layers_give_way_to_a_line_and_a_bar_for_each(show: Show) -> None:
    names = [f"encoder_layer_{place}_self_attention" for place in range(3)]
    model = inspection(*(variable(f"{name}/kernel", (300, 400), layer_class="EinsumDense") for name in names))
    for width, left_out in ((120, []), (98, ["class"]), (80, ["class", "variables"]), (78, [*COLUMNS])):
        lines = show(model, choice=Choice(by="layer"), surface=Surface(width)).splitlines()
        heading = next(line for line in lines if line.startswith("layer")).split()
        assert [title for title in COLUMNS if title not in heading] == left_out
        rows = [line for line in lines if line.startswith("encoder")]
        assert len(rows) == 3
        assert all(row.count("\u2588") >= 6 for row in rows)
