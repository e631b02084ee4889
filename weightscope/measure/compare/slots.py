"""Pairs the variables of two models' optimizers by weight and purpose, such as the momentum of a kernel."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from weightscope.inspection import Variable
from weightscope.keras_facts.optimizers import AVERAGE, CURRENT_NAMES
from weightscope.measure.compare.unpaired import Unpaired

_COUNTER = re.compile(r"_\d+$")

#: The prefix that Keras 2 puts before the optimizer's name.
_SCOPE = "training"

#: The longest path, in parts, that is searched for the path of a weight; those of Keras are shorter.
_MOST_PARTS = 16

#: The parts of a weight's path that Keras 2 keeps: it drops those of the models around the layer.
_KEPT_PARTS = (2, 3)


@dataclass(frozen=True, slots=True)
class Slot:
    """The weight and purpose of an optimizer's variable.

    Attributes:
        weight: The path of its weight; None for a variable without a weight, such as the number of steps.
        words: The rest of its path without the optimizer's own name: `momentum`, or `adam`, `momentum` for an
            optimizer inside another one.
    """

    weight: str | None
    words: tuple[str, ...]


class Slots:
    """Finds the weight and purpose of an optimizer's variables, for all forms of their paths.

    `adam/dense/kernel/momentum`, `adam_1/dense/kernel/momentum`, `Adam/m/dense/kernel` and
    `training/Adam/dense/kernel/m` are the same.
    """

    def __init__(self, weights: Mapping[str, str]) -> None:
        """Takes the paths of a model's weights, each with the path to use for the weight."""
        ends = Counter(end for path in weights for end in _ends(path))
        self._weights = {end: known for path, known in weights.items() for end in _ends(path) if ends[end] == 1}
        self._weights |= weights

    @classmethod
    def of(cls, optimizer: Sequence[Variable], weights: Sequence[Variable], paths: Mapping[int, str]) -> Slots:
        """Returns the slots of an optimizer's variables.

        Args:
            optimizer: The optimizer's variables; without any, the weights are not read.
            weights: The weights of the model.
            paths: The path to use for a weight, by its `id`; a weight without an entry keeps its own path.
        """
        known = ((one.info.path, paths.get(id(one), one.info.path)) for one in weights if optimizer)
        return cls(dict(known))

    def slot(self, variable: Variable) -> Slot:
        """Returns the weight and purpose of a variable."""
        parts = variable.info.path.split("/")
        own = {_SCOPE, _plain(variable.info.layer).lower()}
        start, end = self._weight_within(parts)
        before = [_plain(part) for part in parts[:start] if _plain(part).lower() not in own]
        weight = self._weights["/".join(parts[start:end])] if end > start else None
        return Slot(weight, tuple(CURRENT_NAMES.get(word, word) for word in (*before, *parts[end:])))

    def averages(self, optimizer: Iterable[Variable]) -> dict[str, Variable]:
        """Returns the moving averages in an optimizer, by the path used for their weights."""
        slots = ((self.slot(one), one) for one in optimizer)
        return {
            slot.weight: one for slot, one in slots if slot.weight is not None and slot.words[-1:] == (AVERAGE.name,)
        }

    def _weight_within(self, parts: list[str]) -> tuple[int, int]:
        """Returns where the longest path of a weight begins and ends; without one, both are the end."""
        count = len(parts) if len(parts) <= _MOST_PARTS else 0
        for length in range(count, 0, -1):
            for start in range(count - length + 1):
                if "/".join(parts[start : start + length]) in self._weights:
                    return start, start + length
        return len(parts), len(parts)


def pair_slots(a: Sequence[Variable], b: Sequence[Variable], slots: tuple[Slots, Slots]) -> Unpaired[Variable]:
    """Pairs the variables of the optimizers of A and B: by weight and purpose, then by place in the file, then by path.

    An optimizer's own name is ignored, unless one of the models has several optimizers, or their classes are known to
    differ.

    Args:
        a: The variables of A's optimizers.
        b: The variables of B's optimizers.
        slots: The slots of A and of B, which use the same path for paired weights.
    """
    rest = Unpaired(list(a), list(b))
    is_one = all(len({one.info.layer for one in side}) <= 1 for side in (a, b))
    classes = {_class(one) for one in (*a, *b)} - {None}
    sides = {id(one): its for its, side in zip(slots, (a, b), strict=True) for one in side}

    def key(one: Variable) -> Hashable:
        optimizer = None if is_one and len(classes) <= 1 else (_plain(one.info.layer), _class(one))
        return optimizer, sides[id(one)].slot(one)

    rest.pair(key)
    rest.pair(lambda one: None if one.info.stored_at is None else (one.info.stored_at, one.info.shape))
    rest.pair(lambda one: one.info.path)
    return rest


def _class(variable: Variable) -> str | None:
    name = variable.info.layer_class
    return None if name is None else name.rpartition(">")[2].lower()


def _ends(path: str) -> list[str]:
    """Returns the shorter names that Keras 2 may use for a weight."""
    parts = path.rsplit("/", max(_KEPT_PARTS))
    return ["/".join(parts[-count:]) for count in _KEPT_PARTS if count < len(parts)]


def _plain(name: str) -> str:
    """Returns the name without the number that Keras appends to make it unique."""
    return _COUNTER.sub("", name)
