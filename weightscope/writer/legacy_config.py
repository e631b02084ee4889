"""The config of a legacy `.h5` model as the files of a `.keras` model."""

from __future__ import annotations

from weightscope.inspection import Inspection
from weightscope.inspection.stored_tree import StoredBytes


def legacy_files(inspection: Inspection) -> dict[str, StoredBytes]:
    """Returns `config.json` and `metadata.json` of the model."""
    raise NotImplementedError
