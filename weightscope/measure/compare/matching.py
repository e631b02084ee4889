"""Pairs the variables of two models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from weightscope.inspection import Note, Variable, VariableInfo
from weightscope.inspection.difference import Match
from weightscope.measure.boxes import boxes
from weightscope.measure.scan import READ_BYTES

Key = Callable[[Variable], Hashable]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two variables that are taken for the same one; None in place of one that is missing."""

    a: Variable | None
    b: Variable | None

    @property
    def infos(self) -> tuple[VariableInfo, ...]:
        """What is known of the two, or of the one that is there."""
        return tuple(one.info for one in (self.a, self.b) if one is not None)

    @property
    def is_renamed(self) -> bool:
        """Whether the two go by different names; an index, or a group of the file, is no name."""
        if self.a is None or self.b is None or self.a.info.path == self.b.info.path:
            return False
        one, other = self.a.info, self.b.info
        if _is_group(one) or _is_group(other):
            return False
        return one.layer != other.layer or not (_is_index(one) or _is_index(other))


@dataclass(frozen=True, slots=True)
class Matching:
    """All pairs, in the order of A; then what only B has, in the order of B."""

    pairs: tuple[Pair, ...]
    notes: tuple[Note, ...]


def match_variables(a: Sequence[Variable], b: Sequence[Variable], match: Match) -> Matching:
    """Pairs the variables of A with those of B; the first of these steps that pairs two decides.

    1. The same path and shape.
    2. The same layer, shape and position among its variables, where one side tells positions instead of names.
    3. The same place in the file and shape.
    4. The same path.
    5. With `values`, the same content; with `order`, the same shape, in the order of the models.

    Args:
        a: The variables of A.
        b: The variables of B.
        match: Which steps there are.
    """
    rest = _Rest(list(a), list(b))
    rest.pair(lambda one: (one.info.path, one.info.shape))
    positions = {**_positions(a), **_positions(b)}
    rest.pair(lambda one: (one.info.layer, one.info.shape, positions[id(one)]), _one_has_no_name)
    rest.pair(_place)
    rest.pair(lambda one: one.info.path)
    if match == "values":
        rest.pair_equal_content()
    elif match == "order":
        rest.pair_in_order()
    return Matching(tuple(rest.in_order(a)), tuple(rest.notes))


@dataclass(slots=True)
class _Rest:
    """What has no partner yet."""

    a: list[Variable]
    b: list[Variable]
    partners: dict[int, Variable] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def pair(self, key: Key, fits: Callable[[Variable, Variable], bool] | None = None) -> None:
        """Pairs what has the same key, which nothing else of its model has; a key of None pairs nothing."""
        of_a, of_b = _grouped(self.a, key), _grouped(self.b, key)
        for shared, ones in of_a.items():
            others = of_b.get(shared, [])
            is_clear = shared is not None and len(ones) == len(others) == 1
            if is_clear and (fits is None or fits(ones[0], others[0])):
                self.partners[id(ones[0])] = others[0]
        self._leave_unpaired()

    def pair_in_order(self) -> None:
        """Pairs the first of a shape in A with the first of that shape in B, and so on."""
        of_b = _grouped(self.b, lambda one: one.info.shape)
        for shape, ones in _grouped(self.a, lambda one: one.info.shape).items():
            # one model may have more of them than the other
            self.partners |= {id(one): other for one, other in zip(ones, of_b.get(shape, []), strict=False)}
        self._leave_unpaired()

    def pair_equal_content(self) -> None:
        """Pairs what has the same values, where that is clear; only what could be equal is read."""
        shared = set(map(_kind, self.a)) & set(map(_kind, self.b))
        of_a, of_b = (
            _grouped((one for one in side if _kind(one) in shared), lambda one: (_kind(one), _digest(one)))
            for side in (self.a, self.b)
        )
        for key, ones in of_a.items():
            others = of_b.get(key, [])
            if len(ones) == len(others) == 1:
                self.partners[id(ones[0])] = others[0]
            elif others:
                self.notes.append(_ambiguous(ones, others))
        self._leave_unpaired()

    def in_order(self, a: Sequence[Variable]) -> Iterator[Pair]:
        """Yields all pairs, and what is left."""
        yield from (Pair(one, self.partners.get(id(one))) for one in a)
        yield from (Pair(None, other) for other in self.b)

    def _leave_unpaired(self) -> None:
        taken = {id(other) for other in self.partners.values()}
        self.a = [one for one in self.a if id(one) not in self.partners]
        self.b = [other for other in self.b if id(other) not in taken]


def _grouped(variables: Iterable[Variable], key: Key) -> dict[Hashable, list[Variable]]:
    groups: dict[Hashable, list[Variable]] = defaultdict(list)
    for one in variables:
        groups[key(one)].append(one)
    return groups


def _positions(variables: Sequence[Variable]) -> dict[int, int]:
    """Returns the position of each variable among those of its layer."""
    layers = _grouped(variables, lambda one: one.info.layer)
    return {id(one): position for owned in layers.values() for position, one in enumerate(owned)}


def _one_has_no_name(one: Variable, other: Variable) -> bool:
    return _is_index(one.info) != _is_index(other.info)


def _is_index(info: VariableInfo) -> bool:
    return info.name.isdecimal()


def _is_group(info: VariableInfo) -> bool:
    """Tells whether a file tells no name of the layer, so that it goes by the group that it is stored in."""
    return (info.stored_at or "").startswith(f"{info.layer}/vars/")


def _place(one: Variable) -> Hashable:
    return None if one.info.stored_at is None else (one.info.stored_at, one.info.shape)


def _kind(one: Variable) -> tuple[tuple[int, ...], str]:
    return one.info.shape, one.info.dtype


def _digest(variable: Variable) -> bytes:
    """Returns a hash of the values in C order, read box by box."""
    info = variable.info
    item_bytes = max(1, info.bytes // max(1, info.parameters))
    scratch = bytearray(READ_BYTES)
    digest = blake2b()
    for box in boxes(info.shape, None, READ_BYTES // item_bytes):
        values = variable.read(box, scratch)
        digest.update(repr(values.tolist()).encode() if values.dtype.hasobject else values.tobytes())
    return digest.digest()


def _ambiguous(ones: Sequence[Variable], others: Sequence[Variable]) -> Note:
    paths_a, paths_b = (", ".join(one.info.path for one in side) for side in (ones, others))
    message = f"the same values are in several places, so these are not matched: {paths_a} in A, {paths_b} in B"
    return Note("ambiguous-match", "warning", message)
