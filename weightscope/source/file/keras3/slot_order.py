"""The order of an optimizer's variables: it follows from the optimizer's class and options and from its weights.

Source: `build` of the classes in `keras/src/optimizers`, Keras 3.15.1, and in `tf_keras/src/optimizers` 2.21.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Final

from weightscope.keras_facts.serialized import Config, part, text
from weightscope.source.file.keras3.model_variables import Placed
from weightscope.source.file.keras3.optimizer_map import MULTI, optimizers_of_map

Shape = tuple[int, ...]

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

#: Optimizers around another one, in Keras 3 and 2.
LOSS_SCALE: Final = frozenset({"LossScaleOptimizer", "LossScaleOptimizerV3"})

#: Keras takes a class by its name in any case: `compile("adam")` is stored as that in Keras 2.
_CLASSES: Final = {name.lower(): name for name in (*SLOTS, *LOSS_SCALE, MULTI)}


@dataclass(frozen=True, slots=True)
class _Slot:
    """A variable that the optimizer should have.

    Attributes:
        path: Below the optimizer's name.
        shape: Its shape.
        is_tracked: Whether it is stored in every case. Some are no `add_variable`: Keras 2 does not track those, nor
            Keras 3 in an optimizer inside another.
    """

    path: str
    shape: Shape = ()
    is_tracked: bool = True


def class_of(config: Config) -> str:
    """Returns the class of a serialized optimizer as Keras spells it; empty where the config names none."""
    told = (text(config, "class_name") or "").rpartition(">")[2]
    return _CLASSES.get(told.lower(), told)


def slot_paths(config: Config, weights: Sequence[Placed], shapes: list[Shape], model: str = "") -> list[str] | None:
    """Returns the paths of an optimizer's variables below its name, in stored order.

    Args:
        config: The optimizer as Keras serialized it.
        weights: The variables of the model that it trains.
        shapes: Of what is stored; where they are not those expected, None is returned.
        model: The model's name.
    """
    if any(one.trainable is None for one in weights):
        return None
    trainable = [one for one in weights if one.trainable]
    # it may have been frozen after it was trained
    thawed = [one for one in weights if one.declared is not None and one.declared.trainable]
    for trained in (trainable, thawed, []):  # an optimizer that made no step may have no slots yet
        for slots in (*_candidates(config, trained), *_candidates(config, trained, f"{model}/")):
            if [slot.shape for slot in slots] == shapes:
                return [slot.path for slot in slots]
    return None


def _candidates(config: Config, weights: list[Placed], scope: str = "") -> Iterator[list[_Slot]]:
    """Yields what may be stored: Keras 2 stores no learning rate, and its SGD has momenta whatever its option is.

    Args:
        config: The optimizer as Keras serialized it.
        weights: Those that it trains.
        scope: What their paths began with in the session that trained them.
    """
    own = part(config, "config")
    configs = [config]
    if class_of(config) == "SGD":
        configs.append({**config, "config": {**own, "momentum": 1.0}})
    for one in configs:
        slots = _expected(one, weights, scope)
        for rate, rest in product((True, False), repeat=2) if slots is not None else ():
            yield [slot for slot in slots or () if (rate or slot.path != "learning_rate") and (rest or slot.is_tracked)]


def _expected(config: Config, weights: list[Placed], scope: str) -> list[_Slot] | None:
    """Returns what the optimizer should have, in order; None where its class is unknown."""
    class_name, own = class_of(config), part(config, "config")
    counters = [_Slot("iteration")]
    if not isinstance(own.get("learning_rate"), dict):  # a schedule is no variable
        counters.append(_Slot("learning_rate"))
    if class_name in LOSS_SCALE:
        inner = _inside(part(own, "inner_optimizer"), weights, scope)
        return None if inner is None else [*counters, _Slot("step_counter"), _Slot("dynamic_scale"), *inner]
    if class_name == MULTI:
        trained = optimizers_of_map(config, [f"{scope}{_path(weight)}" for weight in weights])
        if trained is None or any(class_of(one) == MULTI for one, _ in trained):
            return None
        parts = [_inside(one, [weights[place] for place in places], scope) for one, places in trained]
        return None if None in parts else [*counters, *chain.from_iterable(filter(None, parts))]
    if class_name not in SLOTS or own.get("exclude_layers"):
        return None
    slots = [
        _slot(word.partition("?")[0], class_name, weight)
        for words in (*_FIRST, *SLOTS[class_name])
        for weight in weights
        for word in words.split()
        if _kept(word.partition("?")[2], own, weight)
    ]
    return counters + slots + [_Slot(word, is_tracked=False) for word in _LAST.get(class_name, ())]


def _inside(config: Config, weights: list[Placed], scope: str) -> list[_Slot] | None:
    """Returns what an optimizer inside another one should have, below its own name; None where Keras takes none such.

    Keras refuses loss scaling inside another optimizer, and a MultiOptimizer inside a MultiOptimizer.
    """
    slots = None if class_of(config) in LOSS_SCALE else _expected(config, weights, scope)
    if slots is None:
        return None
    name = optimizer_name(config) or "inner_optimizer"
    return [_Slot(f"{name}/{slot.path}", slot.shape, slot.is_tracked) for slot in slots]


def optimizer_name(config: Config) -> str | None:
    """Returns the name of a serialized optimizer; None where the config has none."""
    return text(part(config, "config"), "name") or (text(config, "class_name") or "").rpartition(">")[2].lower() or None


def _kept(option: str, own: Config, weight: Placed) -> bool:
    if option == "adam":  # Muon hands what is no matrix, and embeddings, to Adam
        embedding = bool(own.get("exclude_embeddings", True)) and "embedding" in weight.layer.lower()
        return len(weight.dataset.shape) != 2 or embedding
    return not option or bool(own.get(option))


def _path(weight: Placed) -> str:
    return f"{weight.layer}/{weight.name}" if weight.layer else weight.name


def _slot(word: str, class_name: str, weight: Placed) -> _Slot:
    path = f"{_path(weight)}/{word}"
    shape = weight.dataset.shape
    if class_name == "Adafactor" and word in ("r", "c"):
        # rows and columns of the last two axes; a placeholder for what has no two
        if len(shape) < 2:
            return _Slot(path, is_tracked=False)
        return _Slot(path, shape[:-1] if word == "r" else (*shape[:-2], shape[-1]))
    return _Slot(path, shape)
