"""Arrays by name, `.npz` and `.safetensors`: read as numpy and safetensors read them."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.conftest import SAMPLES, Run
from tests.range_server import serving
from weightscope.errors import FileError, NoValuesError
from weightscope.inspection import Variable
from weightscope.measure.fingerprint.fingerprint import fingerprint, hash_variable
from weightscope.source import limits
from weightscope.source.file import inspect_file

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "uint16", "bool", "complex64"]


def weights_of(path: Path) -> dict[str, Any]:
    return {one.info.path: one.read() for one in inspect_file(str(path)).variables}


def variable_of(path: Path) -> Variable:
    (found,) = inspect_file(str(path)).variables
    return found


def some_arrays() -> dict[str, np.ndarray[Any, Any]]:
    numbers = np.random.default_rng(0).integers(0, 100, (2, 3, 4))
    found: dict[str, np.ndarray[Any, Any]] = {f"layer/{dtype}": numbers.astype(dtype) for dtype in DTYPES}
    return {**found, "scalar": np.array(2.5), "empty": np.zeros((0, 3)), "d/e/e/p": np.ones(1)}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_npz_file_holds_what_numpy_put_in(save: Any, tmp_path: Path) -> None:
    expected = some_arrays()
    expected |= {"fortran": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)), "big": np.arange(3, dtype=">f4")}
    save(tmp_path / "a.npz", **expected)
    found = inspect_file(str(tmp_path / "a.npz"))
    assert [one.info.path for one in found.variables] == list(expected)
    for one in found.variables:
        values = expected[one.info.path]
        assert (one.info.dtype, one.info.shape) == (values.dtype.name, values.shape)
        np.testing.assert_array_equal(one.read(), values)
        assert one.info.trainable is None
    assert not found.has_keras_names


def test_a_safetensors_file_holds_what_the_library_put_in(tmp_path: Path) -> None:
    expected = some_arrays() | {"brain": np.array([[1.5, -2.0]], ml_dtypes.bfloat16)}
    safetensors.numpy.save_file(expected, tmp_path / "a.safetensors", {"format": "pt"})
    found = {one.info.path: one for one in inspect_file(str(tmp_path / "a.safetensors")).variables}
    assert found.keys() == expected.keys()
    for path, values in expected.items():
        assert (found[path].info.dtype, found[path].info.shape) == (values.dtype.name, values.shape)
        np.testing.assert_array_equal(found[path].read(), values.astype(found[path].read().dtype))


@given(arrays(st.sampled_from(["<f4", ">f4", "<i2"]), array_shapes(max_side=6)), st.booleans(), st.data())
def test_any_part_of_an_array_is_read_as_numpy_slices_it(values: Any, packed: bool, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.npz"
        (np.savez_compressed if packed else np.savez)(path, a=np.asfortranarray(values), b=values)
        part = tuple(slice(*sorted(data.draw(st.tuples(*[st.integers(0, size)] * 2)))) for size in values.shape)
        hashes = set()
        for one in inspect_file(str(path)).variables:
            np.testing.assert_array_equal(one.read(part), values[part])
            hashes.add(hash_variable(one))
        assert len(hashes) == 1


def test_the_first_values_of_a_packed_array_are_read_without_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.arange(400_000, dtype=np.float32).reshape(2, -1)
    np.savez_compressed(tmp_path / "a.npz", a=values)
    one = variable_of(tmp_path / "a.npz")
    with monkeypatch.context() as patch:
        patch.setattr("weightscope.source.bytes.zip_archive.inflate", None)
        np.testing.assert_array_equal(one.read((slice(0, 1), slice(0, 5))), values[:1, :5])
    np.testing.assert_array_equal(one.read((slice(1, 2),)), values[1:])


def test_pickled_objects_and_text_are_listed_and_never_opened(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "opened",))

    brain = np.ones(2, ml_dtypes.bfloat16)
    np.savez(tmp_path / "a.npz", o=np.array([Bomb()], object), t=np.array(["x"]), b=brain, good=np.ones(2))
    found = {one.info.path: one for one in inspect_file(str(tmp_path / "a.npz")).variables}
    assert [one.info.dtype for one in found.values()] == ["object", "string", "<V2", "float64"]
    for path in "otb":
        assert not found[path].has_values
        with pytest.raises(NoValuesError):
            found[path].read()
    np.testing.assert_array_equal(found["good"].read(), [1, 1])
    assert not (tmp_path / "opened").exists()


def npy(values: Any, **changes: Any) -> bytes:
    text = io.BytesIO()
    np.save(text, values)
    whole = text.getvalue()
    for old, new in changes.get("replace", {}).items():
        whole = whole.replace(old, new)
    return whole


def zipped(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x09\x00" + bytes(100),
        npy(np.ones(3))[:-1],
        npy(np.ones(3), replace={b"(3,)": b"(4,)"}),
        npy(np.ones(3), replace={b"(3,)": b"[3]", b" " * 8: b" " * 8}),
        npy(np.ones(3), replace={b"(3,)": b"(-3,"}),
        npy(np.ones(3), replace={b"(3,), }": b"(9**9,)"}),
        b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31) + b"{" * 5000,
        b"\x93NUMPY\x01\x00" + struct.pack("<H", 3000) + b"(" * 3000,
    ],
)
def test_a_damaged_array_of_a_npz_file_is_refused(data: bytes, tmp_path: Path) -> None:
    zipped(tmp_path / "a.npz", {"good.npy": npy(np.ones(1)), "bad.npy": data})
    with pytest.raises(FileError, match="bad"):
        inspect_file(str(tmp_path / "a.npz"))


def test_a_file_without_arrays_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "empty.npz")
    with pytest.raises(FileError, match=r"a zip without config\.json"):
        inspect_file(str(tmp_path / "empty.npz"))


def test_a_decompression_bomb_is_refused_before_anything_is_inflated(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.npz", {"a.npy": npy(np.zeros(1000))}, zipfile.ZIP_DEFLATED)
    whole = bytearray(path.read_bytes())
    directory = whole.index(b"PK\x01\x02")
    whole[directory + 24 : directory + 28] = struct.pack("<I", 300_000_000)
    path.write_bytes(whole)
    with pytest.raises(FileError, match="inflate"):
        inspect_file(str(path))


def test_arrays_at_overlapping_places_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.npz", {"a.npy": npy(np.ones(50)), "b.npy": npy(np.ones(50))})
    whole = bytearray(path.read_bytes())
    second = whole.rindex(b"PK\x01\x02")
    whole[second + 42 : second + 46] = bytes(4)  # the place of b is that of a
    path.write_bytes(whole)
    with pytest.raises(FileError, match="overlap"):
        inspect_file(str(path))


def tensors(header: Any, data: bytes = b"", size: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


def entry(first: int, last: int, shape: Any = (1,), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [first, last]}


@pytest.mark.parametrize(
    "whole",
    [
        tensors({"a": entry(0, 4)}),
        tensors({"a": entry(0, 4)}, bytes(5)),
        tensors({"a": entry(0, 4), "b": entry(0, 4)}, bytes(8)),
        tensors({"a": entry(0, 4), "b": entry(8, 12)}, bytes(12)),
        tensors({"a": entry(0, 8)}, bytes(8)),
        tensors({"a": entry(4, 0)}, bytes(4)),
        tensors({"a": entry(0, 4, [-1])}, bytes(4)),
        tensors({"a": entry(0, 4, [True])}, bytes(4)),
        tensors({"a": entry(0, 4, [1] * 200)}, bytes(4)),
        tensors({"a": entry(0, 4, dtype=7)}, bytes(4)),
        tensors({"a": entry(0, 4, [2**62, 2**62])}, bytes(4)),
        tensors({"a": {"dtype": "F32", "shape": [1]}}, bytes(4)),
        tensors({"a": []}, bytes(4)),
        tensors({"a" * 5000: entry(0, 4)}, bytes(4)),
        tensors(b"{" + b"[" * 9999),
        tensors(b'{"a": NaN'),
        tensors({"a": entry(0, 4)}, bytes(4), size=10_000),
        tensors({"a": entry(0, 4)}, bytes(4), size=16 << 20),
    ],
)
def test_a_damaged_safetensors_file_is_refused(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(whole)
    with pytest.raises(FileError):
        inspect_file(str(tmp_path / "a.safetensors"))


def test_a_dtype_of_a_later_safetensors_is_listed_without_values(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(tensors({"a": entry(0, 4, [8], "F4"), "b": entry(4, 8)}, bytes(8)))
    first, second = inspect_file(str(tmp_path / "a.safetensors")).variables
    assert (first.info.dtype, first.has_values, second.has_values) == ("F4", False, True)
    with pytest.raises(NoValuesError):
        first.read()


@pytest.mark.parametrize("end", ["npz", "safetensors"])
def test_flipped_bytes_never_do_worse_than_an_error(end: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{end}"
    if end == "npz":
        np.savez_compressed(path, a=np.arange(6.0), b=np.ones((2, 2)))
    else:
        safetensors.numpy.save_file({"a": np.arange(6.0), "b": np.ones((2, 2))}, path)
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(150):
        changed = bytearray(whole)
        for place in random.integers(0, len(whole), random.integers(1, 4)):
            changed[place] = random.integers(0, 256)
        path.write_bytes(changed)
        try:
            fingerprint(inspect_file(str(path)))
        except (FileError, NoValuesError):
            continue


@pytest.mark.parametrize("end", ["npz", "safetensors"])
def test_arrays_of_a_models_variables_are_compared_checked_and_shown(end: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / f"a.{end}"
    weights = weights_of(CNN)
    save: Any = np.savez if end == "npz" else lambda path, **weights: safetensors.numpy.save_file(weights, path)
    save(path, **weights)
    assert run("diff", CNN, path).exit_code == 0
    assert run("check", path).exit_code == 0
    assert json.loads(run("show", path, "dense/kernel", "--json").stdout)["shape"] == [8, 10]
    fits = run("check", path, "--into", CNN)
    assert fits.exit_code == 0
    assert "assigned by name, the arrays fit (10 of 10 variables)" in fits.stdout
    weights["dense/kernel"] = np.ascontiguousarray(weights["dense/kernel"].T)
    weights["other"] = weights.pop("dense/bias")
    save(path, **weights)
    found = json.loads(run("check", path, "--into", CNN, "--json").stdout)["load"]
    assert (found["verdict"], found["by"]) == ("partly", "name")
    outcomes = {one["to"] or one["from"]: one["outcome"] for one in found["assignments"]}
    assert {path: one for path, one in outcomes.items() if one != "equal-path"} == {
        "dense/kernel": "mismatch",
        "dense/bias": "missing",
        "other": "unused",
    }


@pytest.mark.parametrize("end", ["npz", "safetensors"])
def test_a_far_file_is_listed_by_what_describes_its_arrays(end: str, tmp_path: Path) -> None:
    large = {f"layer_{number}/kernel": np.zeros((1000, 500)) for number in range(10)}
    save: Any = np.savez if end == "npz" else lambda path, **weights: safetensors.numpy.save_file(weights, path)
    save(tmp_path / f"a.{end}", **large)
    with serving(tmp_path) as server:
        far = inspect_file(f"{server.url}a.{end}")
    assert [one.info for one in far.variables] == [
        one.info for one in inspect_file(str(tmp_path / f"a.{end}")).variables
    ]
    remote = far.source.remote
    assert remote is not None
    assert remote.bytes_read < 0.02 * 40e6
    assert remote.rounds <= 6


@pytest.mark.parametrize("end", [".safetensors", pytest.param(".npz", marks=pytest.mark.slow)])
def test_more_arrays_than_are_read_from_one_file_are_refused_with_what_helps(end: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{end}"
    arrays: dict[str, Any] = {f"w{number}": np.zeros(1, np.float32) for number in range(limits.HDF5_DATASETS + 1)}
    if end == ".npz":
        np.savez(path, **arrays)
    else:
        safetensors.numpy.save_file(arrays, path)
    with pytest.raises(FileError, match="more than 32,768 arrays") as caught:
        inspect_file(str(path))
    assert caught.value.hint == "write them to several files"
