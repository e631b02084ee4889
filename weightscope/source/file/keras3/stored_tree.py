"""Reads everything that weights files of Keras 3 hold, without giving it a meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from weightscope.inspection import Variable, VariableInfo
from weightscope.inspection.stored_tree import StoredBytes, StoredTree
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.hdf5.hdf5_file import Hdf5Root, open_hdf5
from weightscope.source.file.keras3.weight_store import read_weight_store


def read_tree(weights: Iterable[Hdf5Root], files: Mapping[str, StoredBytes] | None = None) -> StoredTree:
    """Returns all groups and arrays of weights files, and the files beside them.

    Args:
        weights: The weights file, or its shards.
        files: The other files of the model.

    Raises:
        FileError: A file is damaged or hostile.
    """
    groups: dict[str, str | None] = {}
    arrays: dict[str, Variable] = {}
    optimizers: dict[str, None] = {}
    for root in weights:
        with open_hdf5(root) as file:
            for group in file.groups:
                groups[group] = file.text(group, "name") or groups.get(group)
            arrays.update((path, _variable(path, dataset)) for path, dataset in file.datasets.items())
            optimizers.update(dict.fromkeys(read_weight_store([file]).optimizers()))
    return StoredTree(groups, arrays, tuple(optimizers), files or {})


def _variable(path: str, dataset: Dataset) -> Variable:
    group, _, name = path.rpartition("/")
    info = VariableInfo(path, name, group, None, "weight", dataset.shape, dataset.dtype, None, dataset.path)
    return Variable(info, dataset)
