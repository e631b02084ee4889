"""Writes a `.keras` file: a zip of config, metadata, assets and the weights file, not compressed as Keras writes it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from weightscope.inspection.stored_tree import StoredBytes
from weightscope.writer.entry import Stream
from weightscope.writer.options import ExportPlan
from weightscope.writer.weights_h5 import weights_h5

_WEIGHTS = "model.weights.h5"
_PIECE_BYTES = 1 << 20


def write_keras(out: BinaryIO, folder: Path, plan: ExportPlan, stream: Stream) -> None:
    """Writes a `.keras` file.

    Args:
        out: The new file.
        folder: The folder of the new file.
        plan: What to write.
        stream: Reads the values.

    Raises:
        OSError: It cannot be written.
    """
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in plan.files.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                for piece in _pieces(content):
                    member.write(piece)
        with archive.open(zipfile.ZipInfo(_WEIGHTS), "w", force_zip64=True) as member:
            for data in weights_h5(folder, plan.groups, plan.entries, stream):
                member.write(data)


def _pieces(content: StoredBytes) -> Iterator[bytes]:
    for start in range(0, content.length, _PIECE_BYTES):
        yield content.read(start, min(_PIECE_BYTES, content.length - start))
