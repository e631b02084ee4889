"""Ids of models: computed as the contract says, whatever the values are stored in."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import h5py
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import InMemory, inspection, variable
from weightscope.errors import NoValuesError
from weightscope.inspection.fingerprint import Fingerprint
from weightscope.measure.fingerprint import fingerprint as module
from weightscope.measure.fingerprint.fingerprint import fingerprint, hash_variable
from weightscope.source.file import inspect_file

VALUES = "ws1:7ce7f3056f3365669d9f348bb9e2e670e54b5b0a23f3e0fc226e76e8c9436288"
NAMES = "ws1:4bae61d692dc1cbadc95f305152a830a2dc237573c067b3e4b79f7c6633053a0"
STRUCTURE = "ws1:b0233a6c63d18d7cf1a8c8412be15f79144933dc3a24440a84201e453a65db56"


def dense(**changes: Any) -> Fingerprint:
    kernel = variable("dense/kernel", (2, 2), values=np.array([[1, 2], [3, 4]], np.float32))
    bias = variable("dense/bias", (2,), values=np.array([0.0, -0.0], np.float32))
    return fingerprint(replace(inspection(kernel, bias), **changes))


def test_the_ids_of_the_contracts_vector() -> None:
    found = dense()
    assert (found.values, found.names, found.structure) == (VALUES, NAMES, STRUCTURE)


def test_ids_do_not_keep_the_values_they_were_taken_of() -> None:
    one = variable("dense/kernel")
    values = weakref.ref(one.values)
    found = fingerprint(inspection(one))
    del one
    gc.collect()
    assert values() is None
    assert [each.info.path for each in found.variables] == ["dense/kernel"]


def test_a_file_without_names_has_the_id_of_its_values_alone() -> None:
    found = dense(has_keras_names=False)
    assert (found.values, found.names, found.structure) == (VALUES, None, None)


def test_the_optimizer_and_states_of_metrics_are_no_part_of_the_ids() -> None:
    metric = variable("mean/total", (), role="metric")
    found = dense(optimizer=(variable("adam/iteration", (), role="optimizer"),))
    whole = inspection(*(variable(one, (2,)) for one in "ab"), metric)
    assert found.values == VALUES
    assert fingerprint(whole).values == fingerprint(inspection(*whole.variables[:2])).values


@given(st.lists(st.integers(0, 5), min_size=0, max_size=4), st.integers(1, 3), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_hash_is_of_little_endian_bytes_in_c_order_however_values_are_read(
    sizes: list[int], chunk: int, is_big: bool, seed: int
) -> None:
    shape = tuple(sizes)
    values = np.random.default_rng(seed).integers(0, 2**32, shape, np.uint32).view(np.float32)
    stored = values.astype(">f4" if is_big else "<f4")
    one = variable("a", shape, values=values)
    chunks = tuple(min(chunk, max(1, size)) for size in shape) or None
    one = replace(one, values=InMemory(np.asfortranarray(stored), chunks))
    head = f"float32\0{','.join(map(str, shape))}\0".encode()
    assert hash_variable(one) == sha256(head + np.ascontiguousarray(values).tobytes()).hexdigest()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64", "int8", "bool", "uint16"])
@pytest.mark.parametrize("layout", [{}, {"chunks": (3, 2), "compression": "gzip"}])
def test_a_hash_is_of_the_stored_bits(dtype: str, layout: dict[str, object], tmp_path: Path) -> None:
    bits = np.arange(7 * 5 * 8, dtype=np.uint8)
    plain = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    values = (bits[:35] % 2 == 1).reshape(7, 5) if dtype == "bool" else np.resize(bits.view(plain), (7, 5))
    with h5py.File(tmp_path / "x.weights.h5", "w") as file:
        stored = values.view("V2") if dtype == "bfloat16" else values
        file.create_dataset("layers/dense/vars/0", data=stored, **layout).attrs["dtype"] = dtype
    (found,) = inspect_file(str(tmp_path / "x.weights.h5")).variables
    assert hash_variable(found) == sha256(f"{dtype}\x007,5\0".encode() + values.tobytes()).hexdigest()


def test_a_not_a_number_is_hashed_by_its_bits() -> None:
    quiet, other = (np.array([bits], np.uint32).view(np.float32) for bits in (0x7FC00000, 0x7FC00001))
    assert hash_variable(variable("a", (1,), values=quiet)) != hash_variable(variable("a", (1,), values=other))


def test_a_weight_without_values_has_no_id() -> None:
    class Nothing(InMemory):
        def read(self, selection: object = (), scratch: object = None) -> Any:
            raise NoValuesError("x", "has no values", "look elsewhere")

    lost = replace(variable("b"), values=Nothing(np.zeros(2)), has_values=False)
    with pytest.raises(NoValuesError):
        fingerprint(inspection(variable("a"), lost))


def test_chunks_that_lie_across_rows_are_read_in_bounded_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(64 * 4096, dtype=np.float32).reshape(64, 4096)
    one = replace(variable("a", values.shape, values=values), values=InMemory(values, (64, 1)))
    whole = hash_variable(one)
    monkeypatch.setattr("weightscope.measure.reading.plain_values._CHUNKED_BYTES", 1 << 12)
    assert module.hash_variable(one) == whole
