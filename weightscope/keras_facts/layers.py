"""Looks up the facts about a layer class, about a weight, and about the variables of a layer with a given config."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from functools import cache
from typing import Final

from weightscope.keras_facts.families import FAMILIES
from weightscope.keras_facts.records import LayerFacts, Weight
from weightscope.keras_facts.serialized import Config, part

#: Every layer class of Keras 1 to 3, by name.
LAYERS: Final[dict[str, LayerFacts]] = {facts.name: facts for family in FAMILIES for facts in family.LAYERS}

#: The names of a weight that a wrapper may hold once more: the first that the wrapped layer owns.
ALIASED: Final = frozenset({"kernel", "embeddings"})


def owned_weights(class_name: str, config: Config) -> tuple[Weight, ...] | None:
    """Returns the variables that a layer owns, in the order of its keys in a file; None for an unknown class.

    Args:
        class_name: Keras' name of the class.
        config: The layer's own config.
    """
    facts = LAYERS.get(class_name)
    if facts is None:
        return None
    mode, has_blocks = _quantization(config)
    weights = facts.weights if mode is None else facts.quantized.get(mode, facts.weights)
    if has_blocks:
        config = {**config, "block": True, "reverse_block": not config.get("tie_weights", True)}
    owned = tuple(weight for weight in weights if weight.is_owned(config))
    if facts.lora is None or not config.get("lora_rank"):
        return owned
    of = facts.lora.of
    return (*(replace(one, frozen=True) if one.name == of else one for one in owned), *facts.lora.factors)


def _quantization(config: Config) -> tuple[str | None, bool]:
    """Returns the mode of a quantized dtype policy, and whether its scales are kept by blocks."""
    mode = part(part(config, "dtype"), "config").get("mode")
    if not isinstance(mode, str):
        return None, False
    name, _, block = mode.partition("/")
    return name, name == "int4" and block.isdigit()


@cache
def weights_named(class_name: str, name: str) -> tuple[Weight, ...]:
    """Returns the facts of a weight by its name: several if options change its axes; none if it is unknown.

    LoRA's factors are among a class's weights; quantized forms are not.
    """
    facts = LAYERS.get(class_name)
    if facts is None:
        return ()
    lora = facts.lora.factors if facts.lora is not None else ()
    return tuple(weight for weight in (*facts.weights, *lora) if weight.name == name)


@cache
def mean_and_variance(class_name: str) -> tuple[Weight, Weight] | None:
    """Returns the mean and the variance of the data that a layer stores; None for a class without them."""
    facts = LAYERS.get(class_name)
    kept = [weight for weight in facts.weights if weight.statistic is not None] if facts is not None else []
    found = {weight.statistic: weight for weight in reversed(kept)}
    return (found["mean"], found["variance"]) if "variance" in found else None


def current_name(class_name: str, name: str) -> str:
    """Returns Keras 3's name of a weight that an earlier version called `name`."""
    facts = LAYERS.get(class_name)
    weights = facts.weights if facts is not None else ()
    return next((weight.name for weight in weights if name in weight.old_names), name)


def current_name_among(name: str, siblings: Set[str]) -> str:
    """Returns Keras 3's name of a weight in a layer of unknown class.

    `depthwise_kernel` is `kernel` in Keras 3's DepthwiseConv2D, and keeps its name beside a `pointwise_kernel`, in a
    SeparableConv2D.

    Args:
        name: The name in the file.
        siblings: The names of all weights of the layer.
    """
    for facts in _RENAMED:
        names = {old: weight.name for weight in facts.weights for old in (weight.name, *weight.old_names)}
        needed = {weight.name for weight in facts.weights if weight.when is None}
        if len(siblings) <= len(names) and names.keys() >= siblings and needed <= {names[one] for one in siblings}:
            return names.get(name, name)
    return name


#: The classes that have a weight with an earlier name.
_RENAMED: Final = tuple(facts for facts in LAYERS.values() if any(weight.old_names for weight in facts.weights))

#: The earlier names of weights.
OLD_NAMES: Final = frozenset(old for facts in _RENAMED for weight in facts.weights for old in weight.old_names)
