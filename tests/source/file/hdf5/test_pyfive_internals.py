"""A version of pyfive that lacks a private name which is used here is reported by that name."""

from __future__ import annotations

import ast
import inspect
import io
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyfive
import pytest

from tests.conftest import ROOT
from weightscope.source.file.hdf5 import pyfive_internals
from weightscope.source.file.hdf5.pyfive_internals import ObjectHeader

#: The classes here that are made of one of pyfive's.
DERIVED = [
    one
    for _, one in inspect.getmembers(pyfive_internals, inspect.isclass)
    if one.__module__ == pyfive_internals.__name__ and any(base.__module__.startswith("pyfive") for base in one.__mro__)
]

#: Private names that a class here replaces in pyfive's: they have no effect in a version that calls others.
REPLACED = [
    (one, name)
    for one in DERIVED
    for name in vars(one)
    if name.startswith("_") and not name.startswith("__") and name != "_shared"
]

#: What is set and read on an object header of pyfive.
ATTRIBUTES = ["fh", "offset", "msgs", "msg_data", "_global_heaps", "filter_pipeline", "is_dataset"]


def pyfive_bases(one: type) -> list[type]:
    return [base for base in one.__mro__ if base.__module__.startswith("pyfive")]


def test_the_private_names_of_five_methods_and_two_trees_are_replaced() -> None:
    assert {name for _, name in REPLACED} >= {"_parse_v1_objects", "_parse_v2_header", "_decode_link_msg"}


@pytest.mark.parametrize(("one", "name"), REPLACED)
def test_pyfive_has_each_method_that_is_replaced(one: type, name: str) -> None:
    found = any(name in vars(base) for base in pyfive_bases(one))
    assert found, f"pyfive {pyfive.__version__} has no {name}: read hdf5/pyfive_internals.py, {one.__name__}, again"


@pytest.mark.parametrize(("one", "name"), REPLACED)
def test_pyfive_calls_each_method_that_is_replaced(one: type, name: str) -> None:
    source = "".join(inspect.getsource(base) for base in pyfive_bases(one))
    assert f"self.{name}(" in source, f"pyfive {pyfive.__version__} calls {name} no more"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_object_header_of_pyfive_has_each_attribute_that_is_read(name: str) -> None:
    written = io.BytesIO()
    with h5py.File(written, "w") as file:
        address = h5py.h5o.get_info(file.create_dataset("a", data=np.ones(3, np.float32)).id).addr
    header: Any = ObjectHeader(written, address, pyfive_internals.RecentHeaps())  # type: ignore[arg-type]
    assert hasattr(header, name), f"pyfive {pyfive.__version__}: an object header has no {name}"


def test_one_module_alone_imports_pyfive() -> None:
    folder = ROOT / "weightscope"
    assert [str(path.relative_to(folder)) for path in folder.rglob("*.py") if imports_pyfive(path)] == [
        "source/file/hdf5/pyfive_internals.py"
    ]


def imports_pyfive(path: Path) -> bool:
    return any(
        name.split(".")[0] == "pyfive"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    )
