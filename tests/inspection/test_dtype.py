"""Bytes of dtypes, without the libraries that define them."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from tests.records import variable
from weightscope.inspection.dtype import _BITS, storage_bytes


@pytest.mark.parametrize("dtype", [name for name in _BITS if not name.endswith("int4")])
def test_a_number_takes_as_many_bytes_as_numpy_gives_it(dtype: str) -> None:
    numpy_own = np.dtype(getattr(ml_dtypes, dtype)) if hasattr(ml_dtypes, dtype) else np.dtype(dtype)
    assert storage_bytes(dtype, 6) == 6 * numpy_own.itemsize


def test_two_int4_share_a_byte() -> None:
    assert [storage_bytes("int4", count) for count in (0, 1, 2, 3)] == [0, 1, 1, 2]


def test_text_has_no_fixed_size() -> None:
    assert storage_bytes("string", 10) == 0


def test_a_scalar_is_one_parameter_and_an_empty_variable_none() -> None:
    assert [variable("a", shape).info.parameters for shape in ((), (0, 3), (2, 3))] == [1, 0, 6]


def test_a_description_can_be_compared_and_hashed_without_its_values() -> None:
    assert variable("a/b").info == variable("a/b").info
    assert len({variable("a/b").info, variable("a/b").info}) == 1
