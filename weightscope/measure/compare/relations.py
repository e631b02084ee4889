"""Finds relations that explain a difference exactly: transposed, reshaped, swapped, averaged.

Candidates have the same dtype and number of elements, and the same values at a few positions. Only candidates are
read whole, at most once more. A relation is reported only if all values agree bit by bit.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, permutations, product

import numpy as np

from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.compare.compared import Compared
from weightscope.measure.compare.contents import Contents, beginning, kind
from weightscope.measure.compare.unpaired import grouped

#: The most axes for which transpositions are tried: the kernel of a 3D convolution has 5.
_MOST_AXES = 5

#: Elements of a block that is compared with a transposed one.
_BLOCK = 1 << 16

#: The most orders of axes, among those that agree at the probed positions, that are read whole.
_MOST_ORDERS = 2

#: The most variables with the same values among which a swap partner is looked for.
_MOST_LIKELY = 16

#: The number of values along one axis that are compared first.
_PROBE = 64


@dataclass(frozen=True, slots=True)
class Averages:
    """The moving averages in the optimizers, by the path in A of their weights.

    Attributes:
        a: The averages of A's optimizers.
        b: The averages of B's optimizers.
    """

    a: Mapping[str, Variable]
    b: Mapping[str, Variable]


def relations(compared: Sequence[Compared], averages: Averages, contents: Contents) -> dict[int, str]:
    """Returns the relation that explains each difference, by the index of the pair; pairs without one are left out."""
    found: dict[int, str] = {}
    open_pairs = {
        place: (one.pair.a, one.pair.b)
        for place, one in enumerate(compared)
        if one.pair.a is not None and one.pair.b is not None and one.explained is None
        if one.pair.a.has_values and one.pair.b.has_values and one.pair.a.info.dtype == one.pair.b.info.dtype
        if one.values_differ or one.pair.a.info.shape != one.pair.b.info.shape
    }
    for place, (a, b) in open_pairs.items():
        if a.info.parameters == b.info.parameters > 1:
            if is_transposed(a, b):
                found[place] = "transposed"
            elif a.info.shape != b.info.shape and contents.are_equal(a, b):
                found[place] = "reshaped"
    for place in found:
        del open_pairs[place]
    found |= {place: f"swapped with {path}" for place, path in _swapped(open_pairs, contents)}
    for place, (a, b) in open_pairs.items():
        path = a.info.path
        if place not in found and _is_average(a, b, averages.a.get(path), averages.b.get(path), contents):
            found[place] = "optimizer average"
    return found


def is_transposed(a: Variable, b: Variable) -> bool:
    """Whether B is A with its axes in another order."""
    shape, axes = a.info.shape, range(len(a.info.shape))
    if not 1 < len(axes) <= _MOST_AXES or len(b.info.shape) != len(axes):
        return False
    reverse = tuple(reversed(axes))
    orders = (reverse, *(order for order in permutations(axes) if order not in (tuple(axes), reverse)))
    likely = (
        order
        for order in orders
        if tuple(shape[axis] for axis in order) == b.info.shape
        if all(_agree(a, b, order, probe) for probe in _probes(b.info.shape))
    )
    return any(_is_whole_in(a, b, order) for order in islice(likely, _MOST_ORDERS))


def _probes(shape: tuple[int, ...]) -> Iterator[Selection]:
    """Yields the beginning and the end of each axis."""
    for axis, size in enumerate(shape):
        first = tuple(slice(0, min(size, _PROBE)) if one == axis else slice(0, 1) for one in range(len(shape)))
        yield first
        yield tuple(slice(length - part.stop, length) for part, length in zip(first, shape, strict=True))


def _is_whole_in(a: Variable, b: Variable, order: tuple[int, ...]) -> bool:
    shape = b.info.shape
    side = max(1, round(_BLOCK ** (1 / len(shape))))
    corners = product(*(range(0, size, side) for size in shape))
    return all(
        _agree(a, b, order, tuple(slice(at, min(at + side, size)) for at, size in zip(corner, shape, strict=True)))
        for corner in corners
    )


def _agree(a: Variable, b: Variable, order: tuple[int, ...], box: Selection) -> bool:
    """Whether a box of B has the values of A with its axes in this order."""
    there = [slice(0)] * len(order)
    for part, axis in zip(box, order, strict=True):
        there[axis] = part
    return _bits(a.read(tuple(there)).transpose(order)) == _bits(b.read(box))


def _bits(values: Array) -> bytes:
    return repr(values.tolist()).encode() if values.dtype.hasobject else np.ascontiguousarray(values).tobytes()


def _swapped(pairs: Mapping[int, tuple[Variable, Variable]], contents: Contents) -> Iterator[tuple[int, str]]:
    """Yields pairs whose values in B equal those of another pair in A, and whose values in A are elsewhere in B."""
    alike = [place for place, (a, b) in pairs.items() if a.info.shape == b.info.shape]
    held_a, held_b = _held_in_both(pairs, alike, contents)
    in_a, in_b = grouped(held_a, held_a.get), grouped(held_b, held_b.get)
    sources = {
        place: in_a[held_b[place]]
        for place, held in held_a.items()
        if place in held_b and held_b[place] in in_a and held in in_b
    }
    clear = {place: came[0] for place, came in sources.items() if len(came) == 1}
    layers = {(_layer(pairs, place), _layer(pairs, source)) for place, source in clear.items()}
    for place, came in sources.items():  # several variables may hold the same values: the layer decides
        likely = [one for one in came[:_MOST_LIKELY] if (_layer(pairs, place), _layer(pairs, one)) in layers]
        if len(likely) == 1 and len(came) <= _MOST_LIKELY:
            yield place, _path(*pairs[likely[0]])


def _held_in_both(
    pairs: Mapping[int, tuple[Variable, Variable]], alike: Sequence[int], contents: Contents
) -> tuple[Mapping[int, Hashable], Mapping[int, Hashable]]:
    """Returns the kind and hash of the values in A and in B by place, if a variable of the other side begins alike."""
    begun_a, begun_b = (array("q", (_begun(pairs[place][side]) for place in alike)) for side in (0, 1))
    shared = set(begun_a).intersection(begun_b)
    held_a, held_b = (
        {
            place: (kind(pairs[place][side]), contents.digest(pairs[place][side]))
            for place, one in zip(alike, begun, strict=True)
            if one in shared
        }
        for side, begun in enumerate((begun_a, begun_b))
    )
    return held_a, held_b


def _begun(variable: Variable) -> int:
    """Returns a number that variables of the same beginning share."""
    return hash((kind(variable), beginning(variable)))


def _layer(pairs: Mapping[int, tuple[Variable, Variable]], place: int) -> str:
    return pairs[place][0].info.layer


def _path(a: Variable, b: Variable) -> str:
    """Returns the path in A, or the path in B if only B stores the variable's name."""
    return b.info.path if a.info.name.isdecimal() else a.info.path


def _is_average(
    a: Variable, b: Variable, average_a: Variable | None, average_b: Variable | None, contents: Contents
) -> bool:
    """Whether the weight of one model equals the average of it in the other model's optimizer."""
    return any(
        average is not None and kind(average) == kind(weight) and contents.are_equal(average, weight)
        for average, weight in ((average_a, b), (average_b, a))
    )
