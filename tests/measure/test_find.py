from __future__ import annotations

import pytest

from tests.records import inspection, variable
from weightscope.errors import UsageError
from weightscope.measure.find import find_variable

MODEL = inspection(
    *(variable(path) for path in ("kernel", "conv2d/kernel", "conv2d/bias", "encoder/dense/kernel", "a[1]/gamma")),
    optimizer=(variable("adam/conv2d/kernel/momentum"),),
)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("kernel", "kernel"),
        ("conv2d/kernel", "conv2d/kernel"),
        ("bias", "conv2d/bias"),
        ("dense/kernel", "encoder/dense/kernel"),
        ("enc*", "encoder/dense/kernel"),
        ("*gamma", "a[1]/gamma"),
        ("a[1]/gamma", "a[1]/gamma"),
        ("*momentum", "adam/conv2d/kernel/momentum"),
    ],
)
def test_a_path_its_end_or_a_glob_names_a_variable(name: str, path: str) -> None:
    assert find_variable(MODEL, name).info.path == path


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("*kernel", "*kernel is 3 variables", "kernel, conv2d/kernel, encoder/dense/kernel"),
        ("conv2d/kernl", "no variable 'conv2d/kernl'", "did you mean conv2d/kernel"),
        ("gama", "no variable 'gama'", "a[1]/gamma"),
        ("ernel", "no variable 'ernel'", "kernel"),
        ("zzz", "no variable 'zzz'", "one of kernel, conv2d/kernel"),
        ("", "no variable", "one of"),
    ],
)
def test_what_names_none_or_several_is_told_with_those_that_could_be_meant(name: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        find_variable(MODEL, name)
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_a_model_without_variables_has_none_to_name() -> None:
    with pytest.raises(UsageError, match="no variable 'x'"):
        find_variable(inspection(), "x")
