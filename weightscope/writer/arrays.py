"""Writes arrays by name: `.npz` and `.safetensors` files, block by block."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from weightscope.source.file.arrays.export_mark import MARK_KEY, ExportMark
from weightscope.source.file.arrays.safetensors import DTYPES, METADATA
from weightscope.source.file.arrays.signatures import NPY_END, SIZE_BYTES
from weightscope.writer.entry import Entry, Stream

#: The dtypes that each format stores.
NPZ_DTYPES = frozenset(
    {
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    }
)
SAFETENSORS_DTYPES = {name: code for code, (name, _) in DTYPES.items()}

#: Headers end at a multiple of this many bytes, so that values are aligned.
_ALIGNMENT = 8


def write_npz(out: BinaryIO, entries: Sequence[Entry], mark: ExportMark, stream: Stream) -> None:
    """Writes a `.npz` file: a zip of `.npy` files, not compressed."""
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = mark.text().encode()
        for entry in entries:
            member = zipfile.ZipInfo(f"{entry.key}{NPY_END}")  # without the time: the same model, the same bytes
            with archive.open(member, "w", force_zip64=True) as file:
                file.write(_npy_header(entry))
                for data in stream.blocks(entry):
                    file.write(data)


def write_safetensors(out: BinaryIO, entries: Sequence[Entry], mark: ExportMark, stream: Stream) -> None:
    """Writes a `.safetensors` file, its numbers aligned: the widest first."""
    stored = sorted(entries, key=lambda entry: -np.dtype(_numpy_dtype(entry.dtype)).itemsize)
    places, end = {}, 0
    for entry in stored:
        places[entry.key] = [end, end + entry.bytes]
        end += entry.bytes
    header: dict[str, object] = {METADATA: {MARK_KEY: mark.text()}}
    for entry in entries:
        dtype = SAFETENSORS_DTYPES[entry.dtype]
        header[entry.key] = {"dtype": dtype, "shape": list(entry.shape), "data_offsets": places[entry.key]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    out.write(len(text).to_bytes(SIZE_BYTES, "little") + text)
    for entry in stored:
        for data in stream.blocks(entry):
            out.write(data)


def _npy_header(entry: Entry) -> bytes:
    head = io.BytesIO()
    descr = np.dtype(entry.dtype).newbyteorder("<").str
    header = {"descr": descr, "fortran_order": False, "shape": entry.shape}
    np.lib.format.write_array_header_1_0(head, header)
    return head.getvalue()


def _numpy_dtype(dtype: str) -> str:
    return DTYPES[SAFETENSORS_DTYPES[dtype]][1]
