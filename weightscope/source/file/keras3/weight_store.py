"""The variables of a Keras 3 weights file by their owner: `layers/dense/vars/0` is `0` of `layers/dense`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Set
from dataclasses import dataclass

from weightscope.keras_facts.group_names import repeats_inner_weight
from weightscope.keras_facts.other_layers import STORED_AGAIN
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.hdf5.hdf5_file import Hdf5
from weightscope.source.natural_order import natural_key

#: Groups of the root that are no layers of the model.
OPTIMIZER = "optimizer"
METRICS = frozenset({"metrics", "_metrics", "compiled_metrics", "_compile_metrics"})


@dataclass(frozen=True, slots=True)
class StoredVariable:
    """A variable as it is stored.

    Attributes:
        key: What its owner stores it under: a number, or a name of a custom layer's choice.
        dataset: Shape, dtype and values.
    """

    key: str
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class WeightStore:
    """What a weights file holds, or several of them together.

    Attributes:
        groups: Every group.
        variables: The stored variables by the path of their owner, numbers in order.
        owners: The groups with a `vars` group, which are saved objects and not mere containers, in natural
            order.
        outside: Paths of datasets that lie in no `vars` group.
        names: The names of saved objects by their group, as far as they were read: Keras 3.6 and later store them.
    """

    groups: Set[str]
    variables: Mapping[str, list[StoredVariable]]
    owners: list[str]
    outside: list[str]
    names: Mapping[str, str]

    def optimizers(self) -> list[str]:
        """Returns the groups of optimizers: the model's, those of models inside it, and attributes of its own.

        An optimizer counts its steps first, in whole numbers. What is inside another one is stored with that one.
        """
        found: dict[str, None] = {}
        for owner in self.owners:
            stored = self.variables.get(owner)
            is_named = OPTIMIZER in owner.rpartition("/")[2]
            is_one = owner == OPTIMIZER or (is_named and stored and _is_counter(stored[0].dataset))
            if stored and is_one and not is_inside(owner.rpartition("/")[0], found):
                found[owner] = None
        return list(found)

    def holders(self) -> dict[str, str]:
        """Returns every group that owns a variable, or has one below it, and the name it has in the file."""
        found: dict[str, str] = {}
        for owner, stored in self.variables.items():
            group = owner
            while group and group not in found:
                found[group] = stored[0].dataset.path[: len(group)]
                group = group.rpartition("/")[0]
        return found

    def is_copy(self, owner: str, stored: StoredVariable) -> bool:
        """Whether a wrapper's variable is the first one of the layer inside it, by names of groups and by shapes."""
        inside = self.variables.get(f"{owner}/layer")
        if not inside or not repeats_inner_weight(owner.rpartition("/")[2]) or stored is not self.variables[owner][0]:
            return False
        own, other = stored.dataset, inside[0].dataset
        return (own.shape, own.dtype) == (other.shape, other.dtype)


def read_weight_store(files: Iterable[Hdf5], *, with_names: bool = False) -> WeightStore:
    """Returns what weights files hold together.

    Args:
        files: Each is open until the next one is asked for.
        with_names: Whether the names of all objects are read, which takes as long as listing them.
    """
    groups: set[str] = set()
    owners: dict[str, None] = {}
    variables: dict[str, list[StoredVariable]] = {}
    outside: list[str] = []
    names: dict[str, str] = {}
    for file in files:
        groups.update(file.groups)
        found = [_owner(path) for path in file.groups if path == "vars" or path.endswith("/vars")]
        owners.update(dict.fromkeys(found))
        if with_names:
            names.update(read_names(file, found))
        for path, dataset in file.datasets.items():
            head, inside, key = f"/{path}".rpartition("/vars/")
            if inside:
                variables.setdefault(head[1:], []).append(StoredVariable(key, dataset))
                owners.setdefault(head[1:])
            else:
                outside.append(dataset.path)
    for owner in [owner for owner in variables if _is_stored_again(owner, variables)]:
        del variables[owner], owners[owner]
    for stored in variables.values():
        stored.sort(key=lambda one: natural_key(one.key))
    return WeightStore(groups, variables, sorted(owners, key=_path_key), outside, names)


def read_names(file: Hdf5, owners: Iterable[str]) -> dict[str, str]:
    """Returns the names that a file stores of these saved objects, by their group."""
    groups = {owner: f"{owner}/vars" if owner else "vars" for owner in owners}
    names = {owner: file.text(group, "name") for owner, group in groups.items() if group in file.groups}
    return {owner: name for owner, name in names.items() if name is not None}


def is_inside(path: str, groups: Container[str]) -> bool:
    """Whether a path is one of these groups, or leads into one."""
    while path:
        if path in groups:
            return True
        path = path.rpartition("/")[0]
    return False


def _is_stored_again(owner: str, variables: Mapping[str, list[StoredVariable]]) -> bool:
    """Whether a group holds once more what the group above it holds."""
    above, _, attribute = owner.rpartition("/")
    keys = {one.key for one in variables[owner]}
    return attribute in STORED_AGAIN and keys == {one.key for one in variables.get(above, [])}


def _is_counter(dataset: Dataset) -> bool:
    return dataset.shape == () and dataset.dtype.startswith("int")


def _owner(path: str) -> str:
    return path[: -len("/vars")] if path != "vars" else ""


def _path_key(path: str) -> list[str]:
    return [natural_key(part) for part in path.split("/")]
