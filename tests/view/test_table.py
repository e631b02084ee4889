"""The tables: nothing is lost, nothing is wider than the terminal, and what they say adds up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.records import HOSTILE_NAMES, inspection, variable
from tests.view.conftest import Show
from weightscope.inspection import ForwardPass, Inspection, TensorInfo
from weightscope.inspection.variable_filter import select_variables
from weightscope.measure import Choice, list_measured
from weightscope.view.tables.inspection_table import InspectionTable
from weightscope.view.text.surface import Surface
from weightscope.view.text.words import escape

WIDTHS = [40, 80, 120, 200]


def without_space(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(network: Inspection, show: Show, width: int) -> None:
    assert max(map(cell_len, show(network, surface=Surface(width)).splitlines())) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_no_character_of_a_path_is_lost(network: Inspection, show: Show, width: int) -> None:
    text = show(network, surface=Surface(width), choice=Choice(preview=0))
    columns = [line.strip().split("  ")[0] for line in text.splitlines()]
    for one in network.variables:
        assert one.info.path in without_space("".join(columns))


def test_a_layer_that_was_examined_without_findings_has_none(show: Show) -> None:
    layer = replace(inspection(variable("a/kernel")), is_examined=True)
    layer = replace(layer, source=replace(layer.source, format="layer"))
    assert "Findings  none" in show(layer)
    assert "Findings" not in show(replace(layer, is_examined=False))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_hostile_names_fold_as_others_do(hostile: Inspection, show: Show, width: int) -> None:
    text = show(hostile, surface=Surface(width), choice=Choice(preview=0))
    assert max(map(cell_len, text.splitlines())) <= width
    columns = without_space("".join(line.strip().split("  ")[0] for line in text.splitlines()))
    for name in HOSTILE_NAMES:
        assert without_space(escape(name)) in columns


@settings(deadline=None, max_examples=60)
@given(
    width=st.integers(20, 130),
    path=st.text(min_size=1, max_size=60),
    layer_class=st.text(min_size=1, max_size=60),
    dtype=st.text(min_size=1, max_size=40),
    shape=st.lists(st.integers(1, 3), max_size=12).map(tuple),
    by_layer=st.booleans(),
)
def test_no_name_shape_or_dtype_can_widen_a_line(
    width: int, path: str, layer_class: str, dtype: str, shape: tuple[int, ...], by_layer: bool
) -> None:
    one = inspection(variable(path, shape, layer_class=layer_class, dtype=dtype), location=path)
    text = Surface(width).draw(InspectionTable(list_measured(one, Choice(by="layer" if by_layer else None))))
    assert max(map(cell_len, text.splitlines())) <= width
    shown = without_space(text)
    if by_layer:  # classes are left out where each layer has a line without them
        has_line_without = re.search(r"^layer +(variables|parameters)", text, re.MULTILINE)
        assert has_line_without or without_space(escape(layer_class)) in shown
    else:
        assert without_space(escape(dtype)) in shown


def test_square_brackets_are_text_and_not_markup(show: Show) -> None:
    names = ["layer[a]/kernel", "[/]/kernel", "[nan nan]", ":smile:"]
    text = show(inspection(*(variable(name) for name in names)))
    for name in names:
        assert name in text


def test_nothing_that_a_terminal_obeys_is_printed(hostile: Inspection, show: Show) -> None:
    for surface in (Surface(), Surface(80), Surface(40, encoding="ascii")):
        text = show(hostile, surface=surface)
        assert {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} == {"\n"}


def test_nan_and_infinities_are_words(network: Inspection, show: Show) -> None:
    assert re.search(r"NaN +Inf +-Inf +0\.1 +-0\.0", show(network))


def test_what_is_not_known_is_a_question_mark(network: Inspection, show: Show) -> None:
    (row,) = (line for line in show(network).splitlines() if line.startswith("norm/moving_mean"))
    assert row.split()[4] == "?"


def test_what_is_not_a_weight_says_what_it_is(network: Inspection, show: Show) -> None:
    assert "no, seed" in show(network)


@pytest.mark.parametrize(
    ("only", "titles"),
    [
        (None, ["Trainable variables", "All variables"]),
        ("trainable", ["Trainable variables"]),
        ("non-trainable", ["Non-trainable variables"]),
        ("all", ["All variables"]),
    ],
)
def test_only_chooses_the_tables(network: Inspection, show: Show, only: str | None, titles: list[str]) -> None:
    text = show(network, choice=Choice(only=only))
    assert re.findall(r"^(\S+ variables)  ", text, re.MULTILINE) == titles


def test_a_piped_table_is_as_wide_as_it_needs_and_has_no_escape_codes(show: Show) -> None:
    long = "/".join(["a_block_of_some_kind"] * 40) + "/kernel"
    text = show(inspection(variable(long)))
    assert any(line.startswith(long + "  ") for line in text.splitlines())
    assert "\x1b" not in text
    assert "…" not in text.replace(" …\n", "\n")


def test_lines_end_without_blanks(network: Inspection, show: Show) -> None:
    for width in (None, *WIDTHS):
        tables = show(network, surface=Surface(width)).partition("\n\n")[2]
        assert not [line for line in tables.splitlines() if line.endswith(" ")]


def test_colours_change_nothing_but_colours(network: Inspection, show: Show) -> None:
    plain, coloured = show(network), show(network, surface=Surface(color="standard"))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_only_the_sixteen_colours_of_the_users_own_scheme_are_used(network: Inspection, show: Show) -> None:
    codes = re.findall(r"\x1b\[([0-9;]*)m", show(network, surface=Surface(color="standard")))
    numbers = {int(number) for code in codes for number in code.split(";") if number}
    assert not numbers & {30, 37, 38, 40, 47, 48, 90, 97}  # black or white vanish on one background or the other


def test_without_utf_8_the_drawing_is_ascii(network: Inspection, show: Show) -> None:
    assert show(network, surface=Surface(encoding="ascii")).isascii()
    assert show(network, surface=Surface(encoding="ascii"), choice=Choice(by="layer")).isascii()


def test_the_columns_add_up_to_the_printed_totals(network: Inspection, show: Show) -> None:
    text = show(network, choice=Choice(only="all", preview=0))
    table, totals = text.split("All variables")[1].split("\n\n")
    counts = []
    for line in table.splitlines()[3:]:
        count = re.search(r"(?:int|float)\d+ +([\d,]+) +(?:yes|no|\?)", line)
        assert count is not None, line
        counts.append(int(count[1].replace(",", "")))
    rows = {line.split()[0]: line.split() for line in totals.splitlines()[2:]}
    assert sum(counts) == int(rows["Total"][2].replace(",", "")) == network.totals.parameters
    parts = ["Trainable", "Non-trainable", "Unknown"]
    numbers = [[int(word.replace(",", "")) for word in rows[part] if word[0].isdigit()] for part in parts]
    assert sum(number[0] for number in numbers) == len(counts)
    assert sum(number[1] for number in numbers) == sum(counts)


def test_the_line_on_unknown_ones_is_left_out_when_there_are_none(show: Show) -> None:
    assert "Unknown" not in show(inspection(variable("a/kernel")))


def test_a_model_without_variables_says_none(show: Show) -> None:
    assert show(inspection()).count("none") == 2


def test_the_forward_pass_is_told_in_the_header(network: Inspection, show: Show) -> None:
    passed = ForwardPass((TensorInfo((1, 28), "float32", "left"),), (TensorInfo((1, 2), "float16"),))
    text = show(replace(network, forward_pass=passed, read_with="keras"))
    assert "left (1, 28) float32 → (1, 2) float16" in text
    assert "loaded with Keras" in text


def test_layers_show_their_share_of_the_model(network: Inspection, show: Show) -> None:
    text = show(network, choice=Choice(by="layer"))
    assert "Layers  5" in text
    assert "(the model itself)" in text
    shares = [float(share) for share in re.findall(r"([\d.]+) %", text)]
    assert abs(sum(shares) - 100) < 0.5


def rows_of_totals(text: str) -> dict[str, list[str]]:
    table = text[text.rindex("variables  parameters") :].split("\n\n")[0]
    return {line.split()[0]: line.split()[1:] for line in table.splitlines()[2:]}


@pytest.mark.parametrize(
    ("choice", "titles"),
    [
        (Choice(), ["Trainable variables  2", "All variables  5"]),
        (Choice(filters=("kernel",)), ["Trainable variables  1 of 2", "All variables  2 of 5"]),
        (Choice(only="trainable", top=1), ["Trainable variables  1 of 2"]),
        (Choice(only="non-trainable", exclude=("norm",)), ["Non-trainable variables  1 of 2"]),
        (Choice(by="layer", filters=("kernel",)), ["Layers  2 of 3"]),
    ],
)
def test_a_title_counts_against_its_own_kind_and_what_is_listed_is_summed(
    choice: Choice, titles: list[str], show: Show
) -> None:
    model = inspection(
        variable("conv/kernel", trainable=False),
        variable("conv/bias", (3,), trainable=True),
        variable("norm/mean", (3,), trainable=False),
        variable("dense/kernel", (3, 4), trainable=True),
        variable("dense/scale", (4,), trainable=None),
    )
    text = show(model, choice=choice)
    assert re.findall(r"^(?:\S+ variables|Layers)  .*$", text, re.MULTILINE) == titles
    chosen = [one.info for one in select_variables(model.variables, choice.wanted)][: choice.top]
    totals = rows_of_totals(text)
    assert totals["Total"][0] == "5"
    if choice == Choice():
        assert "Listed" not in totals
    else:
        assert totals["Listed"][:2] == [str(len(chosen)), str(sum(info.parameters for info in chosen))]
        assert totals["Listed"][2:] == [str(sum(info.bytes for info in chosen)), "B"]


def test_on_a_terminal_the_second_table_is_a_line_where_all_variables_are_trainable(show: Show) -> None:
    model = inspection(variable("dense/kernel"), variable("dense/bias", (3,)))
    on_terminal, piped = show(model, surface=Surface(100)), show(model)
    assert piped.count("dense/kernel") == 2
    assert on_terminal.count("dense/kernel") == 1
    assert "All variables  2\nall of them are trainable, and listed above\n" in on_terminal
    frozen = inspection(variable("dense/kernel"), variable("dense/bias", (3,), trainable=False))
    assert show(frozen, surface=Surface(100)).count("dense/kernel") == 2


def test_on_a_terminal_the_last_line_repeats_what_has_scrolled_away(network: Inspection, show: Show) -> None:
    last = show(network, surface=Surface(100)).splitlines()[-1]
    assert last == f"model.keras · {network.totals.variables} variables · {network.totals.parameters:,} parameters"
    assert last not in show(network)


@pytest.mark.parametrize(("by", "title"), [("layer", "Layers"), ("class", "Classes"), ("dtype", "Dtypes")])
def test_groups_have_bars_of_which_the_largest_is_as_wide_as_there_is_room(by: Any, title: str, show: Show) -> None:
    model = inspection(
        variable("large/kernel", (1000, 100), layer_class="Dense"),
        variable("small/scale", (10,), layer_class="Scale", dtype="float16"),
    )
    for width, widest in ((200, 20), (None, 20), (75, 6), (60, 0)):
        text = show(model, surface=Surface(width), choice=Choice(by=by))
        bars = [line.count("█") for line in text.splitlines() if "█" in line]
        assert max(bars, default=0) >= widest or by != "layer"
        assert f"{title}  2" in text
    assert "<0.1 %" in text
    assert "0.0 %" not in text.replace("100.0 %", "")
