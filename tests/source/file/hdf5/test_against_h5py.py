"""What h5py writes, in any layout, type and version of the format, is read as h5py reads it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.source.file.hdf5.oracle import PLACE, Write, assert_read_as_h5py_reads, dataset, written
from weightscope.source.bytes.stored_file import whole_file
from weightscope.source.file import inspect_file
from weightscope.source.file.hdf5.hdf5_file import open_hdf5, read_root
from weightscope.source.file.hdf5.lzf import unpack_lzf

VERSIONS: list[Any] = ["earliest", ("v108", "v110"), "latest"]
DTYPES = [*("<f4", ">f4", "<f8", ">f2", "i1", "u2", ">i4", "<u8", "?"), "color", "named"]
FILTERS: list[dict[str, Any]] = [
    {},
    {"compression": "gzip"},
    {"compression": "gzip", "shuffle": True},
    {"compression": "lzf"},
    {"compression": "lzf", "shuffle": True, "fletcher32": True},
    {"fletcher32": True},
    {"compression": "gzip", "shuffle": True, "fletcher32": True},
]


def _dtype(name: str, file: h5py.File) -> Any:
    if name == "color":
        return h5py.enum_dtype({"RED": 0, "GRÜN": 1}, "i2")
    if name == "named":
        file["layers/dense/type"] = np.dtype("<f4")
        return file["layers/dense/type"]
    return np.dtype(name)


@st.composite
def chunked(draw: st.DrawFn, shape: tuple[int, ...]) -> dict[str, Any]:
    """Returns the options of a dataset in chunks; how far its axes may grow decides how HDF5 lists the chunks."""
    chunks = tuple(draw(st.one_of(st.integers(1, length), st.just(length))) for length in shape)
    maxshape = tuple(draw(st.sampled_from([length, None, length + 5])) for length in shape)
    return {"chunks": chunks, "maxshape": maxshape, **draw(st.sampled_from(FILTERS))}


@settings(max_examples=250, deadline=None)
@given(
    data=st.data(),
    dtype=st.sampled_from(DTYPES),
    version=st.sampled_from(VERSIONS),
    userblock=st.sampled_from([0, 0, 512, 2048]),
)
def test_every_type_layout_filter_and_version_is_read(
    data: st.DataObject, dtype: str, version: Any, userblock: int
) -> None:
    shape = data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=3).map(tuple))
    options = data.draw(st.one_of(st.just({}), chunked(shape), chunked(shape)))
    is_sparse = data.draw(st.booleans()) and bool(options)
    values = np.random.default_rng(0).integers(0, 2, shape)

    def write(file: h5py.File) -> None:
        made = file.create_group("layers/dense/vars").create_dataset("0", shape, _dtype(dtype, file), **options)
        if is_sparse:
            made[: shape[0] // 2] = values[: shape[0] // 2]
        else:
            made[...] = values

    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder, "model.weights.h5"), write, libver=version, userblock_size=userblock)
        assert_read_as_h5py_reads(path)


def _parts_of(length: int, maxshape: tuple[int | None, ...]) -> Write:
    """Writes some rows of a dataset with a fill value, and then makes it shorter."""

    def write(file: h5py.File) -> None:
        own = file.create_group("layers/dense/vars")
        made = own.create_dataset("0", (3000, 20), "f4", maxshape=maxshape, chunks=(2, 3), fillvalue=7)
        made[100:110] = 1
        made[2500:2600, 3:8] = 2
        made.resize((length, 20))

    return write


def _wide(file: h5py.File) -> None:
    made = file.create_dataset(PLACE, (300, 20), "f4", maxshape=(None, 4000), chunks=(1, 1))
    made[...] = np.arange(6000).reshape(300, 20)


def _with_properties(change: Callable[[Any], None]) -> Write:
    def write(file: h5py.File) -> None:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        change(properties)
        own, space = file.create_group("layers/dense/vars"), h5py.h5s.create_simple((30, 20))
        made = h5py.h5d.create(own.id, b"0", h5py.h5t.IEEE_F32LE, space, properties)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(600, dtype=np.float32).reshape(30, 20))

    return write


def _allocated_early(properties: Any) -> None:
    properties.set_chunk((7, 6))
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)


def _never_written(file: h5py.File) -> None:
    own = file.create_group("layers/dense/vars")
    for name, maxshape in {"0": None, "1": (None, 20), "2": (None, None)}.items():
        own.create_dataset(name, (30, 20), "f4", maxshape=maxshape, chunks=(2, 3), fillvalue=3)


#: What is too large, or too rare, for the property test: each makes another part of an index.
INDEXES: dict[str, Write] = {
    "a fixed array in pages": dataset((300, 200), chunks=(3, 4)),
    "a fixed array in pages, packed": dataset((300, 200), chunks=(3, 4), compression="gzip"),
    "a fixed array of which some pages are missing": _parts_of(3000, (3000, 20)),
    "an extensible array with super blocks": dataset((300, 200), chunks=(3, 4), maxshape=(None, 200)),
    "an extensible array along the last axis": dataset((300, 200), chunks=(3, 4), maxshape=(300, None), shuffle=True),
    "an extensible array in pages": _wide,
    "an extensible array of which parts are missing": _parts_of(2700, (None, 21)),
    "a tree of several levels": dataset((300, 200), chunks=(1, 2), maxshape=(None, None)),
    "a tree of several levels, packed": dataset((300, 200), chunks=(2, 2), maxshape=(None, None), compression="gzip"),
    "a tree of which parts are missing": _parts_of(2700, (None, None)),
    "a tree that is empty": _parts_of(0, (None, None)),
    "chunks without an index": _with_properties(_allocated_early),
    "limits for attributes": _with_properties(lambda properties: properties.set_attr_phase_change(4, 2)),
    "chunks that were never written": _never_written,
}


@pytest.mark.parametrize("name", INDEXES)
def test_every_index_of_chunks_is_read(name: str, tmp_path: Path) -> None:
    assert_read_as_h5py_reads(written(tmp_path / "model.weights.h5", INDEXES[name], libver="latest"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("group", [b"gr\xc3\xb6\xc3\x9fe \xe5\x90\x8d", b"gr\xf6sse", b"\xff\xfe"])
def test_group_names_are_any_bytes(group: bytes, version: Any, tmp_path: Path) -> None:
    def write(file: h5py.File) -> None:
        for index in range(20):  # more than a group keeps in its header
            own = h5py.h5g.create(h5py.h5g.create(file.require_group("layers").id, group + b"%d" % index), b"vars")
            h5py.Group(own)["0"] = np.arange(6.0)

    path = written(tmp_path / "model.weights.h5", write, libver=version)
    assert len(inspect_file(str(path)).variables) == 20
    assert_read_as_h5py_reads(path)


def _attributes(file: h5py.File) -> None:
    own = file.create_group("layers/dense/vars")
    own["0"] = np.ones((3, 2), np.float32)
    own.attrs["name"] = "größe"
    own.attrs["names"] = np.array(["a", "b"], dtype=h5py.string_dtype())
    own.attrs["bytes"] = np.bytes_("x")
    own.attrs["number"] = 3
    own.attrs["flag"] = True
    own.attrs["compound"] = np.zeros(2, [("a", "f4")])
    own.attrs["reference"] = own.ref
    own.attrs["region"] = own["0"].regionref[0:1]
    own.attrs["complex"] = 1j
    file["type"] = np.dtype("S5")
    scalar = h5py.h5s.create(h5py.h5s.SCALAR)
    h5py.h5a.create(own.id, b"of a named type", file["type"].id, scalar).write(np.array(b"hello"))


@pytest.mark.parametrize("version", VERSIONS)
def test_attributes_that_keras_writes_are_read_among_any_others(version: Any, tmp_path: Path) -> None:
    path = written(tmp_path / "model.weights.h5", _attributes, libver=version)
    with open_hdf5(read_root(whole_file(path, str(path)))) as file:
        found = file.attributes("layers/dense/vars")
    assert found["name"].decode() == "größe"
    assert list(found["names"]) == [b"a", b"b"]
    assert (found["bytes"], found["number"], found["of a named type"]) == (b"x", 3, b"hello")
    assert [name for name in found if found[name] is None] == sorted(
        ["flag", "compound", "reference", "region", "complex"], key=list(found).index
    )


def test_a_config_beyond_the_size_of_a_header_is_read(tmp_path: Path) -> None:
    layers = [
        {"class_name": "Dense", "config": {"name": f"dense_{index}", "units": 3, "trainable": True}}
        for index in range(2000)
    ]

    def write(file: h5py.File) -> None:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense_0"]
        own = group.create_group("dense_0")
        own.attrs["weight_names"] = [b"dense_0/kernel:0"]
        own["dense_0/kernel:0"] = np.ones((2, 3), np.float32)

    inspection = inspect_file(str(written(tmp_path / "model.h5", write, libver="latest")))
    assert inspection.variables[0].info.path == "dense_0/kernel"
    assert len(inspection.layers) == 2001


@given(st.binary(max_size=200), st.integers(0, 1000))
def test_whatever_lzf_unpacks_is_as_long_as_allowed_or_nothing(data: bytes, most: int) -> None:
    found = unpack_lzf(data, most)
    assert found is None or len(found) <= most
