"""Finds the optimizer's tensors in a checkpoint of names: in TF 1 only their names identify them.

A slot is named after its weight, and its weight's name may stand behind the scope that the optimizer was made in:
`dense/kernel/Adam`, `training/dense/kernel/Adam_1`.
Source: `tensorflow/python/training/slot_creator.py`, TF 1.15; for `training/Adam/dense/kernel/m`, Keras 2's
`optimizer_v2.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weightscope.keras_facts.optimizers import ITERATION, OLD_NUMBERS, OLD_OPTIMIZERS, OLD_SLOTS
from weightscope.source import limits

Shape = tuple[int, ...]

#: What the slots of an optimizer are called after their weight, with a number from the second on: the optimizer's own
#: name, unless BERT's optimizer made them.
_OPTIMIZERS = {
    **{
        name: name
        for name in (
            *("Adadelta", "Adafactor", "Adagrad", "AdagradDA", "Adam", "AdaMax", "AdamW", "AddSign", "Ftrl", "LAMB"),
            *("LARSOptimizer", "LazyAdam", "Momentum", "MomentumW", "MultistepAdam", "Nadam", "PowerSign"),
            *("ProximalAdagrad", "RMSProp", "Shampoo"),
        )
    },
    "adam_m": "Adam",
    "adam_v": "Adam",
}

#: What Adam and its kin count.
_POWERS = ("beta1_power", "beta2_power")
_COUNTING = frozenset({"Adam", "AdaMax", "AdamW", "LAMB", "LazyAdam", "MultistepAdam", "Nadam"})


@dataclass(frozen=True, slots=True)
class NamedSlot:
    """What an optimizer keeps: the optimizer's name, and the path below it, such as `dense/kernel/Adam_1`."""

    optimizer: str
    path: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the name of a slot: `training/dense/kernel/Adam` in the scope `training`."""

    optimizer: str
    scope: str
    path: str


def named_slots(shapes: Mapping[str, Shape]) -> dict[str, NamedSlot]:
    """Returns what optimizers keep, by name; names that are not returned are weights.

    A name can be read in more than one way where scopes repeat: a weight `kernel` of an optimizer in the scope `a` has
    the slot `a/kernel/Adam`, and so has a weight `a/kernel` of an optimizer in no scope. The scope that explains most
    names is taken.

    Args:
        shapes: Of all tensors, by name.
    """
    own = _given_names(shapes)
    explained = _explained(shapes, own)
    chosen: dict[str, _Reading] = {}
    for name in shapes:
        readings = _readings(name, shapes, own)
        found = max(readings, key=lambda one: (explained[one.optimizer, one.scope], -len(one.scope)), default=None)
        if found is not None:
            chosen[name] = found
    chosen.update(_numbers(shapes, chosen, own))
    scopes: dict[str, set[str]] = {}
    for one in chosen.values():
        scopes.setdefault(one.optimizer, set()).add(one.scope)
    return {name: NamedSlot(_name(one, len(scopes[one.optimizer])), one.path) for name, one in chosen.items()}


def _given_names(shapes: Mapping[str, Shape]) -> frozenset[str]:
    """Returns the names that a user gave to optimizers of the kind of Adam.

    Such an optimizer keeps two slots of its weight's shape, `dense/kernel/mine` and `dense/kernel/mine_1`, and counts.
    A name is one only if it is last in nothing but slots, each with its second: an average has no second one.
    """
    words: dict[str, list[str]] = {}
    for name in shapes:
        words.setdefault(name.rpartition("/")[2], []).append(name)
    if not any(word in _POWERS or _without_number(word) in _POWERS for word in words):
        return frozenset()
    found = set()
    for word, names in words.items():
        second = words.get(f"{word}_1", [])
        if word not in _OPTIMIZERS and 2 <= len(names) == len(second):
            one = frozenset({word})
            if all(any(True for _ in _readings(name, shapes, one)) for name in (*names, *second)):
                found.add(word)
    return frozenset(found)


def _explained(shapes: Mapping[str, Shape], own: frozenset[str]) -> Counter[tuple[str, str]]:
    """Returns how many names can be read as slots of an optimizer in a scope, by its class and the scope."""
    explained: Counter[tuple[str, str]] = Counter()
    for name in shapes:
        for one in _readings(name, shapes, own):
            if len(explained) < limits.SCOPES or (one.optimizer, one.scope) in explained:
                explained[one.optimizer, one.scope] += 1
    return explained


def _name(one: _Reading, scopes: int) -> str:
    """Returns the name of an optimizer: its class, after its scope where several scopes have one."""
    return one.optimizer if scopes == 1 or not one.scope else f"{one.scope}/{one.optimizer}"


def _readings(name: str, shapes: Mapping[str, Shape], own: frozenset[str]) -> Iterator[_Reading]:
    """Yields each way in which a name is a slot's: the rest of it, behind a scope, names a weight of the same shape.

    Args:
        name: The name.
        shapes: Of all tensors, by name.
        own: Names that users gave to optimizers.
    """
    before, _, word = name.rpartition("/")
    plain = _without_number(word)
    optimizer = _OPTIMIZERS.get(word) or _OPTIMIZERS.get(plain)
    optimizer = optimizer or next((one for one in (word, plain) if one in own), None)
    if optimizer is None and word not in OLD_SLOTS:
        return
    scope, weight, left = "", before, limits.SLOT_READINGS
    for _ in range(limits.SCOPE_DEPTH):
        made_by = optimizer or _keras_optimizer(scope)
        if made_by and weight in shapes and _fits(made_by, shapes[weight], shapes[name]):
            yield _Reading(made_by, scope if optimizer else scope.rpartition("/")[0], f"{weight}/{word}")
            left -= 1
        first, _, weight = weight.partition("/")
        scope = f"{scope}/{first}" if scope else first
        if not weight or not left:
            return


def _fits(optimizer: str, weight: Shape, slot: Shape) -> bool:
    """Whether a weight's slot may have this shape; Adafactor keeps one number a row, and one a column."""
    return slot == weight or (optimizer == "Adafactor" and slot in (weight[:-1], (*weight[:-2], *weight[-1:])))


def _numbers(
    shapes: Mapping[str, Shape], slots: Mapping[str, _Reading], own: frozenset[str]
) -> Iterator[tuple[str, _Reading]]:
    """Yields the single numbers that optimizers keep, which belong to no weight."""
    counting = {one.scope: one.optimizer for one in slots.values() if one.optimizer in _COUNTING | own}
    anywhere = next(iter(counting.items()), None)
    for name in (name for name, shape in shapes.items() if not shape):
        scope, _, word = name.rpartition("/")
        if word in _POWERS or _without_number(word) in _POWERS:
            # a name scope is before the powers alone, and not before the slots
            at, optimizer = (scope, counting[scope]) if scope in counting else anywhere or (scope, "Adam")
            yield name, _Reading(optimizer, at, word)
        elif word in OLD_NUMBERS and any(shapes.get(f"{scope}/{step}") == () for step in ITERATION.old_names):
            keras = _keras_optimizer(scope)
            if keras:
                yield name, _Reading(keras, scope.rpartition("/")[0], word)


def _keras_optimizer(scope: str) -> str | None:
    last = scope.rpartition("/")[2]
    return next((one for one in (last, _without_number(last)) if one in OLD_OPTIMIZERS), None)


def _without_number(word: str) -> str:
    before, _, number = word.rpartition("_")
    return before if number.isdecimal() else word
