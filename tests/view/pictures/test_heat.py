"""Heat maps in a terminal: read back, they are the values."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rich.cells import cell_len
from rich.text import Text

from tests.cli.terminal import without_colours
from tests.records import variable
from tests.view.pictures.made import closeup, normal
from weightscope.errors import UsageError
from weightscope.inspection import Array
from weightscope.inspection.closeup import Pool, Slice
from weightscope.view.pictures.color_map import NAN, NEGATIVE_INFINITY, POSITIVE_INFINITY, color_at, largest_magnitude
from weightscope.view.pictures.heat import heat_map
from weightscope.view.text.console import make_console
from weightscope.view.text.surface import ColorSystem, Surface

SURFACES = [
    Surface(width, color, encoding)
    for width in (30, 80)
    for color in (None, "standard", "256", "truecolor")
    for encoding in ("utf-8", "ascii")
]
STRANGE = np.asarray([[0.5, np.nan, -1.0], [np.inf, 0.0, -np.inf]])


def drawn(values: Array, surface: Surface | None = None, layer_class: str | None = "Dense", pool: Pool = "rms") -> str:
    return (surface or Surface(80)).draw(heat_map(closeup(values, layer_class), pool))


def pixels(text: str, rows: int, columns: int) -> list[list[str]]:
    """Reads the colours of half blocks back."""
    console = make_console(io.StringIO())
    found: list[list[str]] = []
    for line in text.splitlines()[: -(-rows // 2)]:
        cells = Text.from_ansi(line)
        upper, lower = [], []
        for offset in range(columns):
            style = cells.get_style_at_offset(console, offset)
            upper.append(style.color.get_truecolor().hex if style.color else "")
            lower.append(style.bgcolor.get_truecolor().hex if style.bgcolor else "")
        found += [upper, lower]
    return found[:rows]


@settings(deadline=None, max_examples=30)
@given(arrays.arrays("float64", st.tuples(st.integers(2, 9), st.integers(1, 20))))
def test_half_blocks_have_the_colours_of_the_values(values: Array) -> None:
    scale = largest_magnitude(values)

    def color(value: float) -> str:
        if np.isnan(value):
            return NAN
        if np.isinf(value):
            return POSITIVE_INFINITY if value > 0 else NEGATIVE_INFINITY
        return color_at(np.rint(value / scale * 64) / 64 if scale else 0.0)

    text = drawn(values, Surface(80, "truecolor"))
    assert pixels(text, *values.shape) == [[color(value) for value in row] for row in values.tolist()]


@settings(deadline=None, max_examples=30)
@given(arrays.arrays("float64", st.tuples(st.integers(2, 9), st.integers(1, 20))))
def test_letters_tell_sign_and_magnitude(values: Array) -> None:
    text = drawn(values)
    ramp = "&%=-'_.+*#@"
    for row, line in zip(values, text.splitlines(), strict=False):
        assert line[len(row)] == " "  # and then the norm
        for value, letter in zip(row, line, strict=False):
            if not np.isfinite(value):
                assert letter == {np.inf: "I", -np.inf: "i"}.get(value, "N")
                continue
            assert np.sign(ramp.index(letter) - 5) == np.sign(value)
            if abs(value) == largest_magnitude(values) > 0:
                assert letter in "&@"


@pytest.mark.parametrize("surface", SURFACES, ids=str)
@pytest.mark.parametrize(
    ("values", "layer_class"),
    [
        (STRANGE, "Dense"),
        (normal(784, 128), "Dense"),
        (normal(1000), "Dense"),
        (normal(3, 3, 3, 64), "Conv2D"),
        (normal(5, 5, 512, 512), "Conv2D"),
        (normal(11, 11, 1, 2), None),
        (normal(3, 3, 40, 1), "DepthwiseConv2D"),
        (np.zeros((4, 4)), "Dense"),
    ],
    ids=lambda one: str(getattr(one, "shape", one)),
)
def test_a_picture_keeps_to_its_surface(surface: Surface, values: Array, layer_class: str | None) -> None:
    text = drawn(values, surface, layer_class)
    lines = without_colours(text).splitlines()
    assert max(map(cell_len, lines)) <= (surface.width or 0)
    assert len(lines) <= 32 + 8
    assert ("\x1b" in text) == (surface.color is not None)
    if surface.is_ascii:
        assert text.isascii()
    if largest_magnitude(values):
        scales = [line for line in lines if re.match(r"(-[0-9.]+|0\.0) ", line)]
        assert len(scales) == 1
        assert re.fullmatch(r"(-([0-9.]+) .* \2|0\.0 .* [0-9.]+)( \(_ is 0\))?", scales[0])


@pytest.mark.parametrize("color", [None, "standard", "256", "truecolor"])
def test_the_legend_tells_scale_and_strange_values(color: ColorSystem | None) -> None:
    *_, scale, strange, extent, cell, norms = without_colours(drawn(STRANGE, Surface(80, color))).splitlines()
    assert scale.startswith("-1.0 ")
    assert " 1.0" in scale
    assert re.findall(r"-?[A-Z]\w+", strange) == ["NaN", "Inf", "-Inf"]
    assert extent == "down: 2 in, across: 3 out"
    assert cell == "each cell is one value"
    assert re.sub(r" \(.*?\)", "", norms) == "L2 norms: rows not finite, columns not finite"


def test_values_without_a_scale_have_none() -> None:
    assert "0.0 is every finite value" in drawn(np.zeros((2, 2)))
    nothing = drawn(np.full((2, 2), np.nan))
    assert "N NaN" in nothing
    assert "0.0" not in nothing


@pytest.mark.parametrize(
    ("pool", "words"),
    [("rms", "the root mean square"), ("mean", "the mean"), ("max", "the value of largest magnitude")],
)
def test_a_large_matrix_says_what_a_cell_is(pool: Pool, words: str) -> None:
    lines = drawn(normal(784, 128), Surface(80), pool=pool).splitlines()
    *_, scale, extent, cell, norms = lines
    assert cell == f"each cell is {words} of 27 x 2 values"
    assert extent == "down: 784 in, across: 128 out"
    assert scale.startswith("0.0 _") == (pool == "rms")
    assert norms.startswith("L2 norms: rows 1.")
    assert norms.endswith("(rms of 2)")
    assert [line.index(" ") for line in lines[:30]] == [64] * 30


def test_the_bars_are_the_norms_of_rows_and_columns() -> None:
    values = np.asarray([[3.0, 0.0, 4.0], [0.0, 0.0, 0.0], [0.0, 0.0, 10.0], [np.nan, 0.0, 0.0]])
    lines = drawn(values).splitlines()
    assert [line[4:] for line in lines[:4]] == ["████", "", "████████", "NaN"]
    assert [line.rstrip() for line in lines[4:6]] == ["  █", "N █"]
    assert lines[-1] == "L2 norms: rows 0.0 to 10.0, columns 0.0 to 10.8"
    assert [line[4:] for line in drawn(values, Surface(80, None, "ascii")).splitlines()[:3]] == ["####", "", "########"]


def test_attention_heads_are_folded_into_one_axis() -> None:
    values = normal(6, 2, 4)
    axes = ("in", "heads", "features")
    kernel = replace(closeup(values, "EinsumDense"), axes=axes)
    folded = Surface(80, "truecolor").draw(heat_map(kernel))
    assert pixels(folded, 6, 8) == pixels(drawn(values.reshape(6, 8), Surface(80, "truecolor")), 6, 8)
    assert "down: 6 in, across: 2 heads x 4 features" in folded
    output = replace(closeup(normal(2, 4, 6), "EinsumDense"), axes=("heads", "features", "out"))
    assert "down: 2 heads x 4 features, across: 6 out" in Surface(80).draw(heat_map(output))


def test_folded_heads_are_numbered() -> None:
    query = replace(closeup(normal(6, 4, 16), "EinsumDense"), axes=("in", "heads", "features"))
    lines = Surface(90).draw(heat_map(query)).splitlines()
    ruler = next(line for line in lines if line.startswith("head 0"))
    assert [ruler.index(number) for number in "123"] == [16, 32, 48]
    output = replace(closeup(normal(3, 4, 20), "EinsumDense"), axes=("heads", "features", "out"))
    lines = Surface(60).draw(heat_map(output)).splitlines()
    assert [number for number, line in enumerate(lines) if line.startswith("head")] == [0, 4, 8]
    assert {len(line[len("head 0 ") :].split(" ")[0]) for line in lines[:12]} == {20}
    assert len(lines[13]) - len(lines[13].lstrip()) == len("head 0 ")  # the bars stand below their columns


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("layers/multi_head_attention/query_dense/vars/0", "down: 6 in, across: 2 heads x 4 features"),
        ("layer_with_weights-3/_output_dense/kernel", "down: 6 heads x 2 features, across: 4 out"),
    ],
)
def test_heads_are_folded_where_the_file_knows_places_alone(place: str, words: str) -> None:
    seen = closeup(normal(6, 2, 4), None, "attention/query/0")
    stored = replace(seen.variable, info=replace(seen.variable.info, stored_at=place))
    assert words in Surface(80).draw(heat_map(replace(seen, variable=stored)))


def test_the_filters_of_an_image_show_its_colours() -> None:
    kernel = np.zeros((2, 3, 3, 4), "float32")
    kernel[0, 0, :, 0] = 1.0, -1.0, 0.0
    kernel[1, 2, :, 3] = 0.5
    kernel[0, 1, 1, 2] = np.nan
    text = drawn(kernel, Surface(80, "truecolor"), "Conv2D")
    label = len("out: 0-3 ")
    found = [line[label:] for line in pixels(text, 2, label + 15)]
    gap = ""
    assert found[0][:4] == ["#ff0080", "#808080", "#808080", gap]
    assert found[0][8:11] == ["#808080", NAN, "#808080"]
    assert found[1][-3:] == ["#808080", "#808080", "#bfbfbf"]
    assert "tiles of 2 x 3; in: all 3 as red, green and blue, out: all 4" in text
    assert "in: 2, out: 0-3" in drawn(kernel, Surface(80), "Conv2D")  # letters have no colours


def test_only_the_first_kernel_sees_an_image() -> None:
    second = closeup(normal(3, 3, 3, 4), "Conv2D")
    first = variable("first/kernel", (3, 3, 3, 3), layer_class="Conv2D")
    model = replace(second.inspection, variables=(first, second.variable))
    text = Surface(80, "truecolor").draw(heat_map(replace(second, inspection=model)))
    assert "red" not in text
    assert "in: 2, out: 0-3" in text


def test_filters_stand_side_by_side_in_even_rows() -> None:
    lines = drawn(normal(3, 3, 1, 64), Surface(90), "Conv2D").splitlines()
    assert [line[:10].strip() for line in lines if line.startswith("out")] == [
        "out: 0-15",
        "out: 16-31",
        "out: 32-47",
        "out: 48-63",
    ]
    assert lines[-1] == "tiles of 3 x 3; in: 1 of 1, out: all 64"


def test_a_filter_is_where_its_label_says() -> None:
    kernel = np.zeros((3, 3, 2, 8), "float32")
    kernel[1, 2, 1, 5] = -1.0
    lines = drawn(kernel, Surface(80), "Conv2D").splitlines()
    row = next(number for number, line in enumerate(lines) if line.startswith("in: 1, out: 0-7"))
    assert lines[row + 1].strip().split() == ["___"] * 5 + ["__&"] + ["___"] * 2


def test_what_is_not_shown_is_told() -> None:
    text = drawn(normal(3, 3, 256, 512), Surface(60), "Conv2D")
    assert re.search(r"tiles of 3 x 3; in: \d+ of 256, out: \d+ of 512", text)


def test_the_slice_is_drawn_where_there_is_one() -> None:
    kernel = normal(3, 3, 4, 8)
    chosen = Slice(":,:,0,3", kernel[:, :, 0, 3], ("height", "width"))
    text = Surface(80).draw(heat_map(closeup(kernel, "Conv2D", chosen=chosen)))
    assert "down: 3 height, across: 3 width" in text


def test_too_many_axes_are_refused_before_anything_is_drawn() -> None:
    with pytest.raises(UsageError, match="has 3 axes"):
        heat_map(closeup(normal(2, 3, 4)))


def test_a_pipe_gets_a_picture_that_can_be_looked_at() -> None:
    assert max(map(len, drawn(normal(4, 5000), Surface()).splitlines())) <= 160
