"""The distributions of Keras' initializers: mean, standard deviation and limits.

Source: `keras/src/initializers/random_initializers.py`, Keras 3.15.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from weightscope.keras_facts.einsum import Axes

#: No option of a real initializer is larger.
_LARGEST = 1e30

#: The standard deviation of a normal distribution that is cut off at two standard deviations.
_TRUNCATED = 0.87962566103423978


@dataclass(frozen=True, slots=True)
class Scaling:
    """The options of VarianceScaling that a class of initializer fixes.

    Attributes:
        scale: The variance, times `mode`.
        mode: The divisor: the number of inputs, of outputs, or their mean.
        distribution: The kind of distribution.
    """

    scale: float
    mode: str
    distribution: str


#: The initializers that scale by the shape, by class.
SCALINGS: Final = {
    "GlorotUniform": Scaling(1.0, "fan_avg", "uniform"),
    "GlorotNormal": Scaling(1.0, "fan_avg", "truncated_normal"),
    "HeUniform": Scaling(2.0, "fan_in", "uniform"),
    "HeNormal": Scaling(2.0, "fan_in", "truncated_normal"),
    "LecunUniform": Scaling(1.0, "fan_in", "uniform"),
    "LecunNormal": Scaling(1.0, "fan_in", "truncated_normal"),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of an initializer's values.

    Attributes:
        name: The initializer's class.
        mean: The mean of the values.
        deviation: Their standard deviation.
        limit: The largest distance from the mean; infinite for a normal distribution.
        is_uniform: Whether the distribution is uniform within the limit.
    """

    name: str
    mean: float
    deviation: float
    limit: float
    is_uniform: bool


def distribution_of(initializer: Any, shape: tuple[int, ...], axes: Axes | None = None) -> Distribution | None:
    """Returns the distribution of a serialized initializer's values; None for an unknown initializer.

    Args:
        initializer: As in a config: `{"class_name": "GlorotUniform", "config": {...}}`. It comes from a file.
        shape: Of the variable.
        axes: Its input and output axes; by default the last two, as in a convolution.
    """
    if not isinstance(initializer, Mapping) or not isinstance(initializer.get("class_name"), str):
        return None
    name = initializer["class_name"]
    config = initializer.get("config")
    numbers = config if isinstance(config, Mapping) else {}
    fans = _fans(shape, _told_axes(numbers, len(shape)) or axes)
    if name in SCALINGS:
        return _scaled(name, SCALINGS[name], fans)
    if name == "VarianceScaling":
        mode, kind = numbers.get("mode", "fan_in"), numbers.get("distribution", "truncated_normal")
        return _scaled(name, Scaling(_number(numbers, "scale", 1.0), str(mode), str(kind)), fans)
    if name == "RandomUniform":
        low, high = _number(numbers, "minval", -0.05), _number(numbers, "maxval", 0.05)
        return _checked(Distribution(name, (low + high) / 2, (high - low) / math.sqrt(12), (high - low) / 2, True))
    mean, deviation = _number(numbers, "mean", 0.0), _number(numbers, "stddev", 0.05)
    if name == "RandomNormal":
        return _checked(Distribution(name, mean, deviation, math.inf, False))
    if name == "TruncatedNormal":
        return _checked(Distribution(name, mean, deviation * _TRUNCATED, 2 * deviation, False))
    return None


def _told_axes(config: Mapping[str, Any], rank: int) -> Axes | None:
    """Returns the axes in an initializer's own config."""
    declared = [config.get(name) for name in ("input_axes", "output_axes")]
    if not all(
        isinstance(axes, list) and all(type(axis) is int and -rank <= axis < rank for axis in axes) for axes in declared
    ):
        return None
    return tuple(declared[0] or ()), tuple(declared[1] or ())


def _scaled(name: str, made: Scaling, fans: tuple[float, float]) -> Distribution | None:
    fan_in, fan_out = fans
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}.get(made.mode)
    if fan is None or made.scale <= 0:
        return None
    deviation = math.sqrt(made.scale / max(1.0, fan))
    limit = {
        "uniform": math.sqrt(3) * deviation,
        "truncated_normal": 2 * deviation / _TRUNCATED,
        "untruncated_normal": math.inf,
    }.get(made.distribution)
    is_uniform = made.distribution == "uniform"
    return None if limit is None else _checked(Distribution(name, 0.0, deviation, limit, is_uniform))


def _fans(shape: tuple[int, ...], axes: Axes | None) -> tuple[float, float]:
    """Returns the number of inputs and outputs of a unit: `compute_fans` of Keras."""
    if axes is not None:
        fan_in, fan_out = (prod(shape[axis] for axis in side) for side in axes)
        return float(fan_in), float(fan_out)
    if len(shape) < 2:
        return (float(prod(shape)), float(prod(shape)))
    field = prod(shape[:-2])
    return (float(shape[-2] * field), float(shape[-1] * field))


def _checked(distribution: Distribution) -> Distribution | None:
    return distribution if math.isfinite(distribution.mean) and 0 < distribution.deviation < math.inf else None


def _number(config: Mapping[str, Any], name: str, default: float) -> float:
    found = config.get(name, default)
    if isinstance(found, bool) or not isinstance(found, (int, float)) or abs(found) > _LARGEST:
        return math.nan
    return float(found)
