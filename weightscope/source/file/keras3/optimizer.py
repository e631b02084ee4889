"""The optimizers of a file: which groups are theirs, and each variable named after the weight that it belongs to.

A file numbers their variables (see `slot_order`). Besides the optimizer that the model was compiled with there may be
those of models inside it, and those that a model of one's own has as attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from weightscope.inspection import Finding, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.keras_facts.serialized import Config, is_object, part, text
from weightscope.source.file.config.structure import Node
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.keras3.model_variables import Placed
from weightscope.source.file.keras3.slot_order import is_loss_scale, optimizer_name, slot_paths
from weightscope.source.file.keras3.weight_store import OPTIMIZER, WeightStore

#: What Keras calls the optimizer that it puts around another one by itself, for mixed_float16.
#: Source: `Trainer.compile` of `keras/src/trainers/trainer.py`.
_AROUND = "loss_scale_optimizer"

#: Where an optimizer around another one has it: Keras 3, and Keras 2.13.
_INSIDE = ("inner_optimizer", "_optimizer")


@dataclass(frozen=True, slots=True)
class StoredOptimizer:
    """An optimizer of a file.

    Attributes:
        group: The group that holds its variables.
        name: What its variables' paths begin with.
        config: As Keras serialized it; empty where it is unknown.
        model_name: The name of the model that has it.
    """

    group: str
    name: str
    config: Config = field(default_factory=dict)
    model_name: str = ""

    @property
    def model(self) -> str:
        """The group of the model that has it."""
        return self.group.rpartition("/")[0]


def compiled_optimizer(model: Config) -> Config:
    """Returns the optimizer that a serialized model was compiled with; empty where there is none."""
    return serialized_optimizer(part(model, "compile_config").get("optimizer"))


def serialized_optimizer(declared: object) -> Config:
    """Returns a serialized optimizer, which `compile` may have been given as a name."""
    if isinstance(declared, str):
        return {"class_name": declared, "config": {}}
    return declared if isinstance(declared, dict) and is_object(declared) else {}


def optimizer_names(optimizers: Iterable[StoredOptimizer], config: Config | None = None) -> str | None:
    """Returns the names of optimizers, and of those inside them, joined with commas; None for none.

    Args:
        optimizers: Those of the file.
        config: The one that the model was compiled with, for a file that holds none.
    """
    compiled = StoredOptimizer(OPTIMIZER, optimizer_name(config or {}) or "", config or {})
    names = []
    for one in list(optimizers) or [compiled]:
        names += [one.name, optimizer_name(part(part(one.config, "config"), "inner_optimizer"))]
    return ", ".join(name for name in names if name) or None


def find_optimizers(store: WeightStore, root: Node) -> list[StoredOptimizer]:
    """Returns the optimizers of a file, the model's own first."""
    groups = store.optimizers()
    models = _models(root, {group.rpartition("/")[0] for group in groups})
    found = []
    for group in sorted(groups, key=lambda one: one.count("/")):
        model, _, attribute = group.rpartition("/")
        node, path = models.get(model, (None, model))
        config = serialized_optimizer(node.optimizer) if node is not None and attribute == OPTIMIZER else {}
        config = _as_stored(config, group, store)
        declared = optimizer_name(config) or store.names.get(group) if attribute == OPTIMIZER else None
        name = declared or attribute
        model_name = node.name if node is not None else ""
        found.append(StoredOptimizer(group, f"{path}/{name}" if path else name, config, model_name))
    return found


def _models(root: Node, groups: set[str]) -> dict[str, tuple[Node, str]]:
    """Returns the models in these groups, each with its path."""
    found: dict[str, tuple[Node, str]] = {}
    stack = [(root, "")]
    seen: set[int] = set()
    while stack and groups:
        node, path = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.group in groups:
            found.setdefault(node.group, (node, path))
        stack += [(child, f"{path}/{child.name}" if path else child.name) for child in reversed(node.children)]
    return found


def _as_stored(config: Config, group: str, store: WeightStore) -> Config:
    """Returns the config of the optimizer that a group holds: `compile` puts another one around it for mixed_float16.

    Keras 2 stores of the outer one what the inner one has, and nothing more.
    """
    inside = next((own for name in _INSIDE if (own := store.variables.get(f"{group}/{name}"))), None)
    if not config or inside is None:
        return config
    is_around = is_loss_scale(config)
    has_own = len(store.variables[group]) > len(inside)
    if is_around and not has_own:
        return part(part(config, "config"), "inner_optimizer")
    if has_own and not is_around:
        return {"class_name": "LossScaleOptimizer", "config": {"name": _AROUND, "inner_optimizer": config}}
    return config


def optimizer_bytes(store: WeightStore) -> int | None:
    """Returns the bytes of the optimizers' variables; None where the file has none."""
    groups = store.optimizers()
    return sum(one.dataset.bytes for group in groups for one in store.variables[group]) if groups else None


def optimizer_variables(
    store: WeightStore, optimizers: Sequence[StoredOptimizer], placed: Sequence[Placed]
) -> tuple[tuple[Variable, ...], tuple[Finding, ...]]:
    """Returns the optimizers' variables in stored order, and a note on each whose variables have no known names."""
    unique = UniquePaths()
    weights = _weights_of_models(placed, {one.model for one in optimizers if one.config})
    found: list[Variable] = []
    notes = []
    for one in optimizers:
        stored = store.variables[one.group]
        datasets = [its.dataset for its in stored]
        paths = slot_paths(one.config, weights.get(one.model, []), [its.shape for its in datasets], one.model_name)
        if paths is None:
            paths = [its.key for its in stored]
            message = (
                f"{one.name}: what its variables are does not follow from its class and the weights: shown by number"
            )
            notes.append(Finding("optimizer-slots-unknown", "note", message))
        class_name = text(one.config, "class_name")
        found += listed_slots(one.name, class_name, zip(paths, datasets, strict=True), unique)
    return tuple(found), tuple(notes)


def _weights_of_models(placed: Sequence[Placed], models: set[str]) -> dict[str, list[Placed]]:
    """Returns the weights inside each of the models in these groups."""
    found: dict[str, list[Placed]] = {}
    for one in placed:
        group = one.node.group if one.role == "weight" and models else None
        while group is not None:
            if group in models:
                found.setdefault(group, []).append(one)
            group = group.rpartition("/")[0] if group else None
    return found


def listed_slots(
    optimizer: str, class_name: str | None, slots: Iterable[tuple[str, Dataset]], unique: UniquePaths
) -> list[Variable]:
    """Returns an optimizer's variables as records.

    Args:
        optimizer: Its name.
        class_name: Its class, where that is known.
        slots: The path of each below the optimizer's name, and where its values are.
        unique: Makes paths unique.
    """
    return [
        Variable(
            VariableInfo(
                path=unique(f"{optimizer}/{path}"),
                name=path.rpartition("/")[2],
                layer=optimizer,
                layer_class=class_name,
                role="optimizer",
                shape=dataset.shape,
                dtype=dataset.dtype,
                trainable=False,
                stored_at=dataset.path,
            ),
            dataset,
        )
        for path, dataset in slots
    ]


def loss_names(loss: object) -> str | None:
    """Returns the name of a serialized loss, or those of several, joined with commas; None for none."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, dict) and "class_name" in loss:
        own = loss.get("config")
        return own if isinstance(own, str) else text(own, "name") or text(loss, "class_name")
    several = list(loss.values()) if isinstance(loss, dict) else loss
    if not isinstance(several, list):
        return None
    names = [name for one in several if (name := loss_names(one) if not isinstance(one, list) else None)]
    return ", ".join(dict.fromkeys(names)) or None
