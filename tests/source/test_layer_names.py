"""Names of layers as users type them, without Keras."""

from __future__ import annotations

from pathlib import Path

import pytest

from weightscope.errors import LayerError, UsageError
from weightscope.source.layer_names import check_name, closest_name, split_name

KNOWN = ["Conv2D", "Conv3D", "Dense", "MaxPooling2D", "CustomConv2D"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Dense", ("", "Dense")),
        ("my.module:Dense", ("my.module", "Dense")),
        ("a/b.py:Dense", ("a/b.py", "Dense")),
        ("a/b.py", ("a/b.py", None)),
        ("n.ipynb", ("n.ipynb", None)),
        ("n.ipynb:Outer.Inner", ("n.ipynb", "Outer.Inner")),
        ("C:/x/y.py:Dense", ("C:/x/y.py", "Dense")),
    ],
)
def test_a_name_is_a_place_and_what_stands_there(name: str, parts: tuple[str, str | None]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize("name", ["conv2d", "CONV2D", "conv_2d", "Conv2D"])
def test_case_and_underscores_do_not_count(name: str) -> None:
    assert closest_name(name, KNOWN) == "Conv2D"


def test_where_two_names_differ_in_case_alone_neither_is_taken() -> None:
    with pytest.raises(LayerError) as raised:
        closest_name("dense", ["Dense", "DENSE"])
    assert "did you mean" in raised.value.hint


def test_a_class_of_a_file_here_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("import keras\n\n\nclass MyGatedThing(keras.layers.Layer):\n    pass\n")
    with pytest.raises(LayerError) as raised:
        check_name("MyGatedThing", ())
    assert raised.value.hint == "did you mean mine.py:MyGatedThing?"


@pytest.mark.parametrize("name", ["Dense", "dense", "custom_dense", "a>b", "x.py:Y", "x.y:Z"])
def test_what_may_be_known_passes(name: str) -> None:
    check_name(name, ())


def test_modules_may_register_any_name() -> None:
    check_name("NobodyKnowsIt", ("my_layers.py",))
    with pytest.raises(LayerError):
        check_name("NobodyKnowsIt", ())


def test_a_file_is_no_layer(tmp_path: Path) -> None:
    for name in (str(tmp_path), "model.weights.h5"):
        with pytest.raises(UsageError) as raised:
            check_name(name, ())
        assert raised.value.hint == f"weightscope inspect {name}"
