"""The variables of a Keras 3 weights file by their owner: `layers/dense/vars/0` is `0` of `layers/dense`."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field

from weightscope.keras_facts.other_layers import STORED_AGAIN
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.hdf5.hdf5_file import Hdf5
from weightscope.source.natural_order import natural_key

#: Groups of the root that are no layers of the model.
OPTIMIZER = "optimizer"
METRICS = frozenset({"metrics", "_metrics", "compiled_metrics", "_compile_metrics"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A variable as it is stored.

    Attributes:
        key: What its owner stores it under: a number, or a name of a custom layer's choice.
        dataset: Shape, dtype and values.
    """

    key: str
    dataset: Dataset


@dataclass(slots=True)
class WeightStore:
    """What a weights file holds.

    Attributes:
        groups: Every group.
        variables: The stored variables by the path of their owner, numbers in order.
        owners: The groups that own a `vars` group, hence are saved objects and no mere containers, in natural
            order.
        name_of: The object's own name, where the file tells it (Keras 3.6 and later).
        outside: Paths of datasets that lie in no `vars` group.
    """

    groups: set[str] = field(default_factory=set)
    variables: dict[str, list[Stored]] = field(default_factory=dict)
    owners: list[str] = field(default_factory=list)
    name_of: Callable[[str], str | None] = lambda _: None
    outside: list[str] = field(default_factory=list)

    def add(self, file: Hdf5) -> None:
        """Adds what a file, or one more shard, holds."""
        self.groups.update(file.groups)
        owners = dict.fromkeys(self.owners)
        owners.update(dict.fromkeys(_owner(path) for path in file.groups if path == "vars" or path.endswith("/vars")))
        for path, dataset in file.datasets.items():
            head, inside, key = f"/{path}".rpartition("/vars/")
            if inside:
                self.variables.setdefault(head[1:], []).append(Stored(key, dataset))
                owners.setdefault(head[1:])
            else:
                self.outside.append(dataset.path)
        for owner in [owner for owner in self.variables if self._is_stored_again(owner)]:
            del self.variables[owner], owners[owner]
        for stored in self.variables.values():
            stored.sort(key=lambda one: natural_key(one.key))
        self.owners = sorted(owners, key=_path_key)
        self.name_of = _names_in(file, self.name_of)

    def _is_stored_again(self, owner: str) -> bool:
        """Whether a group holds once more what the group above it holds."""
        above, _, attribute = owner.rpartition("/")
        keys = {one.key for one in self.variables[owner]}
        return attribute in STORED_AGAIN and keys == {one.key for one in self.variables.get(above, [])}

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


def is_inside(path: str, groups: Container[str]) -> bool:
    """Whether a path is one of these groups, or leads into one."""
    while path:
        if path in groups:
            return True
        path = path.rpartition("/")[0]
    return False


def _is_counter(dataset: Dataset) -> bool:
    return dataset.shape == () and dataset.dtype.startswith("int")


def _owner(path: str) -> str:
    return path[: -len("/vars")] if path != "vars" else ""


def _path_key(path: str) -> list[str]:
    return [natural_key(part) for part in path.split("/")]


def _names_in(file: Hdf5, before: Callable[[str], str | None]) -> Callable[[str], str | None]:
    def name_of(owner: str) -> str | None:
        group = f"{owner}/vars" if owner else "vars"
        found = file.text(group, "name") if group in file.groups else None
        return before(owner) if found is None else found

    return name_of
