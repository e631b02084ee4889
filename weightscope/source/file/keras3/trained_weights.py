"""The weights that an optimizer trained, in its order, with LoRA's factors, which a file does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from weightscope.keras_facts.layers import LAYERS
from weightscope.source.file.keras3.model_variables import Placed

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """A weight that an optimizer trained.

    Attributes:
        layer: The path of its layer.
        name: Its own name.
        shape: Its shape.
    """

    layer: str
    name: str
    shape: Shape

    @property
    def path(self) -> str:
        """Its path."""
        return f"{self.layer}/{self.name}" if self.layer else self.name


def trained_weights(weights: Sequence[Placed], *, is_thawed: bool = False) -> list[Trained]:
    """Returns the weights of a model that its optimizer trains, in the order of `model.trainable_variables`.

    Args:
        weights: The variables of the model.
        is_thawed: Whether layers that are frozen now were trained before.
    """
    return [
        one
        for _, group in groupby(weights, lambda one: id(one.node))
        for one in _of_layer(list(group), is_thawed=is_thawed)
    ]


def _of_layer(weights: Sequence[Placed], *, is_thawed: bool) -> Iterator[Trained]:
    for one in weights:
        declared = one.declared
        was_trained = declared is not None and declared.trainable and not declared.frozen
        if was_trained if is_thawed else one.trainable:
            yield Trained(one.layer, one.name, one.dataset.shape)
    if is_thawed or not weights[0].node.frozen:
        yield from _factors(weights)


def _factors(weights: Sequence[Placed]) -> Iterator[Trained]:
    """Yields the factors of LoRA, whose product has the shape of their weight.

    Source: `enable_lora` of `keras/src/layers/core/dense.py`, and of the other layers that have it, Keras 3.15.1.
    """
    node = weights[0].node
    facts, rank = LAYERS.get(node.class_name or ""), node.config.get("lora_rank")
    if facts is None or facts.lora is None or not isinstance(rank, int) or rank < 1:
        return
    whole = next((one for one in weights if one.name == facts.lora.of), None)
    names = [one.name for one in facts.lora.factors]
    if whole is None or not whole.dataset.shape or any(one.name in names for one in weights):
        return
    shape = whole.dataset.shape
    for name, own in zip(names, ((*shape[:-1], rank), (rank, shape[-1])), strict=True):
        yield Trained(whole.layer, name, own)
