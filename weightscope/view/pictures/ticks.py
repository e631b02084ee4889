"""Round numbers for the axes of pictures."""

from __future__ import annotations

import math
from decimal import Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


def round_ticks(low: float, high: float, most: int = 9) -> tuple[float, ...]:
    """Returns the multiples of 1, 2 or 5 times a power of ten between two finite numbers, both included.

    They are the narrowest that are at most `most`; 0 is one of them if it lies between `low` and `high`.

    Args:
        low: At most `high`; where both are the same, this number is the only tick.
        high: The largest number.
        most: At least 2.
    """
    if low >= high:
        return (float(low),)
    # decimals are exact: 3 * 0.1 is 0.3, and nothing overflows
    first, last = Decimal(low), Decimal(high)
    power = Decimal(1).scaleb(((last - first) / most).adjusted())
    for step in (one * power for one in _STEPS):
        places = range(math.ceil(first / step), math.floor(last / step) + 1)
        if len(places) <= most:
            break
    return tuple(dict.fromkeys(float(place * step) for place in places))
