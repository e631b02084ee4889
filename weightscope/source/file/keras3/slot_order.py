"""The order of an optimizer's variables: it follows from the optimizer's class and options and from its weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

from weightscope.keras_facts.optimizers import (
    ITERATION,
    LEARNING_RATE,
    OPTIMIZERS,
    OptimizerFacts,
    SlotFacts,
    is_handed_to_adam,
    optimizer_facts,
    passes_of,
)
from weightscope.keras_facts.serialized import Config, part, text
from weightscope.source.file.keras3.model_variables import Placed
from weightscope.source.file.keras3.optimizer_map import optimizers_of_map
from weightscope.source.file.keras3.trained_weights import Shape, Trained, trained_weights


@dataclass(frozen=True, slots=True)
class _Slot:
    """A variable that the optimizer should have.

    Attributes:
        path: Below the optimizer's name.
        shape: Its shape.
        is_tracked: Whether it is stored in every case, as `SlotFacts` has it.
    """

    path: str
    shape: Shape = ()
    is_tracked: bool = True


def is_loss_scale(config: Config) -> bool:
    """Whether a serialized optimizer scales the loss of another one inside it."""
    facts = _facts_of(config)
    return facts is not None and facts.holds == "scaled"


def _facts_of(config: Config) -> OptimizerFacts | None:
    return optimizer_facts(text(config, "class_name") or "")


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
    # it may have been frozen after it was trained
    trainable, thawed = trained_weights(weights), trained_weights(weights, is_thawed=True)
    for trained in (trainable, thawed, []):  # an optimizer that made no step may have no slots yet
        for slots in (*_candidates(config, trained), *_candidates(config, trained, f"{model}/")):
            if [slot.shape for slot in slots] == shapes:
                return [slot.path for slot in slots]
    return None


def _candidates(config: Config, weights: list[Trained], scope: str = "") -> Iterator[list[_Slot]]:
    """Yields the possible orders: Keras 2 stores no learning rate, and its SGD always has momenta.

    Args:
        config: The optimizer as Keras serialized it.
        weights: Those that it trains.
        scope: What their paths began with in the session that trained them.
    """
    own = part(config, "config")
    configs = [config]
    if _facts_of(config) is OPTIMIZERS["SGD"]:
        configs.append({**config, "config": {**own, "momentum": 1.0}})
    for one in configs:
        slots = _expected(one, weights, scope)
        for rate, rest in product((True, False), repeat=2) if slots is not None else ():
            yield [
                slot for slot in slots or () if (rate or slot.path != LEARNING_RATE.name) and (rest or slot.is_tracked)
            ]


def _expected(config: Config, weights: list[Trained], scope: str) -> list[_Slot] | None:
    """Returns what the optimizer should have, in order; None where its class is unknown."""
    facts, own = _facts_of(config), part(config, "config")
    if facts is None or own.get("exclude_layers"):  # the names of layers that Muon hands to Adam
        return None
    is_scheduled = isinstance(own.get(LEARNING_RATE.name), dict)  # a schedule is no variable
    counters = [_number(one) for one in ((ITERATION,) if is_scheduled else (ITERATION, LEARNING_RATE))]
    numbers = [_number(one) for one in facts.numbers]
    if facts.holds is None:
        return [*counters, *_slots(facts, own, weights), *numbers]
    if facts.holds == "scaled":
        inner = _inside(part(own, "inner_optimizer"), weights, scope)
    else:
        inner = _several(config, weights, scope)
    return None if inner is None else [*counters, *numbers, *inner]


def _several(config: Config, weights: list[Trained], scope: str) -> list[_Slot] | None:
    trained = optimizers_of_map(config, [f"{scope}{weight.path}" for weight in weights])
    if trained is None or any(_facts_of(one) is _facts_of(config) for one, _ in trained):
        return None
    parts = [_inside(one, [weights[place] for place in places], scope) for one, places in trained]
    return None if None in parts else list(chain.from_iterable(filter(None, parts)))


def _slots(facts: OptimizerFacts, own: Config, weights: list[Trained]) -> Iterator[_Slot]:
    """Yields what the optimizer keeps for each weight."""
    for slots in passes_of(facts, own):
        for weight in weights:
            shape = weight.shape
            for slot in slots:
                if not slot.for_adam or is_handed_to_adam(own, weight.layer, shape):
                    kept = slot.shape_for(shape)
                    yield _Slot(f"{weight.path}/{slot.name}", kept or (), slot.is_tracked and kept is not None)


def _number(facts: SlotFacts) -> _Slot:
    return _Slot(facts.name, is_tracked=facts.is_tracked)


def _inside(config: Config, weights: list[Trained], scope: str) -> list[_Slot] | None:
    """Returns what an optimizer inside another one should have, below its own name; None where Keras takes none such.

    Keras refuses loss scaling inside another optimizer, and a MultiOptimizer inside a MultiOptimizer.
    """
    slots = None if is_loss_scale(config) else _expected(config, weights, scope)
    if slots is None:
        return None
    name = optimizer_name(config) or "inner_optimizer"
    return [_Slot(f"{name}/{slot.path}", slot.shape, slot.is_tracked) for slot in slots]


def optimizer_name(config: Config) -> str | None:
    """Returns the name of a serialized optimizer; None where the config has none."""
    return text(part(config, "config"), "name") or (text(config, "class_name") or "").rpartition(">")[2].lower() or None
