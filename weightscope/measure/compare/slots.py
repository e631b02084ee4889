"""Pairs the variables of two models' optimizers: by the weight that they belong to, and what they are for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from weightscope.inspection import Variable
from weightscope.keras_facts.optimizers import AVERAGE, CURRENT_NAMES
from weightscope.measure.compare.unpaired import Unpaired

_COUNTER = re.compile(r"_\d+$")

#: What Keras 2 puts before the optimizer's name.
_SCOPE = "training"

#: Longer paths than any of Keras are not searched for the path of a weight.
_MOST_PARTS = 16

#: How many parts Keras 2 leaves of a weight's path: those of the models around its layer are missing.
_KEPT_PARTS = (2, 3)


@dataclass(frozen=True, slots=True)
class Slot:
    """What an optimizer's variable is for.

    Attributes:
        weight: The path of its weight; None where it is for no weight, as the number of steps is.
        words: The rest of its path without the optimizer's own name: `momentum`, or `adam`, `momentum` where one
            optimizer is inside another.
    """

    weight: str | None
    words: tuple[str, ...]


class Slots:
    """Finds out what an optimizer's variables are for, whichever way their paths are put together.

    `adam/dense/kernel/momentum`, `adam_1/dense/kernel/momentum`, `Adam/m/dense/kernel` and
    `training/Adam/dense/kernel/m` are the same.
    """

    def __init__(self, weights: Mapping[str, str]) -> None:
        """Takes the paths of a model's weights, each with the path that the weight is to be known by."""
        ends = Counter(end for path in weights for end in _ends(path))
        self._weights = {end: known for path, known in weights.items() for end in _ends(path) if ends[end] == 1}
        self._weights |= weights

    @classmethod
    def of(cls, optimizer: Sequence[Variable], weights: Sequence[Variable], paths: Mapping[int, str]) -> Slots:
        """Returns what finds out what an optimizer's variables are for.

        Args:
            optimizer: The variables; where there are none, weights are not looked at.
            weights: The weights of the model.
            paths: The path that a weight is to be known by, by its `id`; its own where it has none here.
        """
        known = ((one.info.path, paths.get(id(one), one.info.path)) for one in weights if optimizer)
        return cls(dict(known))

    def slot(self, variable: Variable) -> Slot:
        """Returns what a variable is for."""
        parts = variable.info.path.split("/")
        own = {_SCOPE, _plain(variable.info.layer).lower()}
        start, end = self._weight_within(parts)
        before = [_plain(part) for part in parts[:start] if _plain(part).lower() not in own]
        weight = self._weights["/".join(parts[start:end])] if end > start else None
        return Slot(weight, tuple(CURRENT_NAMES.get(word, word) for word in (*before, *parts[end:])))

    def averages(self, optimizer: Iterable[Variable]) -> dict[str, Variable]:
        """Returns the moving averages that an optimizer keeps, by the path that their weights are known by."""
        slots = ((self.slot(one), one) for one in optimizer)
        return {
            slot.weight: one for slot, one in slots if slot.weight is not None and slot.words[-1:] == (AVERAGE.name,)
        }

    def _weight_within(self, parts: list[str]) -> tuple[int, int]:
        """Returns where the longest path of a weight begins and ends; all is before it where there is none."""
        count = len(parts) if len(parts) <= _MOST_PARTS else 0
        for length in range(count, 0, -1):
            for start in range(count - length + 1):
                if "/".join(parts[start : start + length]) in self._weights:
                    return start, start + length
        return len(parts), len(parts)


def pair_slots(a: Sequence[Variable], b: Sequence[Variable], slots: tuple[Slots, Slots]) -> Unpaired[Variable]:
    """Pairs what the optimizers of A and B keep: by what it is for, then by place in the file, then by path.

    An optimizer's own name makes no difference, unless one of the models has several, or the two are known to be of
    different classes.

    Args:
        a: The variables of A's optimizers.
        b: Those of B's.
        slots: Those of A and of B, which know weights that are paired by the same path.
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
    """Returns the shorter names that Keras 2 may have for a weight."""
    parts = path.rsplit("/", max(_KEPT_PARTS))
    return ["/".join(parts[-count:]) for count in _KEPT_PARTS if count < len(parts)]


def _plain(name: str) -> str:
    """Returns the name without the number that Keras adds to a name that is taken."""
    return _COUNTER.sub("", name)
