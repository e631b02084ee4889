"""An optimizer's variables, each named after the weight that it belongs to.

A file numbers them; their order follows from the optimizer's class and options and from the trainable
variables.
Source: `build` of the classes in `keras/src/optimizers`, Keras 3.15.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from weightscope.inspection import Note, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.keras_facts.serialized import Config, is_object, part, text
from weightscope.source.file.hdf5.dataset import Dataset
from weightscope.source.file.keras3.model_variables import OPTIMIZER, Placed
from weightscope.source.file.keras3.weight_store import WeightStore

#: What an optimizer keeps for each weight. One string is one pass over the weights, its words are kept side
#: by side; `word?option` is kept if the option is set.
SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "SGD": ("momentum?momentum",),
    "RMSprop": ("velocity", "momentum?momentum", "average_gradient?centered"),
    "Adam": ("momentum velocity", "velocity_hat?amsgrad"),
    "AdamW": ("momentum velocity", "velocity_hat?amsgrad"),
    "Adadelta": ("accumulated_grad accumulated_delta_var",),
    "Adagrad": ("accumulator",),
    "Adamax": ("momentum norm",),
    "Adafactor": ("r c velocity",),
    "Nadam": ("momentum velocity",),
    "Ftrl": ("accumulator linear",),
    "Lion": ("momentum",),
    "Lamb": ("momentum velocity",),
    "Muon": ("momentum velocity?adam",),
    "ScheduleFreeAdamW": ("momentum velocity",),
}

#: What every optimizer may keep before its own slots.
_FIRST = ("average?use_ema", "gradient_accumulator?gradient_accumulation_steps")

#: What stands after the slots.
_LAST: Final[dict[str, tuple[str, ...]]] = {"Nadam": ("u_product",)}

_LOSS_SCALE = "LossScaleOptimizer"

#: Keras takes a class by its name in any case: `compile("adam")` is stored as that in Keras 2.
_CLASSES: Final = {name.lower(): name for name in SLOTS}


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a model was compiled with.

    Attributes:
        optimizer: Its name.
        loss: Losses, joined with commas.
        config: The optimizer as Keras serialized it; empty where it is unknown.
    """

    optimizer: str | None = None
    loss: str | None = None
    config: Config = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A variable that the optimizer should have: its path below the optimizer's name, and its shape."""

    path: str
    shape: tuple[int, ...] = ()


def compiled_with(model: Config) -> Compiled:
    """Returns what the config of a whole model says of how it was compiled."""
    compile_config = part(model, "compile_config")
    told = compile_config.get("optimizer")
    if isinstance(told, str):
        told = {"class_name": told, "config": {}}
    config = told if isinstance(told, dict) and is_object(told) else {}
    name = text(config.get("config"), "name") or (text(config, "class_name") or "").lower() or None
    return Compiled(name, loss_names(compile_config.get("loss")), config)


def optimizer_bytes(store: WeightStore) -> int | None:
    """Returns the bytes of the optimizer's variables; None where the file has none."""
    stored = store.variables.get(OPTIMIZER)
    return None if stored is None else sum(one.dataset.bytes for one in stored)


def optimizer_variables(
    store: WeightStore, compiled: Compiled, placed: list[Placed]
) -> tuple[tuple[Variable, ...], tuple[Note, ...]]:
    """Returns the optimizer's variables in stored order, and a note where their names could not be told."""
    stored = store.variables.get(OPTIMIZER, [])
    if not stored:
        return (), ()
    name, class_name = compiled.optimizer or OPTIMIZER, text(compiled.config, "class_name")
    datasets = [one.dataset for one in stored]
    paths = slot_paths(compiled.config, placed, [one.shape for one in datasets])
    if paths is not None:
        return listed_slots(name, class_name, zip(paths, datasets, strict=True)), ()
    message = "its optimizer's variables do not follow from class and weights: shown by number"
    note = Note("optimizer-slots-unknown", "note", message)
    return listed_slots(name, class_name, ((one.key, one.dataset) for one in stored)), (note,)


def slot_paths(config: Config, placed: list[Placed], shapes: list[tuple[int, ...]]) -> list[str] | None:
    """Returns the paths of an optimizer's variables below its name, in stored order.

    Args:
        config: The optimizer as Keras serialized it.
        placed: The model's variables.
        shapes: Of what is stored; where they are not those expected, None is returned.
    """
    for slots in _candidates(_expected(config, placed)):
        if [slot.shape for slot in slots] == shapes:
            return [slot.path for slot in slots]
    return None


def _candidates(slots: list[_Slot] | None) -> list[list[_Slot]]:
    """Returns what may be stored: all of it, or in a file of Keras 2 all but the learning rate."""
    if slots is None:
        return []
    return [slots, [slot for slot in slots if slot.path != "learning_rate"]]


def _expected(config: Config, placed: list[Placed]) -> list[_Slot] | None:
    """Returns what the optimizer should have, in order; None where its class or its weights are unknown."""
    told = (text(config, "class_name") or "").rpartition(">")[2]
    class_name, own = _CLASSES.get(told.lower(), told), part(config, "config")
    weights = [one for one in placed if one.trainable]
    if any(one.trainable is None for one in placed):
        return None
    counters = [_Slot("iteration")]
    if not isinstance(own.get("learning_rate"), dict):  # a schedule is no variable
        counters.append(_Slot("learning_rate"))
    if class_name == _LOSS_SCALE:
        inner_config = part(own, "inner_optimizer")
        inner = _expected(inner_config, placed)
        if inner is None:
            return None
        inner_name = text(part(inner_config, "config"), "name") or "inner_optimizer"
        scale = [_Slot("step_counter"), _Slot("dynamic_scale")]
        return counters + scale + [_Slot(f"{inner_name}/{slot.path}", slot.shape) for slot in inner]
    if class_name not in SLOTS or own.get("exclude_layers"):
        return None
    slots = [
        _slot(word.partition("?")[0], class_name, weight)
        for words in (*_FIRST, *SLOTS[class_name])
        for weight in weights
        for word in words.split()
        if _kept(word.partition("?")[2], own, weight)
    ]
    return counters + slots + [_Slot(word) for word in _LAST.get(class_name, ())]


def _kept(option: str, own: Config, weight: Placed) -> bool:
    if option == "adam":  # Muon hands what is no matrix, and embeddings, to Adam
        embedding = bool(own.get("exclude_embeddings", True)) and "embedding" in weight.layer.lower()
        return len(weight.dataset.shape) != 2 or embedding
    return not option or bool(own.get(option))


def _slot(word: str, class_name: str, weight: Placed) -> _Slot:
    path = f"{weight.layer}/{weight.name}/{word}" if weight.layer else f"{weight.name}/{word}"
    shape = weight.dataset.shape
    if class_name == "Adafactor" and word in ("r", "c"):
        # rows and columns of the last two axes; a placeholder for what has no two
        if len(shape) < 2:
            return _Slot(path)
        return _Slot(path, shape[:-1] if word == "r" else (*shape[:-2], shape[-1]))
    return _Slot(path, shape)


def listed_slots(optimizer: str, class_name: str | None, slots: Iterable[tuple[str, Dataset]]) -> tuple[Variable, ...]:
    """Returns an optimizer's variables as records.

    Args:
        optimizer: Its name.
        class_name: Its class, where that is known.
        slots: The path of each below the optimizer's name, and where its values are.
    """
    unique = UniquePaths()
    return tuple(
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
    )


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
