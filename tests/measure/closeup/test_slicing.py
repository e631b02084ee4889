from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.records import variable
from weightscope.errors import UsageError
from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.closeup import slicing
from weightscope.measure.closeup.slicing import parse_slice, read_slice


def written(part: Any) -> str:
    if part is Ellipsis:
        return "..."
    if isinstance(part, int):
        return str(part)
    words = ["" if number is None else str(number) for number in (part.start, part.stop, part.step)]
    return ":".join(words if words[2] else words[:2])


@settings(deadline=None)
@given(st.data())
def test_it_takes_what_numpy_takes(data: st.DataObject) -> None:
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, max_side=6))
    index = data.draw(arrays.basic_indices(shape, allow_newaxis=False))
    parts = index if isinstance(index, tuple) else (index,)
    if len([part for part in parts if part is not Ellipsis]) < len(shape) and Ellipsis not in parts:
        parts = (*parts, Ellipsis)
    one = variable("w", shape)
    text = ",".join(map(written, parts))
    names = tuple("abcd"[: len(shape)])
    expected = one.read()[parts]
    if not np.size(expected):
        with pytest.raises(UsageError, match="takes nothing"):
            read_slice(one, text, names)
        return
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(slicing, "PIECE_ELEMENTS", data.draw(st.integers(1, 300)))
        found = read_slice(one, text, names)
    np.testing.assert_array_equal(found.values, expected)
    assert len(found.axes) == np.ndim(expected)
    assert found.selection == text


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        (":", "it has 1 axes, the variable has 2"),
        (":,:,:", "it has 3 axes"),
        ("3,:", "index 3 is outside of axis 0, which has 3"),
        ("-4,:", "outside"),
        ("a,:", "a is no index"),
        ("__import__('os'),0", "is no index"),
        ("1.5,0", "is no index"),
        (":,", "nothing is no index"),
        ("", "it has 0 axes"),
        ("::0,0", "a step of 0"),
        ("...,...", "more than one ..."),
        ("1" * 400 + ",0", "is no index"),
        ("9:,0", "takes nothing of axis 0, which has 3"),
        (":,2:1", "takes nothing of axis 1"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, saying: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_slice(variable("w", (3, 4)), text, ())
    assert saying in raised.value.message
    assert raised.value.hint


def test_more_values_than_can_be_shown_are_not_read() -> None:
    huge = variable("w", (1 << 12, 1 << 12), values=np.zeros((1, 1)))
    with pytest.raises(UsageError, match="too many"):
        read_slice(huge, ":,:", ())


def test_an_axis_without_positions_may_be_taken_whole() -> None:
    found = read_slice(variable("w", (0, 3)), ":,1:", ("in", "out"))
    assert found.values.shape == (0, 2)
    assert found.axes == ("in", "out")


@pytest.mark.parametrize("text", [":,:", "::7,::-5", "::300,::300", "5,:", "-1,::-1", "::-1,3"])
def test_little_is_in_memory_at_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(400 * 300, dtype="float32").reshape(400, 300)
    watched = Watched(values)
    one = Variable(variable("w", values.shape).info, watched)
    monkeypatch.setattr(slicing, "PIECE_ELEMENTS", 1000)
    found = np.concatenate([piece.ravel() for _, piece in parse_slice(text, values.shape).pieces(one)])
    np.testing.assert_array_equal(found, eval(f"values[{text}]").ravel())  # in C order, as files hold them
    assert max(watched.sizes) <= 1000


@dataclass
class Watched:
    array: Array
    chunk_shape: tuple[int, ...] | None = None
    sizes: list[int] = field(default_factory=list)

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        self.sizes.append(self.array[selection].size)
        return self.array[selection]
