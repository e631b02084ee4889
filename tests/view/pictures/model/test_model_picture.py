"""The picture of a whole model: every layer is there, with what is wrong with it."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from tests.records import HOSTILE_NAMES, inspection, variable
from tests.view.pictures.test_plots import pixels_of
from weightscope.errors import UsageError, WeightscopeError
from weightscope.inspection import Array, Inspection
from weightscope.inspection.measured import Listing
from weightscope.measure import Choice, list_measured
from weightscope.view.pictures.color_map import NAN
from weightscope.view.pictures.model.draw import draw_model
from weightscope.view.pictures.model.layout import model_scene
from weightscope.view.pictures.model.rows import MOST_ROWS, model_rows
from weightscope.view.pictures.model.scene import Label
from weightscope.view.pictures.picture_file import check_model_picture
from weightscope.view.text.words import escape

SVG = "{http://www.w3.org/2000/svg}"


def measured(one: Inspection, **options: object) -> Listing:
    return list_measured(one, Choice(statistics=True, preview=0, **options))  # type: ignore[arg-type]


def words_of(listing: Listing) -> list[str]:
    return [shape.words for shape in model_scene(listing).shapes if isinstance(shape, Label)]


def tips_of(svg: bytes) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{SVG}title")]


def network() -> Inspection:
    sick = np.asarray([[np.nan, 1.0], [np.inf, np.nan]])
    return inspection(
        variable("conv/kernel", (3, 3, 3, 8), layer_class="Conv2D"),
        variable("conv/bias", (8,), layer_class="Conv2D"),
        variable("norm/gamma", (8,), layer_class="BatchNormalization"),
        variable("norm/moving_mean", (8,), layer_class="BatchNormalization", trainable=False),
        variable("dense/kernel", (2, 2), values=sick),
        variable("dropout/state", (2,), role="seed", dtype="int64", values=np.asarray([1, 2]), layer_class="Dropout"),
    )


def test_every_layer_has_a_row_in_the_order_of_the_model() -> None:
    words = words_of(measured(network()))
    assert [one for one in words if one in ("conv", "norm", "dense", "dropout")] == ["conv", "norm", "dense"]
    for word in ("model.keras", "Conv2D", "BatchNormalization", "224", "16", "4", "NaN x 2, Inf x 1"):
        assert word in words
    assert "trainable" in words
    assert "not trainable" in words
    assert "trainability unknown" not in words


def test_a_row_has_the_spread_of_each_variable() -> None:
    tips = tips_of(draw_model(measured(network()), "model.svg"))
    assert "conv/bias: min 0.0, mean 3.5, std 2.29, max 7.0" in tips
    assert "norm/moving_mean: min 0.0, mean 3.5, std 2.29, max 7.0" in tips
    assert "dense/kernel: min 1.0, mean 1.0, std 0.0, max 1.0" in tips
    assert "8 not trainable" in tips


def test_rows_with_nan_are_marked_in_both_kinds_of_files(tmp_path: Path) -> None:
    sick, sound = measured(network()), measured(network(), exclude=("dense",))
    assert NAN.encode() in draw_model(sick, "model.svg")
    assert NAN.encode() not in draw_model(sound, "model.svg")
    (tmp_path / "sick.png").write_bytes(draw_model(sick, "model.png"))
    (tmp_path / "sound.png").write_bytes(draw_model(sound, "model.png"))
    assert pixels_of(tmp_path / "sick.png", NAN) > 50
    assert pixels_of(tmp_path / "sound.png", NAN) == 0
    height, width = imread(tmp_path / "sick.png").shape[:2]
    scene = model_scene(sick)
    # matplotlib before 3.10 cuts off a part of a pixel
    assert (width, height) == pytest.approx((scene.width * 1.5, scene.height * 1.5), abs=1)


def test_many_layers_are_joined_into_runs_whose_spread_is_that_of_all_values() -> None:
    random = np.random.default_rng(0)
    values: list[Array] = [random.normal(place / 100, 0.1 + place / 300, (3, 4)) for place in range(300)]
    values[7][0, 0] = np.nan
    rows = model_rows(measured(inspection(*(variable(f"l{n}/w", (3, 4), values=one) for n, one in enumerate(values)))))
    assert len(rows) == 100 <= MOST_ROWS
    assert [row.name for row in rows[:2]] == ["l0 to l2", "l3 to l5"]
    assert sum(row.size for row in rows) == 3600
    assert [row.nan for row in rows[:4]] == [0, 0, 1, 0]
    for place, row in enumerate(rows):
        together = np.concatenate(values[3 * place : 3 * place + 3])
        (spread,) = row.spreads
        found = (spread.count, spread.minimum, spread.maximum, spread.mean, spread.deviation)
        expected = [
            np.isfinite(together).sum(),
            *(how(together) for how in (np.nanmin, np.nanmax, np.nanmean, np.nanstd)),
        ]
        np.testing.assert_allclose(found, expected)


def test_a_layer_of_many_variables_has_one_spread_for_each_kind() -> None:
    variables = [variable(f"layer/w{place}", (4,), trainable=place % 2 == 0) for place in range(20)]
    (row,) = model_rows(measured(inspection(*variables)))
    assert [(one.name, one.trainable, one.count) for one in row.spreads] == [
        ("10 variables", True, 40),
        ("10 variables", False, 40),
    ]
    assert row.parameters == {True: 40, False: 40}


def test_groups_are_drawn_as_they_are_listed() -> None:
    words = words_of(measured(network(), by="class"))
    assert {"Conv2D", "BatchNormalization", "Dense"} <= set(words)


def test_values_of_any_size_and_none_at_all_are_drawn() -> None:
    huge = inspection(
        variable("a/w", values=np.full((2, 3), 1.7e308), dtype="float64"),
        variable("b/w", values=np.full((2, 3), 5e-324), dtype="float64"),
        variable("c/w", (0, 3)),
        variable("d/w", values=np.full((2, 3), np.nan)),
        variable("e/w", values=np.zeros((2, 3))),
        variable("f/w", (2,), dtype="complex64", values=np.asarray([1j, 2], "complex64")),
    )
    for one in (huge, inspection()):
        svg = draw_model(measured(one), "model.svg")
        numbers = re.findall(r' (?:x|y|width|height)="([^"]*)"', svg.decode())
        assert all(np.isfinite(float(number)) for number in numbers)
        ET.fromstring(svg)


@pytest.mark.parametrize("end", [".svg", ".png"])
def test_names_from_strangers_are_text(end: str) -> None:
    names = [*HOSTILE_NAMES, "\uffff\ufffe/kernel", "$x$/kernel", "層" * 500 + "/kernel", "x" * 5000 + "/kernel"]
    listing = measured(inspection(*(variable(name, layer_class=name) for name in names), location="]]>\x1b<b>.keras"))
    drawn = draw_model(listing, f"model{end}")
    if end == ".png":
        return
    elements = {one.tag.removeprefix(SVG) for one in ET.fromstring(drawn).iter()}
    assert elements == {"svg", "rect", "text", "title"}
    text = "".join(one.text or "" for one in ET.fromstring(drawn).iter(f"{SVG}text"))
    for name in HOSTILE_NAMES:
        assert escape(name.removesuffix("/kernel")) in text


def test_the_same_model_is_the_same_file() -> None:
    for end in (".svg", ".png"):
        assert draw_model(measured(network()), f"a{end}") == draw_model(measured(network()), f"b{end}")


def test_an_svg_needs_no_matplotlib_and_a_png_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    check_model_picture("model.svg")
    assert draw_model(measured(network()), "model.svg").startswith(b"<?xml")
    with pytest.raises(WeightscopeError, match="matplotlib"):
        check_model_picture("model.png")
    with pytest.raises(UsageError):
        check_model_picture("model.jpg")
