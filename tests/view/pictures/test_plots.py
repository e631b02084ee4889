"""Pictures in files."""

from __future__ import annotations

import html
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from tests.records import HOSTILE_NAMES
from tests.view.pictures.made import closeup, normal
from weightscope.errors import UsageError, WeightscopeError
from weightscope.inspection import Array
from weightscope.inspection.closeup import Closeup, Slice
from weightscope.view.pictures.color_map import ANCHORS, DEAD, NAN, POSITIVE_INFINITY
from weightscope.view.pictures.picture_file import check_picture
from weightscope.view.pictures.plots import draw_figure, draw_picture
from weightscope.view.text.words import escape


def write_picture(closeup: Closeup, file: Path) -> None:
    file.write_bytes(draw_picture(closeup, file))


def pixels_of(file: Path, color: str) -> int:
    """Counts the pixels of a colour."""
    picture = (imread(file)[..., :3] * 255).round()
    return int((picture == np.round(np.asarray(to_rgb(color)) * 255)).all(axis=-1).sum())


def texts_of(file: Path) -> list[str]:
    """Returns the texts of an SVG, which stand beside their shapes as comments."""
    return [html.unescape(text).strip() for text in re.findall(r"<!-- (.*?) -->", file.read_text("utf-8"), re.DOTALL)]


def test_filters_are_drawn_with_what_is_wrong_with_them(tmp_path: Path) -> None:
    kernel = normal(3, 3, 4, 16)
    file = tmp_path / "kernel.png"
    write_picture(closeup(kernel, "Conv2D"), file)
    assert not any(pixels_of(file, color) for color in (NAN, POSITIVE_INFINITY, DEAD))
    kernel[0, 0, 0, 0] = np.nan
    kernel[0, 0, 0, 1] = np.inf
    kernel[:, :, 1, 2] = 0
    write_picture(closeup(kernel, "Conv2D"), file)
    assert all(pixels_of(file, color) > 50 for color in (NAN, POSITIVE_INFINITY, DEAD))
    write_picture(closeup(kernel, "Conv2D"), tmp_path / "kernel.svg")
    texts = texts_of(tmp_path / "kernel.svg")
    assert {"NaN", "Inf", "all 0.0", "in: 2, out: 0-15"} <= set(texts)
    assert "tiles of 3 x 3; in: all 4, out: all 16; all 0.0: 1" in texts


def test_the_filters_of_an_image_show_its_colours(tmp_path: Path) -> None:
    kernel = np.zeros((3, 3, 3, 4), "float32")
    kernel[:, :, 0, 0], kernel[:, :, 2, 1], kernel[:, :, :, 2] = 1.0, -1.0, np.nan
    write_picture(closeup(kernel, "Conv2D"), tmp_path / "kernel.png")
    assert all(pixels_of(tmp_path / "kernel.png", color) > 500 for color in ("#ff8080", "#808000", "#808080", NAN))
    write_picture(closeup(kernel, "Conv2D"), tmp_path / "kernel.svg")
    texts = texts_of(tmp_path / "kernel.svg")
    assert "tiles of 3 x 3; in: all 3 as red, green and blue, out: all 4; all 0.0: 1" in texts


def test_heads_are_numbered_where_they_are_folded(tmp_path: Path) -> None:
    kernel = replace(closeup(normal(10, 4, 32), "EinsumDense"), axes=("in", "heads", "features"))
    write_picture(kernel, tmp_path / "kernel.svg")
    texts = texts_of(tmp_path / "kernel.svg")
    assert {"4 heads x 32 features", "10 in", "0", "1", "2", "3"} <= set(texts)
    assert "each cell is one value; bars: L2 norms of rows and columns" in texts


@pytest.mark.parametrize("shape", [(3, 40), (40, 3), (30, 30), (3, 3, 1, 4), (3, 3, 3, 40)], ids=str)
def test_the_colour_bar_is_as_tall_as_the_map_and_marks_0(shape: tuple[int, ...]) -> None:
    figure = draw_figure(closeup(normal(*shape), "Conv2D" if len(shape) == 4 else "Dense"))
    figure.canvas.draw()
    axes = figure.axes[0]
    bar = next(one for one in axes.child_axes if one.yaxis.get_ticks_position() == "right")
    assert bar.get_window_extent().height == pytest.approx(axes.get_window_extent().height, abs=1)
    assert [tick.get_text() for tick in bar.get_yticklabels() if tick.get_fontweight() == "bold"] == ["0.0"]
    largest = np.abs(normal(*shape)).max()
    for label, place in zip(bar.get_yticklabels(), bar.get_yticks(), strict=True):
        assert place * largest == pytest.approx(float(label.get_text()), abs=1e-9)
        assert label.get_text().strip("-0.").replace(".", "") in (
            "",
            "1",
            "2",
            "5",
            "05",
            "15",
            "25",
            "3",
            "4",
            "6",
            "8",
        )


def test_many_filters_are_as_many_as_can_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "kernel.svg"
    write_picture(closeup(normal(3, 3, 64, 128), "Conv2D"), file)
    assert "tiles of 3 x 3; in: 16 of 64, out: 16 of 128" in texts_of(file)


def test_bad_values_in_filters_that_are_not_shown_are_counted(tmp_path: Path) -> None:
    kernel = normal(3, 3, 64, 128)
    kernel[0, 0, 0, 0], kernel[0, 0, 63, 127], kernel[1, 1, 63, 126] = np.nan, np.nan, -np.inf
    write_picture(closeup(kernel, "Conv2D"), tmp_path / "kernel.svg")
    (caption,) = (text for text in texts_of(tmp_path / "kernel.svg") if text.startswith("tiles of"))
    assert caption.endswith("out: 16 of 128; in filters that are not shown: NaN x 1, -Inf x 1")


def test_a_single_broken_weight_of_a_large_matrix_is_seen(tmp_path: Path) -> None:
    kernel = normal(2000, 3000)
    kernel[1234, 567] = np.nan
    write_picture(closeup(kernel), tmp_path / "kernel.png")
    with_legend = pixels_of(tmp_path / "kernel.png", NAN)
    kernel[1000:1500, 500:1000] = np.nan
    write_picture(closeup(kernel), tmp_path / "kernel.png")
    assert pixels_of(tmp_path / "kernel.png", NAN) > with_legend > 0


def test_the_colours_of_a_matrix_are_symmetric_around_zero(tmp_path: Path) -> None:
    file = tmp_path / "kernel.png"
    write_picture(closeup(np.asarray([[1.0, 0.0, -0.5]])), file)
    strong, weak = pixels_of(file, ANCHORS[-1]), pixels_of(file, ANCHORS[0])
    assert strong > 10 * weak  # no value is as negative as the positive one is large; the colour bar has both


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (normal(30), "30 finite values"),
        (np.ones(5), "5 finite values"),
        (np.full(5, np.nan), "no finite values, NaN x 5"),
        (np.asarray([1.0, 2.0, np.inf]), "2 finite values, Inf x 1"),
        (np.asarray(3.0), "1 finite values"),
        (normal(2, 3, 4), "24 finite values"),
        (np.asarray([-1.7e308, 1.7e308]), "2 finite values"),
        (np.asarray([0.0, 5e-324]), "2 finite values"),
    ],
    ids=str,
)
def test_the_rest_is_a_histogram(values: Array, words: str, tmp_path: Path) -> None:
    file = tmp_path / "values.svg"
    write_picture(closeup(values, None, "layer/value"), file)
    assert words in texts_of(file)


def test_the_axis_of_a_histogram_has_round_numbers(tmp_path: Path) -> None:
    file = tmp_path / "values.svg"
    write_picture(closeup(np.linspace(-0.37, 0.37, 50), None, "layer/value"), file)
    assert {"-0.2", "0.0", "0.2"} <= set(texts_of(file))


def test_the_slice_is_drawn_where_there_is_one(tmp_path: Path) -> None:
    kernel = normal(3, 3, 4, 8)
    file = tmp_path / "kernel.svg"
    write_picture(closeup(kernel, "Conv2D", chosen=Slice(":,0,0,3", kernel[:, 0, 0, 3], ("height",))), file)
    texts = texts_of(file)
    assert "layer/kernel[:,0,0,3]" in texts
    assert "3 finite values" in texts


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "$x$/kernel", r"$\frac{1}{$/kernel", "層" * 500], ids=escape)
def test_names_are_only_text(name: str, tmp_path: Path) -> None:
    file = tmp_path / "kernel.svg"
    write_picture(closeup(normal(4, 4), path=name), file)
    texts = texts_of(file)
    assert texts.count("(4, 4) float32") == 1
    title = texts[texts.index("(4, 4) float32") - 1]
    # the font has the letters of Latin-1
    shown = "".join(char if ord(char) < 256 else char.encode("unicode_escape").decode() for char in escape(name))
    assert title == shown if len(shown) <= 80 else title.endswith("...")
    assert file.stat().st_size < 2_000_000


def test_the_same_picture_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one.png", "other.png"):
        write_picture(closeup(normal(4, 4)), tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


@pytest.mark.parametrize("name", ["picture", "picture.jpg", "picture.txt"])
def test_a_picture_is_a_png_or_an_svg(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.png or \.svg"):
        check_picture(name)


def test_without_matplotlib_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(WeightscopeError) as error:
        check_picture("kernel.png")
    assert error.value.hint.startswith("pip install matplotlib")
    assert error.value.hint.endswith("pip install '.[plots]'")


@pytest.mark.parametrize("values", [np.zeros((0, 4)), np.ones((2, 2), "complex64")], ids=str)
def test_values_that_make_no_picture_are_refused(values: Array, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_picture(closeup(values), tmp_path / "kernel.png")
