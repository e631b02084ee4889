"""The optimizer of a legacy file: its variables are named after the weights' names in that session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from weightscope.inspection import Variable
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.keras_facts.serialized import Config, part, text
from weightscope.source.file.checkpoint.graph_optimizer import TrainedWeight, Weights
from weightscope.source.file.keras3.model_variables import Placed
from weightscope.source.file.keras3.optimizer import StoredOptimizer, listed_slots
from weightscope.source.file.keras3.slot_order import is_loss_scale, optimizer_name, slot_paths
from weightscope.source.file.keras3.weight_store import OPTIMIZER
from weightscope.source.file.legacy.legacy_names import LegacyWeight

#: How far inside a name the optimizer's own may stand: Keras 2 writes `training/Adam/dense/kernel/m`.
_MOST_SCOPES = 3


def legacy_optimizer(training: Config) -> StoredOptimizer:
    """Returns the optimizer in a training config; for Keras 2's loss scaling the inner one, which is stored."""
    config = part(training, "optimizer_config")
    own = part(config, "config")
    if is_loss_scale(config) and text(own, "name") is None:
        config = part(own, "inner_optimizer")
    return StoredOptimizer("", optimizer_name(config) or OPTIMIZER, config)


def legacy_optimizer_variables(
    optimizer: StoredOptimizer,
    stored: Sequence[LegacyWeight],
    weights: Sequence[LegacyWeight],
    placed: Sequence[Placed],
) -> tuple[Variable, ...]:
    """Returns the optimizer's variables: each named after its weight, or by its name in the file.

    Args:
        optimizer: The optimizer.
        stored: Its variables, as the file lists them.
        weights: The model's variables, as the file lists them.
        placed: The model's variables at their places.
    """
    names = [_below(one.plain_name, optimizer.name) for one in stored]
    paths = slot_paths(optimizer.config, placed, [one.dataset.shape for one in stored])
    if paths is None or not all(map(_is_slot, names, paths)):
        known = _weights(weights, placed)
        paths = [known.slot_path(name) or name for name in names]
    datasets = (one.dataset for one in stored)
    return tuple(listed_slots(optimizer.name, None, zip(paths, datasets, strict=True), UniquePaths()))


def _weights(weights: Sequence[LegacyWeight], placed: Sequence[Placed]) -> Weights:
    """Returns the paths of the weights by their names in the file, where a name is that of one weight."""
    paths = {one.dataset.path: f"{one.layer}/{one.name}" if one.layer else one.name for one in placed}
    times = Counter(one.plain_name for one in weights)
    return Weights(
        TrainedWeight(-1, one.plain_name, paths[one.dataset.path])
        for one in weights
        if times[one.plain_name] == 1 and one.dataset.path in paths
    )


def _below(name: str, optimizer: str) -> str:
    """Returns the name without the optimizer's own, and the scopes that it was made in."""
    parts = name.split("/")
    for place, scope in enumerate(parts[:_MOST_SCOPES]):
        if scope.lower() == optimizer.lower() and place + 1 < len(parts):
            return "/".join(parts[place + 1 :])
    return name


def _is_slot(name: str, path: str) -> bool:
    """Whether a name of Keras 3, such as `sequential_dense_kernel_momentum`, is `dense/kernel/momentum`."""
    return name.replace("/", "_").endswith("_".join(path.split("/")[-2:]))
